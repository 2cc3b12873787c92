using System.Net;
using System.Text.Json;

namespace CivicSense.OpenData.Tests.SensorThings;

public sealed class QueryOptionsTests
{
    const string Root = "/sta/v1.1/";
    const string Hour = Root + "Datastreams('03131303010-pm2_5-hour')";

    [Fact]
    public async Task Select_gives_what_it_names_and_nothing_else()
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Equal(["name"], Names((await node.GetJsonAsync(Root + "Things?$select=name")).GetProperty("value")[0]));
        Assert.Equal(["@iot.id", "@iot.selfLink", "description"],
            Names((await node.GetJsonAsync(Root + "Things?$select=description,id")).GetProperty("value")[0]));
        Assert.Equal(["result", "Datastream@iot.navigationLink"],
            Names((await node.GetJsonAsync(Root + "Observations?$select=result,Datastream")).GetProperty("value")[0]));
        var expanded = await node.GetJsonAsync(Hour + "?$select=id&$expand=Observations($select=result;$top=1)");
        Assert.Equal(["@iot.id", "@iot.selfLink", "Observations", "Observations@iot.nextLink"], Names(expanded));
        Assert.Equal(["result"], Names(expanded.GetProperty("Observations")[0]));
        var inner = await node.GetJsonAsync(Hour + "?$select=unitOfMeasurement/symbol,unitOfMeasurement/name,name,observedArea/nothing");
        Assert.Equal(["name", "unitOfMeasurement", "observedArea"], Names(inner));
        Assert.Equal("""{"name":"microgram per cubic metre","symbol":"µg/m³"}""", inner.GetProperty("unitOfMeasurement").GetRawText());
        Assert.Equal("{}", inner.GetProperty("observedArea").GetRawText());
    }

    [Theory]
    [InlineData("Things?$expand=Datastreams/ObservedProperty,Locations", "Datastreams/ObservedProperty")]
    [InlineData("Things?$expand=Datastreams($expand=ObservedProperty)", "Datastreams/ObservedProperty")]
    [InlineData("Things?$expand=Datastreams/Sensor,Datastreams/ObservedProperty", "Datastreams/Sensor")]
    [InlineData("Observations?$top=3&$expand=Datastream/Thing/Locations,FeatureOfInterest", "Datastream/Thing/Locations")]
    [InlineData("Sensors?$expand=Datastreams($top=2;$expand=Observations($top=1;$expand=FeatureOfInterest))",
        "Datastreams/Observations/FeatureOfInterest")]
    [InlineData("HistoricalLocations?$expand=Thing/Datastreams", "Thing/Datastreams")]
    public async Task Expand_brings_related_entities_inline(string query, string path)
    {
        await using var node = await PublicNode.StartAsync();
        var entity = (await node.GetJsonAsync(Root + query)).GetProperty("value")[0];
        foreach (var name in path.Split('/'))
        {
            entity = entity.GetProperty(name);
            if (entity.ValueKind == JsonValueKind.Array) entity = entity[0];
            Assert.True(entity.TryGetProperty("@iot.id", out _));
            // Links of expanded entities are left out unless they are selected.
            Assert.DoesNotContain(Names(entity), member => member.EndsWith("navigationLink", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Expanded_lists_have_options_counts_and_next_links_of_their_own()
    {
        await using var node = await PublicNode.StartAsync();
        var stream = await node.GetJsonAsync(
            Hour + "?$expand=Observations($filter=phenomenonTime ge 2026-11-22T00:00:00Z;$orderby=phenomenonTime "
                + "desc;$top=2;$count=true;$select=phenomenonTime)");
        Assert.Equal(14, stream.GetProperty("Observations@iot.count").GetInt32());
        Assert.Equal(
            ["2026-11-22T13:00:00Z/2026-11-22T14:00:00Z", "2026-11-22T12:00:00Z/2026-11-22T13:00:00Z"],
            stream.GetProperty("Observations").EnumerateArray().Select(row => row.GetProperty("phenomenonTime").GetString()));
        var next = await node.GetJsonAsync(stream.GetProperty("Observations@iot.nextLink").GetString()!);
        Assert.Equal("2026-11-22T11:00:00Z/2026-11-22T12:00:00Z", next.GetProperty("value")[0].GetProperty("phenomenonTime").GetString());
        Assert.Equal(["phenomenonTime"], Names(next.GetProperty("value")[0]));
    }

    [Theory]
    [InlineData("Things?$top=3", "$top=3&$skip=3")]
    [InlineData("Datastreams?$top=7&$orderby=name&$count=true", null)]
    [InlineData("Observations?$top=500", null)]
    [InlineData("Observations?$top=321&$orderby=phenomenonTime", null)]
    [InlineData("Observations?$top=321&$orderby=phenomenonTime desc", null)]
    [InlineData("Observations?$top=333&$orderby=result,id&$filter=Datastream/ObservedProperty/id eq 'laeq'", null)]
    [InlineData("Observations?$filter=result gt 15 and Datastream/ObservedProperty/id eq 'pm2_5'&$top=10&$orderby=phenomenonTime desc",
        null)]
    [InlineData("Datastreams('03131303010-pm2_5-hour')/Observations?$top=50&$orderby=phenomenonTime desc", null)]
    [InlineData("Datastreams('03131303010-pm2_5-hour')/Observations?$top=50&$orderby=resultTime,result&$skip=5", null)]
    [InlineData("FeaturesOfInterest('03131303010')/Observations/$ref?$top=100&$orderby=phenomenonTime desc", null)]
    public async Task Next_links_walk_everything_once_and_in_order(string query, string? next)
    {
        await using var node = await PublicNode.StartAsync();
        var whole = new List<string>();
        var wide = query.Replace("$top=" + query.Split("$top=")[1].Split('&')[0], "$top=1000", StringComparison.Ordinal);
        for (var address = Root + wide; address is not null;) address = await TakeAsync(address, whole);

        var walked = new List<string>();
        var first = await node.GetJsonAsync(Root + query);
        if (next is not null)
            Assert.EndsWith(
            Uri.EscapeDataString(next), Uri.EscapeDataString(first.GetProperty("@iot.nextLink").GetString()!), StringComparison.Ordinal);
        for (var address = Root + query; address is not null;) address = await TakeAsync(address, walked);

        Assert.True(whole.Count > 3);
        Assert.Equal(whole, walked);
        Assert.Equal(whole.Count, whole.Distinct().Count());
        if (query.Contains("$count", StringComparison.Ordinal)) Assert.Equal(whole.Count, first.GetProperty("@iot.count").GetInt32());

        async Task<string?> TakeAsync(string address, List<string> links)
        {
            var page = await node.GetJsonAsync(address);
            links.AddRange(page.GetProperty("value").EnumerateArray().Select(entity => entity.GetProperty("@iot.selfLink").GetString()!));
            Assert.True(links.Count < 3000);
            return page.TryGetProperty("@iot.nextLink", out var link) ? link.GetString() : null;
        }
    }

    [Theory]
    [InlineData("Observations?$orderby=phenomenonTime")]
    [InlineData("Observations?$orderby=phenomenonTime&$top=7")]
    [InlineData("Observations?$orderby=phenomenonTime desc&$top=1000")]
    [InlineData("Observations?$orderby=phenomenonTime desc&$top=7")]
    public async Task Of_observations_that_start_together_the_order_is_by_their_ends(string query)
    {
        await using var node = await PublicNode.StartAsync();
        var times = new List<string>();
        for (var address = Root + query; address is not null && times.Count < 800;)
        {
            var page = await node.GetJsonAsync(address);
            times.AddRange(page.GetProperty("value").EnumerateArray().Select(row => row.GetProperty("phenomenonTime").GetString()!));
            address = page.TryGetProperty("@iot.nextLink", out var next) ? next.GetString() : null;
        }
        // The suite of OGC (ets-sta10, readEntitiesWithOrderbyQO) compares the intervals as they are written.
        var ordered = query.Contains("desc", StringComparison.Ordinal)
            ? times.OrderDescending(StringComparer.Ordinal)
            : times.Order(StringComparer.Ordinal);
        Assert.Equal(ordered, times);
        var starts = times.Select(time => time.Split('/')[0]).ToList();
        Assert.True(starts.Distinct().Count() > 1 && times.Distinct().Count() > starts.Distinct().Count());
    }

    [Fact]
    public async Task Observations_are_counted()
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Equal(182, await CountAsync(Hour + "/Observations?$count=true&$top=1"));
        Assert.Equal(12 * (182 + 7 + 2 + 1), await CountAsync(Root + "Observations?$count=true&$top=0"));
        Assert.Equal(24,
            await CountAsync(Hour + "/Observations?$count=true&$skip=20&$filter=during(phenomenonTime,2026-11-20T00:00:00Z/P1D)"));
        Assert.False((await node.GetJsonAsync(Hour + "/Observations?$count=false")).TryGetProperty("@iot.count", out _));

        async Task<int> CountAsync(string address) => (await node.GetJsonAsync(address)).GetProperty("@iot.count").GetInt32();
    }

    [Fact]
    public async Task A_page_of_nothing_has_no_next_link()
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Equal(["value"], Names(await node.GetJsonAsync(Root + "Things?$top=0")));
        Assert.Equal(["value"], Names(await node.GetJsonAsync(Root + "Things?$skip=2147483647")));
        Assert.Equal(["value"], Names(await node.GetJsonAsync(Root + "Observations?$top=0")));
    }

    [Fact]
    public async Task Observations_come_as_arrays_of_values()
    {
        await using var node = await PublicNode.StartAsync();
        var answer = await node.GetJsonAsync(
            Root + "Observations?$count=true&$top=4&$resultFormat=dataArray&$select=result,phenomenonTime&$orderby=phenomenonTime%20desc");
        Assert.True(answer.TryGetProperty("@iot.count", out _));
        Assert.Contains("dataArray", answer.GetProperty("@iot.nextLink").GetString(), StringComparison.Ordinal);
        Assert.Equal(4, answer.GetProperty("value").EnumerateArray().Sum(group =>
        {
            Assert.Equal(["result", "phenomenonTime"], group.GetProperty("components").EnumerateArray().Select(name => name.GetString()));
            Assert.Contains("/Datastreams('", group.GetProperty("Datastream@iot.navigationLink").GetString(), StringComparison.Ordinal);
            Assert.All(group.GetProperty("dataArray").EnumerateArray(), row => Assert.Equal(2, row.GetArrayLength()));
            Assert.Equal(group.GetProperty("dataArray@iot.count").GetInt32(), group.GetProperty("dataArray").GetArrayLength());
            return group.GetProperty("dataArray").GetArrayLength();
        }));
        var whole = (await node.GetJsonAsync(Hour + "/Observations?$resultFormat=dataArray&$top=3")).GetProperty("value")[0];
        Assert.Equal(
            ["id", "phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters"],
            whole.GetProperty("components").EnumerateArray().Select(name => name.GetString()));
    }

    [Theory]
    [InlineData("Things?$search=x", 501, "$search")]
    [InlineData("Things?$format=json", 501, "$format")]
    [InlineData("Things?filter=name eq 'x'", 400, "filter")]
    [InlineData("Things?$top=1&$top=2", 400, "$top")]
    [InlineData("Things?$top=-1", 400, "$top")]
    [InlineData("Things?$top=2.5", 400, "$top")]
    [InlineData("Things?$top=1%D9%A2", 400, "$top")]
    [InlineData("Observations?$filter=result gt 1%D9%A2", 400, "$filter")]
    [InlineData("Things?$skip=x", 400, "$skip")]
    [InlineData("Things?$count=yes", 400, "$count")]
    [InlineData("Things?$select=colour", 400, "$select")]
    [InlineData("Things?$expand=Observations", 400, "$expand")]
    [InlineData("Things?$expand=Datastreams($top=x)", 400, "$expand")]
    [InlineData("Things?$expand=Datastreams($colour=x)", 501, "$colour")]
    [InlineData("Things?$expand=Datastreams($top=1),Datastreams($top=2)", 400, "$expand")]
    [InlineData("Things?$expand=Datastreams/Thing/Datastreams/Thing/Datastreams/Thing/Datastreams", 400, "$expand")]
    [InlineData("Things?$filter=colour eq 1", 400, "$filter")]
    [InlineData("Things?$filter=name/first eq 1", 400, "$filter")]
    [InlineData("Things?$filter=Datastreams eq 1", 400, "$filter")]
    [InlineData("Things?$filter=Datastreams/colour eq 1", 400, "$filter")]
    [InlineData("Things?$filter=Datastreams/any(d:d/colour eq 1)", 400, "$filter")]
    [InlineData("Things?$filter=name/any(d:d eq 1)", 400, "$filter")]
    [InlineData("Things?$filter=5", 400, "$filter")]
    [InlineData("Things?$filter=tolower(name)", 400, "$filter")]
    [InlineData("Things?$filter=5 in (1,2)", 400, "$filter")]
    [InlineData("Things?$filter=id in ()", 400, "$filter")]
    [InlineData("Things?$filter=id in 'x'", 400, "$filter")]
    [InlineData("Things?$filter=id in (name)", 400, "$filter")]
    [InlineData("Things?$filter=name[0] eq 'A'", 400, "$filter")]
    [InlineData("Locations?$filter=location/coordinates[0] eq 1", 400, "$filter")]
    [InlineData("Things?$filter=11 in properties/zoom", 400, "$filter")]
    [InlineData("Things?$orderby=name[0]", 400, "$orderby")]
    [InlineData("Things?$select=name[0]", 400, "$select")]
    [InlineData("Things?$select=name/first", 400, "$select")]
    [InlineData("Things?$select=properties/", 400, "$select")]
    [InlineData("Observations?$resultFormat=dataArray&$select=resultQuality/lower", 400, "$select")]
    [InlineData("Things?$orderby=name upwards", 400, "$orderby")]
    [InlineData("Things?$orderby=", 400, "$orderby")]
    [InlineData("Things?$resultFormat=dataArray", 400, "$resultFormat")]
    [InlineData("Observations?$resultFormat=csv", 400, "$resultFormat")]
    [InlineData("Observations?$resultFormat=dataArray&$select=Datastream", 400, "$select")]
    [InlineData("Observations?$select=result,FeatureOfInterest&$resultFormat=dataArray", 400, "$select")]
    [InlineData("Observations?$resultFormat=dataArray&$expand=Datastream", 400, "$expand")]
    [InlineData("Datastreams('03131303010-pm2_5-hour')/Observations?$expand=FeatureOfInterest&$resultFormat=dataArray", 400, "$expand")]
    [InlineData("Observations?$skiptoken=x", 400, "$skiptoken")]
    [InlineData("Things?$skiptoken=MXwy", 400, "$skiptoken")]
    [InlineData("Things('03131303010')?$filter=true", 400, "$filter")]
    [InlineData("Things('03131303010')/name?$select=name", 400, "$select")]
    [InlineData("Things('03131303010')/Datastreams/$ref?$expand=Thing", 400, "$ref")]
    [InlineData("?$top=1", 400, "$top")]
    public async Task A_wrong_option_is_named(string query, int status, string parameter)
    {
        await using var node = await PublicNode.StartAsync();
        var problem = await node.GetJsonAsync(Root + query, (HttpStatusCode)status);
        Assert.Equal(parameter, problem.GetProperty("parameter").GetString());
    }

    static List<string> Names(JsonElement entity) => [.. entity.EnumerateObject().Select(member => member.Name)];
}
