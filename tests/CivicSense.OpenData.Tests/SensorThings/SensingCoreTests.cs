using System.Net;
using System.Text.Json;

namespace CivicSense.OpenData.Tests.SensorThings;

/// <summary>
/// What OGC's test suite ets-sta10 asserts at level 1 (class Capability1Tests), and FROST's Capability1CoreOnlyTests11 for version 1.1,
/// said again for string ids.
/// </summary>
public sealed class SensingCoreTests
{
    const string Root = "/sta/v1.1";

    static readonly Dictionary<string, (string[] Properties, string[] Relations)> Types = new(StringComparer.Ordinal)
    {
        ["Things"] = (["name", "description"], ["Datastreams", "HistoricalLocations", "Locations"]),
        ["Locations"] = (["name", "description", "encodingType", "location"], ["HistoricalLocations", "Things"]),
        ["HistoricalLocations"] = (["time"], ["Thing", "Locations"]),
        ["Datastreams"] =
            (["name", "description", "unitOfMeasurement", "observationType"], ["Thing", "Sensor", "ObservedProperty", "Observations"]),
        ["Sensors"] = (["name", "description", "encodingType", "metadata"], ["Datastreams"]),
        ["ObservedProperties"] = (["name", "definition", "description"], ["Datastreams"]),
        ["Observations"] = (["phenomenonTime", "result", "resultTime"], ["Datastream", "FeatureOfInterest"]),
        ["FeaturesOfInterest"] = (["name", "description", "encodingType", "feature"], ["Observations"]),
    };

    static readonly Dictionary<string, string> SetOf = new(StringComparer.Ordinal)
    {
        ["Thing"] = "Things", ["Sensor"] = "Sensors", ["ObservedProperty"] = "ObservedProperties", ["Datastream"] = "Datastreams",
        ["FeatureOfInterest"] = "FeaturesOfInterest",
    };

    public static TheoryData<string> Sets => [.. Types.Keys];

