using System.Globalization;
using System.Text.Json;

namespace CivicSense.OpenData.Tests.SensorThings;

/// <summary>
/// Every query option with every property and every relation of every entity type: what FROST's Capability3Tests and level 3 of OGC's
/// suite assert, of a list of all and of the lists behind its relations. Observations are those of one Datastream, because an answer
/// would have to read all of them to sort them by a property that is no time.
/// </summary>
public sealed class EveryPropertyTests
{
    const string Root = "/sta/v1.1/";

    static readonly Dictionary<string, Kind> Kinds = new(StringComparer.Ordinal)
    {
        ["Things"] = new("Things", ["name", "description", "properties"], ["name", "description", "id"],
            ["Datastreams", "HistoricalLocations", "Locations"]),
        ["Locations"] = new("Locations", ["name", "description", "encodingType", "location", "properties"],
            ["name", "description", "encodingType", "id"], ["HistoricalLocations", "Things"]),
        ["HistoricalLocations"] = new("HistoricalLocations", ["time"], ["time", "id"], ["Locations", "Thing"]),
        ["Datastreams"] = new("Datastreams",
            ["name", "description", "unitOfMeasurement", "observationType", "observedArea", "phenomenonTime", "resultTime", "properties"],
            ["name", "description", "observationType", "id", "unitOfMeasurement/symbol", "properties/resolution"],
            ["Observations", "ObservedProperty", "Sensor", "Thing"]),
        ["Sensors"] = new("Sensors", ["name", "description", "encodingType", "metadata"],
            ["name", "description", "encodingType", "metadata", "id"], ["Datastreams"]),
        ["ObservedProperties"] = new("ObservedProperties", ["name", "definition", "description"],
            ["name", "definition", "description", "id"], ["Datastreams"]),
        ["Observations"] = new("Datastreams('03131303010-pm2_5-hour')/Observations",
            ["phenomenonTime", "result", "resultTime", "resultQuality", "parameters"],
            ["result", "resultTime", "id", "resultQuality/standardError", "parameters/status"], ["Datastream", "FeatureOfInterest"]),
        ["FeaturesOfInterest"] = new("FeaturesOfInterest", ["name", "description", "encodingType", "feature"],
            ["name", "description", "encodingType", "id"], ["Observations"]),
    };

    static readonly Dictionary<string, string> SetOf = new(StringComparer.Ordinal)
    {
        ["Thing"] = "Things", ["Sensor"] = "Sensors", ["ObservedProperty"] = "ObservedProperties", ["Datastream"] = "Datastreams",
        ["FeatureOfInterest"] = "FeaturesOfInterest",
    };

