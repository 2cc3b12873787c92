using System.Diagnostics;
using System.Net;
using System.Text.Json;
using CivicSense.Commons;
using CivicSense.OpenData.SensorThings;

namespace CivicSense.OpenData.Tests.SensorThings;

/// <summary>What a request may cost.</summary>
public sealed class BoundsTests
{
    const string Root = "/sta/v1.1/";

    [Fact]
    public async Task The_newest_of_a_datastream_is_given_without_reading_the_archive()
    {
        await using var node = await PublicNode.StartAsync();
        const string query = Root + "Datastreams('03131303010-pm2_5-hour')?$expand=Observations($orderby=phenomenonTime desc;$top=1)";
        await node.GetJsonAsync(query);
        // From here on it is known when the Datastream began.
        var before = node.Commons.EstimateReads;
        var stream = await node.GetJsonAsync(query);
        Assert.Equal("2026-11-22T13:00:00Z/2026-11-22T14:00:00Z",
            stream.GetProperty("Observations")[0].GetProperty("phenomenonTime").GetString());
        Assert.True(stream.TryGetProperty("Observations@iot.nextLink", out _));
        await node.GetJsonAsync(Root + "Observations('03131303010-pm2_5-hour-20261122T1300Z')");
        await node.GetJsonAsync("/ogc/collections/pm2_5-hour/items");
        Assert.Equal(before, node.Commons.EstimateReads);
    }

    [Fact]
    public async Task The_only_observation_of_a_datastream_has_no_next_link()
    {
        await using var node = await PublicNode.StartAsync();
        var page = await node.GetJsonAsync(
            Root + "Datastreams('03131303010-pm2_5-month')/Observations?$orderby=phenomenonTime desc&$top=1");
        Assert.Single(page.GetProperty("value").EnumerateArray());
        Assert.False(page.TryGetProperty("@iot.nextLink", out _));
    }

    [Fact]
    public async Task A_time_in_the_filter_reads_only_that_time()
    {
        var commons = FakeCommons.Filled();
        var context = await SampleQueries.OpenAsync(commons);
        var before = commons.EstimateReads;
        var options = QueryOptionsParser.Parse(
            [new("$filter", "phenomenonTime ge 2026-11-22T00:00:00Z and Datastream/properties/resolution eq 'hour'")],
            EntityType.Observation);
        var page = await new CollectionReader(context).ReadAsync(context.Catalogue.Source(EntityType.Observation), options);
        Assert.Equal(100, page.Items.Count);
        // Fourteen hours of each hourly Datastream: eight of them make the page.
        Assert.InRange(commons.EstimateReads - before, 8, 9);
        Assert.InRange(QueryBudget.MaximumRows - context.Budget.RowsLeft, 100, 8 * 14);
    }

    [Fact]
    public async Task Gaps_are_crossed_backwards()
    {
        var commons = FakeCommons.Planned();
        var area = Area.Parse("03131303010");
        DateTimeOffset[] starts =
            [new(2019, 3, 1, 5, 0, 0, TimeSpan.Zero), new(2019, 3, 1, 6, 0, 0, TimeSpan.Zero), new(2026, 11, 22, 13, 0, 0, TimeSpan.Zero)];
        foreach (var hour in Enumerable.Range(0, 3000)) Add(new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour));
        foreach (var start in starts) Add(start);
        await using var node = await PublicNode.StartAsync(commons);

        var seen = new List<string>();
        for (var address = Root + "Observations?$orderby=phenomenonTime desc&$top=999"; address is not null;)
        {
            var page = await node.GetJsonAsync(address);
            seen.AddRange(page.GetProperty("value").EnumerateArray().Select(row => row.GetProperty("phenomenonTime").GetString()!));
            address = page.TryGetProperty("@iot.nextLink", out var next) ? next.GetString() : null;
        }
        Assert.Equal(3003, seen.Count);
        Assert.Equal(seen.OrderDescending(StringComparer.Ordinal), seen);