    [Theory]
    [InlineData(Root)]
    [InlineData(Root + "/")]
    public async Task The_root_lists_the_sets_and_claims_what_works(string address)
    {
        await using var node = await PublicNode.StartAsync();
        var root = await node.GetJsonAsync(address);
        var origin = node.Client.BaseAddress!.ToString().TrimEnd('/');

        Assert.Equal(
            Types.Keys.Order(StringComparer.Ordinal).Select(name => (name, $"{origin}{Root}/{name}")),
            root.GetProperty("value")
                .EnumerateArray().Select(set => (set.GetProperty("name").GetString()!, set.GetProperty("url").GetString()!)).Order());
        Assert.Equal(
            ["datamodel", "resource-path/resource-path-to-entities", "request-data"],
            root.GetProperty("serverSettings").GetProperty("conformance").EnumerateArray()
                .Select(uri => uri.GetString()!.Replace("http://www.opengis.net/spec/iot_sensing/1.1/req/", "", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Entities_have_control_information_properties_and_relations(string set)
    {
        await using var node = await PublicNode.StartAsync();
        var listed = (await node.GetJsonAsync($"{Root}/{set}")).GetProperty("value").EnumerateArray().ToList();
        Assert.NotEmpty(listed);
        foreach (var entity in listed.Take(3))
        {
            AssertWhole(entity, set);
            var self = entity.GetProperty("@iot.selfLink").GetString()!;
            Assert.EndsWith($"{Root}/{set}('{entity.GetProperty("@iot.id").GetString()}')", self, StringComparison.Ordinal);
            AssertWhole(await node.GetJsonAsync(self), set);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task An_entity_that_is_not_there_is_404(string set)
    {
        await using var node = await PublicNode.StartAsync();
        foreach (var key in (string[])["9223372036854775807", "'nothing'", "''", "'03131303010-pm2_5-hour-19990101T0000Z'"])
            await node.GetJsonAsync($"{Root}/{set}({key})", HttpStatusCode.NotFound);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Each_property_is_served_alone_and_as_its_bare_value(string set)
    {
        await using var node = await PublicNode.StartAsync();
        var self = (await node.GetJsonAsync($"{Root}/{set}")).GetProperty("value")[0].GetProperty("@iot.selfLink").GetString()!;
        foreach (var property in Types[set].Properties)
        {
            var alone = Assert.Single((await node.GetJsonAsync($"{self}/{property}")).EnumerateObject());
            Assert.Equal(property, alone.Name);
            using var response = await node.GetAsync($"{self}/{property}/$value");
            var value = await response.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(property is "location" or "feature" or "unitOfMeasurement", value.StartsWith('{'));
            Assert.Equal(value.StartsWith('{') ? "application/json" : "text/plain", response.Content.Headers.ContentType!.MediaType);
            if (alone.Value.ValueKind == JsonValueKind.String) Assert.Equal(alone.Value.GetString(), value);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Paths_lead_through_all_relations_four_levels_deep(string set)
    {
        await using var node = await PublicNode.StartAsync();
        await FollowAsync(node, $"{Root}/{set}", set, isSet: true, level: 1);
    }

    [Fact]
    public async Task Inner_properties_are_addressed_and_missing_ones_are_404_or_empty()
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Equal(11, (await node.GetJsonAsync($"{Root}/Things('03131303010')/properties/zoom")).GetProperty("zoom").GetInt32());
        using var parent = await node.GetAsync($"{Root}/Things('03131303010')/properties/parent/$value");
        Assert.Equal("0313130301", await parent.Content.ReadAsStringAsync());
        using var top = await node.GetAsync($"{Root}/Things('0313130301')/properties/parent");
        Assert.Equal(HttpStatusCode.NoContent, top.StatusCode);
        using var valid = await node.GetAsync(
            $"{Root}/Datastreams('03131303010-pm2_5-hour')/Observations('03131303010-pm2_5-hour-20261122T1300Z')/validTime");
        Assert.Equal(HttpStatusCode.NoContent, valid.StatusCode);
        foreach (var path in (string[])
            [
                "Things('03131303010')/colour", "Things('03131303010')/properties/colour", "Things('03131303010')/name/length",
                "Things/name", "Nothing",
                "Things('03131303010')/Thing", "Things('03131303010')/Datastreams('03131303011-pm2_5-hour')", "Things('03131303010",
                "Things()", "Things('a'b')",
                "Things('03131303010')/$value", "Things('03131303010')/name/$ref", "Things//name", "$ref",
                "Datastreams('03131303010-pm2_5-hour')/Thing('x')",
                "Datastreams('03131303010-pm2_5-hour')/Observations('03131303010-pm2_5-day-20261121T0000Z')",
            ])
        {
            await node.GetJsonAsync($"{Root}/{path}", HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task An_observation_says_how_sure_it_is()
    {
        await using var node = await PublicNode.StartAsync();
        var row = (await node.GetJsonAsync("/api/v1/areas/03131303010/estimates?quantity=pm2_5&from=2026-11-22T13:00:00Z"))
            .GetProperty("items")[0];
        var observation = await node.GetJsonAsync($"{Root}/Observations('03131303010-pm2_5-hour-20261122T1300Z')");

        Assert.Equal("2026-11-22T13:00:00Z/2026-11-22T14:00:00Z", observation.GetProperty("phenomenonTime").GetString());
        Assert.Equal("2026-11-22T14:00:00Z", observation.GetProperty("resultTime").GetString());
        Assert.Equal(row.GetProperty("value").GetDouble(), observation.GetProperty("result").GetDouble());
        var quality = observation.GetProperty("resultQuality");
        Assert.Equal(row.GetProperty("standardError").GetDouble(), quality.GetProperty("standardError").GetDouble());
        Assert.Equal((row.GetProperty("lower").GetDouble(), row.GetProperty("upper").GetDouble()),
            (quality.GetProperty("lower").GetDouble(), quality.GetProperty("upper").GetDouble()));
        Assert.Equal("live", observation.GetProperty("parameters").GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_area_is_a_closed_polygon_and_a_datastream_knows_its_time()
    {
        await using var node = await PublicNode.StartAsync();
        var location = (await node.GetJsonAsync($"{Root}/Locations('03131303010')")).GetProperty("location");
        var ring = location.GetProperty("coordinates")[0]
            .EnumerateArray().Select(point => (point[0].GetDouble(), point[1].GetDouble())).ToList();
        Assert.Equal((5, ring[0]), (ring.Count, ring[^1]));
        // Counter-clockwise (RFC 7946, section 3.1.6): the shoelace sum is positive.
        Assert.True(ring.Zip(ring.Skip(1), (a, b) => a.Item1 * b.Item2 - b.Item1 * a.Item2).Sum() > 0);

        var stream = await node.GetJsonAsync($"{Root}/Datastreams('03131303010-pm2_5-hour')");
        Assert.Equal("2026-11-15T00:00:00Z/2026-11-22T14:00:00Z", stream.GetProperty("phenomenonTime").GetString());
        Assert.Equal("2026-11-15T01:00:00Z/2026-11-22T14:00:00Z", stream.GetProperty("resultTime").GetString());
        Assert.Equal("2026-11-15T00:00:00Z",
            (await node.GetJsonAsync($"{Root}/HistoricalLocations('03131303010')")).GetProperty("time").GetString());
    }

    [Fact]
    public async Task A_node_without_releases_has_empty_lists()
    {
        foreach (var commons in (FakeCommons[])[FakeCommons.Empty(), FakeCommons.Planned()])
        {
            await using var node = await PublicNode.StartAsync(commons);
            foreach (var set in Types.Keys) await node.GetJsonAsync($"{Root}/{set}?$count=true");
            Assert.Empty((await node.GetJsonAsync($"{Root}/Observations")).GetProperty("value").EnumerateArray());
        }
    }

    [Theory]
    [InlineData("POST", "Observations")]
    [InlineData("PUT", "Things('03131303010')")]
    [InlineData("PATCH", "Things('03131303010')")]
    [InlineData("DELETE", "Things('03131303010')")]
    public async Task Writing_is_405(string method, string path)
    {
        await using var node = await PublicNode.StartAsync();
        using var response = await node.SendAsync(new HttpMethod(method), $"{Root}/{path}");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Contains("GET", response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Answers_have_tags_cors_and_the_configured_address()
    {
        await using var node =
            await PublicNode.StartAsync(configure: options => options.BaseAddress = new Uri("https://air.example.org/harbour/"));
        using var response = await node.GetAsync($"{Root}/Things?$top=1");
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal(TimeSpan.FromMinutes(1), response.Headers.CacheControl!.MaxAge);
        Assert.Contains("https://air.example.org/harbour/sta/v1.1/Things('0313130301')\"", await response.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
        using var again = await node.GetAsync($"{Root}/Things?$top=1", ("If-None-Match", response.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        using var head = await node.SendAsync(HttpMethod.Head, $"{Root}/Things?$top=1");
        Assert.Equal(response.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
    }

    static async Task FollowAsync(PublicNode node, string path, string type, bool isSet, int level)
    {
        var content = await node.GetJsonAsync(path);
        var entity = isSet ? content.GetProperty("value")[0] : content;
        var references = await node.GetJsonAsync(path + "/$ref");
        foreach (var reference in isSet ? references.GetProperty("value").EnumerateArray().Take(2) : [references])
            Assert.Equal("@iot.selfLink", Assert.Single(reference.EnumerateObject()).Name);
        if (level == 4) return;
        var at = isSet ? $"{path}('{entity.GetProperty("@iot.id").GetString()}')" : path;
        foreach (var relation in Types[type].Relations)
        {
            var isMany = Types.ContainsKey(relation);
            await FollowAsync(node, $"{at}/{relation}", isMany ? relation : SetOf[relation], isMany, level + 1);
        }
    }

    static void AssertWhole(JsonElement entity, string set)
    {
        Assert.True(entity.TryGetProperty("@iot.id", out _));
        Assert.True(entity.TryGetProperty("@iot.selfLink", out _));
        foreach (var property in Types[set].Properties) Assert.NotEqual(JsonValueKind.Null, entity.GetProperty(property).ValueKind);
        foreach (var relation in Types[set].Relations)
            Assert.EndsWith("/" + relation, entity.GetProperty(relation + "@iot.navigationLink").GetString(), StringComparison.Ordinal);
    }
}