    public static TheoryData<string> Sets => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Each_property_and_each_pair_is_selected(string set)
    {
        await using var node = await PublicNode.StartAsync();
        var (path, properties, _, relations) = Kinds[set];
        string[] names = [.. properties, .. relations];
        foreach (var first in names)
        {
            await AssertSelectedAsync(first);
            foreach (var second in names.Where(name => name != first)) await AssertSelectedAsync(first, second);
        }

        async Task AssertSelectedAsync(params string[] selected)
        {
            var wanted = selected.Select(name => relations.Contains(name) ? name + "@iot.navigationLink" : name).Order();
            var page = await node.GetJsonAsync($"{Root}{path}?$top=2&$select={string.Join(',', selected)}");
            Assert.All(page.GetProperty("value").EnumerateArray(),
                entity => Assert.Equal(wanted, entity.EnumerateObject().Select(member => member.Name).Order()));
            var one = (await node.GetJsonAsync($"{Root}{path}?$top=1&$select=id")).GetProperty("value")[0].GetProperty("@iot.selfLink");
            var alone = await node.GetJsonAsync($"{one.GetString()}?$select={string.Join(',', selected)}");
            Assert.Equal(wanted, alone.EnumerateObject().Select(member => member.Name).Order());
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Each_relation_is_expanded_alone_beside_another_and_two_levels_deep(string set)
    {
        await using var node = await PublicNode.StartAsync();
        var (path, _, _, relations) = Kinds[set];
        foreach (var first in relations)
        {
            await AssertExpandedAsync(first, [first]);
            foreach (var second in relations.Where(name => name != first))
                await AssertExpandedAsync($"{first},{second}", [first], [second]);
            foreach (var second in Kinds[SetOf.GetValueOrDefault(first, first)].Relations)
            {
                await AssertExpandedAsync($"{first}/{second}", [first, second]);
                await AssertExpandedAsync($"{first}($expand={second})", [first, second]);
            }
        }

        async Task AssertExpandedAsync(string expand, params string[][] ways)
        {
            var page = await node.GetJsonAsync($"{Root}{path}?$top=2&$expand={expand}");
            Assert.NotEmpty(page.GetProperty("value").EnumerateArray());
            foreach (var entity in page.GetProperty("value").EnumerateArray())
            {
                foreach (var way in ways) AssertInline(entity, way);
                // What is not expanded is linked.
                foreach (var other in relations.Except(ways.Select(way => way[0])))
                    Assert.True(entity.TryGetProperty(other + "@iot.navigationLink", out _), $"{expand}: {other}");
            }
        }
    }

    /// <summary>Options inside of options, three levels deep, each level with its own.</summary>
    [Fact]
    public async Task Expanded_entities_are_selected_and_counted_on_each_level()
    {
        await using var node = await PublicNode.StartAsync();
        var thing = (await node.GetJsonAsync(
            $"{Root}Things?$filter=id eq "
                + "'03131303010'&$select=name,description&$expand=Datastreams($select=name,unitOfMeasurement,Thing;$count=true;$top=2;$expand=Thing($select=name,Locations),Sensor($select=description),ObservedProperty($select=name,definition),Observations($select=result,Datastream;$top=1;$count=false))")).GetProperty("value")[0];

        Assert.Equal(["Datastreams", "Datastreams@iot.count", "Datastreams@iot.nextLink", "description", "name"], Names(thing));
        Assert.Equal(12, thing.GetProperty("Datastreams@iot.count").GetInt32());
        var streams = thing.GetProperty("Datastreams").EnumerateArray().ToList();
        Assert.Equal(2, streams.Count);
        foreach (var stream in streams)
        {
            // One Datastream has a single Observation, and so no next link.
            Assert.Equal(
                ["Observations", "ObservedProperty", "Sensor", "Thing", "Thing@iot.navigationLink", "name", "unitOfMeasurement"],
                Names(stream).Where(name => name != "Observations@iot.nextLink"));
            Assert.Equal(["Locations@iot.navigationLink", "name"], Names(stream.GetProperty("Thing")));
            Assert.Equal(["description"], Names(stream.GetProperty("Sensor")));
            Assert.Equal(["definition", "name"], Names(stream.GetProperty("ObservedProperty")));
            Assert.Equal(["Datastream@iot.navigationLink", "result"], Names(stream.GetProperty("Observations")[0]));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Each_property_orders_upwards_and_downwards_alone_and_beside_another(string set)
    {
        await using var node = await PublicNode.StartAsync();
        var (path, _, keys, _) = Kinds[set];
        var all = await AllAsync(node, $"{Root}{path}?$top=1000");
        foreach (var key in keys)
        {
            await AssertOrderedAsync(key, (key, 1));
            await AssertOrderedAsync($"{key} asc", (key, 1));
            await AssertOrderedAsync($"{key} desc", (key, -1));
            foreach (var second in keys.Where(other => other != key))
                await AssertOrderedAsync($"{key} desc,{second}", (key, -1), (second, 1));
        }

        async Task AssertOrderedAsync(string order, params (string Key, int Sign)[] terms)
        {
            var ordered = await AllAsync(node, $"{Root}{path}?$top=57&$orderby={order}");
            Assert.Equal(all.Select(Id).Order(StringComparer.Ordinal), ordered.Select(Id).Order(StringComparer.Ordinal));
            for (var i = 1; i < ordered.Count; i++)
            {
                var between = terms.Select(term => term.Sign * Compare(Value(ordered[i - 1], term.Key), Value(ordered[i], term.Key)))
                    .FirstOrDefault(result => result != 0);
                Assert.True(between <= 0, $"{path}, {order}: {Id(ordered[i - 1])} comes before {Id(ordered[i])}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Top_and_skip_take_their_part_and_next_links_lead_to_the_rest(string set)
    {
        await using var node = await PublicNode.StartAsync();
        var path = Kinds[set].Path;
        var all = (await AllAsync(node, $"{Root}{path}?$top=1000")).ConvertAll(Id);
        foreach (var skip in (int[])[0, 1, 2, all.Count - 1, all.Count, all.Count + 1])
        {
            foreach (var top in (int[])[1, 3, all.Count, 1000])
            {
                if (all.Count > 20 && top == 1 && skip < all.Count - 1) continue;
                var read = new List<string>();
                for (var address = $"{Root}{path}?$count=true&$top={top}&$skip={skip}"; address is not null;)
                {
                    var page = await node.GetJsonAsync(address);
                    Assert.Equal(all.Count, page.GetProperty("@iot.count").GetInt32());
                    var ids = page.GetProperty("value").EnumerateArray().Select(Id).ToList();
                    Assert.True(ids.Count <= top);
                    read.AddRange(ids);
                    address = page.TryGetProperty("@iot.nextLink", out var next) ? next.GetString() : null;
                    // A next link promises that there is more.
                    Assert.Equal(address is not null, skip + read.Count < all.Count);
                }
                Assert.Equal(all.Skip(skip), read);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Each_property_is_compared_by_each_operator(string set)
    {
        await using var node = await PublicNode.StartAsync();
        var (path, _, keys, _) = Kinds[set];
        var all = await AllAsync(node, $"{Root}{path}?$top=1000");
        foreach (var key in keys)
        {
            var middle = Value(all[all.Count / 2], key);
            foreach (var (name, isWanted) in Operators)
            {
                var found = await AllAsync(node, $"{Root}{path}?$top=1000&$filter={key} {name} {Literal(middle)}");
                Assert.Equal(all.Where(entity => isWanted(Compare(Value(entity, key), middle))).Select(Id), found.Select(Id));
            }
        }
    }

    static IEnumerable<(string Name, Func<int, bool> IsWanted)> Operators =>
    [
        ("lt", order => order < 0), ("le", order => order <= 0), ("eq", order => order == 0), ("ne", order => order != 0),
        ("ge", order => order >= 0), ("gt", order => order > 0),
    ];

    static async Task<List<JsonElement>> AllAsync(PublicNode node, string address)
    {
        var all = new List<JsonElement>();
        for (string? next = address; next is not null;)
        {
            var page = await node.GetJsonAsync(next);
            all.AddRange(page.GetProperty("value").EnumerateArray());
            Assert.True(all.Count < 1000);
            next = page.TryGetProperty("@iot.nextLink", out var link) ? link.GetString() : null;
        }
        return all;
    }

    static void AssertInline(JsonElement entity, string[] way)
    {
        foreach (var name in way)
        {
            Assert.True(entity.TryGetProperty(name, out var related), $"{string.Join('/', way)}: {name}");
            entity = related.ValueKind == JsonValueKind.Array ? related[0] : related;
            Assert.True(entity.TryGetProperty("@iot.id", out _));
        }
    }

    static JsonElement Value(JsonElement entity, string path) =>
        path.Split('/').Aggregate(entity, (at, name) => at.GetProperty(name == "id" ? "@iot.id" : name));

    static int Compare(JsonElement left, JsonElement right) => left.ValueKind == JsonValueKind.Number
        ? left.GetDouble().CompareTo(right.GetDouble())
        : string.CompareOrdinal(left.GetString(), right.GetString());

    /// <summary>A time is written bare, which is the same order as that of its text.</summary>
    static string Literal(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetRawText()
        : DateTimeOffset.TryParseExact(
            value.GetString(), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)
            ? value.GetString()!
            : Uri.EscapeDataString($"'{value.GetString()!.Replace("'", "''", StringComparison.Ordinal)}'");

    static string Id(JsonElement entity) => entity.GetProperty("@iot.id").GetString()!;

    static IEnumerable<string> Names(JsonElement entity) =>
        entity.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal);

    /// <summary>A list and what its entities have.</summary>
    sealed record Kind(string Path, string[] Properties, string[] Keys, string[] Relations);
}