        void Add(DateTimeOffset start) =>
            commons.Add(new Estimate(area, Quantity.Pm25, Resolution.Hour, start, start.AddHours(1), 9, 1, 7, 11, EstimateStatus.Final));
    }

    [Theory]
    [InlineData("Datastreams?$top=1000&$expand=Observations($top=1;$orderby=phenomenonTime desc),Thing/Locations,ObservedProperty,Sensor")]
    [InlineData("Things?$top=1000&$expand=Datastreams/Observations/Datastream/Observations")]
    [InlineData("Sensors?$expand=Datastreams($top=1000;$expand=Thing/Datastreams/Observations)")]
    [InlineData("Observations?$top=1000&$orderby=phenomenonTime desc")]
    public async Task A_large_answer_ends_early_and_goes_on_behind_its_next_links(string query)
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Crowded());
        var watch = Stopwatch.StartNew();
        using var response = await node.GetAsync(Root + query);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        Assert.InRange(text.Split("@iot.id\"").Length - 1, 1, QueryBudget.MaximumEntities + QueryOptionsParser.MaximumExpands);
        Assert.Contains("nextLink", text, StringComparison.Ordinal);
        Assert.InRange(node.Commons.EstimateReads, 0, QueryBudget.MaximumReads + 1);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("$orderby=phenomenonTime desc")]
    [InlineData("$orderby=phenomenonTime")]
    public async Task A_short_page_of_a_filter_does_not_read_a_long_piece_of_every_Datastream(string order)
    {
        var commons = FakeCommons.Crowded(areas: 60);
        foreach (var area in commons.Tree.Nodes.Select(node => node.Area))
        {
            for (var end = FakeCommons.LastReleased.End; end > FakeCommons.LastReleased.End.AddHours(-1000); end = end.AddHours(-1))
                commons.Add(new Estimate(area, Quantity.Pm25, Resolution.Hour, end.AddHours(-1), end, 9, 1, 7, 11, EstimateStatus.Final));
        }
        await using var node = await PublicNode.StartAsync(commons, time: new StandingTime());

        const string Filter =
            "result gt 5 and Datastream/ObservedProperty/id eq 'pm2_5' and Datastream/properties/resolution eq 'hour'";
        // Beyond the newest of each Datastream, which are at hand without reading.
        var page = await node.GetJsonAsync($"{Root}Observations?$filter={Filter}&{order}&$skip=200&$top=10");
        Assert.Equal(10, page.GetProperty("value").GetArrayLength());
    }

    [Theory]
    [InlineData("Things?$filter=Datastreams/Thing/HistoricalLocations/Locations/Things/Datastreams/Sensor/Datastreams/name eq 'nothing'")]
    [InlineData("Sensors?$filter=Datastreams/Sensor/Datastreams/Sensor/Datastreams/Observations/result lt 0")]
    [InlineData("Observations?$orderby=phenomenonTime")]
    [InlineData("Observations?$orderby=result&$filter=result gt 0")]
    public async Task What_cannot_be_answered_in_parts_is_400(string query)
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Crowded(), time: new StandingTime());
        var problem = await node.GetJsonAsync(Root + query, HttpStatusCode.BadRequest);
        Assert.Contains("too much", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Queries put together at random from parts that mean something.</summary>
    [Fact]
    public async Task No_path_and_no_option_is_ever_answered_with_500()
    {
        const int Seed = 20261122;
        const int Requests = 1500;
        var random = new Random(Seed);
        string[] sets = ["Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors", "ObservedProperties", "Observations",
            "FeaturesOfInterest"];
        string[] keys = ["('03131303010')", "('03131303010-pm2_5-hour')", "('pm2_5')", "('released-estimates')", "(1)", "()", "('')", "",
            "", "('''')", "(''')"];
        string[] tails = ["", "", "", "/name", "/Datastreams", "/Observations", "/Thing", "/$ref", "/$value", "/properties/zoom",
            "/location/$value", "//", "/%00", "/('"];
        string[] values =
        [
            "result", "name", "id", "phenomenonTime", "Datastreams/Observations/result", "Datastream/Thing/name", "properties/zoom",
            "location", "null", "true", "0", "-1",
            "9223372036854775807", "1e308", "INF", "'x'", "''", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z/P1D", "duration'P10675199D'",
            "maxdatetime()", "mindatetime()",
            "geography'POINT(1 2)'", "geography'POINT EMPTY'", "geography'LINESTRING(0 0,0 0)'", "now()", "'", "(", "any(", "%F0%9F%98%80",
            "%00", "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59.9999999-14:00", "geography'POLYGON((0 0,1 1,1 0,0 0))'", "1%D9%A2", "Datastreams/any(d:d/id eq 'x')",
            new string('(', 300),
        ];
        string[] operators = ["eq", "ne", "lt", "ge", "and", "or", "add", "sub", "mul", "div", "mod", ",", ";", "/", ""];
        string[] functions = ["substring", "year", "date", "geo.distance", "st_relate", "st_within", "during", "overlaps", "round",
            "concat", "length", "not ", "-", "before", "time"];
        await using var node = await PublicNode.StartAsync();
        for (var i = 0; i < Requests; i++)
        {
            var address = Root + Pick(sets) + Pick(keys)
                + Pick(tails) + Pick(tails) + "?" + string.Join('&', Enumerable.Range(0, random.Next(4)).Select(_ => Option()));
            using var response = await node.GetAsync(address);
            Assert.True((int)response.StatusCode is 200 or 204 or 400 or 404 or 501,
                $"Seed {Seed}, request {i}: {address} gave {response.StatusCode}.");
            if (response.StatusCode == HttpStatusCode.OK && response.Content.Headers.ContentType!.MediaType == "application/json")
                using (JsonDocument.Parse(await response.Content.ReadAsStringAsync())) { }
        }

        string Option() => random.Next(6) switch
        {
            0 => "$orderby=" + Expression(2) + Pick(["", " desc", " asc", ","]),
            1 => "$expand=" + Pick(["Datastreams", "Observations", "Thing", "Locations"])
                + Pick(["", "/Thing", "($top=2;$expand=Observations)", "($filter=" + Expression(2) + ")", "("]),
            2 => Pick(["$top=2", "$skip=1", "$count=true", "$select=name", "$select=result", "$resultFormat=dataArray", "$skiptoken=MXwy",
                "$x=1", "x=1", "$top=99999999999"]),
            _ => "$filter=" + Expression(4),
        };

        string Expression(int depth) => depth == 0 || random.Next(4) == 0
            ? Pick(values)
            : random.Next(3) switch
            {
                0 => $"{Pick(functions)}({string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Expression(depth - 1)))})",
                _ => $"{Expression(depth - 1)} {Pick(operators)} {Expression(depth - 1)}",
            };

        string Pick(string[] from) => from[random.Next(from.Length)];
    }

    /// <summary>No time passes, so that a busy machine is not to blame.</summary>
    sealed class StandingTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => SampleQueries.Now;

        public override long GetTimestamp() => 0;
    }
}
