using System.Net;
using System.Text.Json;

namespace CivicSense.OpenData.Tests.Features;

/// <summary>OGC 17-069r4, requirements classes core, GeoJSON and OpenAPI 3.0; the cases are those of its test suite.</summary>
public sealed class FeaturesTests
{
    const string Items = "/ogc/collections/pm2_5-hour/items";

    [Fact]
    public async Task The_landing_page_leads_to_everything()
    {
        await using var node = await PublicNode.StartAsync();
        var links = Links(await node.GetJsonAsync("/ogc"));
        Assert.Equal(["self", "service-desc", "conformance", "data"], links.Keys);
        foreach (var link in links.Values) await node.GetJsonAsync(link.GetProperty("href").GetString()!);

        Assert.Equal(
            ["conf/core", "conf/oas30", "conf/geojson"],
            (await node.GetJsonAsync("/ogc/conformance")).GetProperty("conformsTo").EnumerateArray()
                .Select(uri => uri.GetString()!.Replace(
                    "http://www.opengis.net/spec/ogcapi-features-1/1.0/", "", StringComparison.Ordinal)));
        using var description = await node.GetAsync("/ogc/api");
        Assert.Equal("application/vnd.oai.openapi+json; version=3.0", description.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Every_collection_says_where_when_and_in_which_coordinates()
    {
        await using var node = await PublicNode.StartAsync();
        var collections = (await node.GetJsonAsync("/ogc/collections")).GetProperty("collections").EnumerateArray().ToList();
        Assert.Equal(1 + 3 * 4, collections.Count);
        Assert.Equal("areas", collections[0].GetProperty("id").GetString());
        foreach (var collection in collections)
        {
            var id = collection.GetProperty("id").GetString();
            Assert.Equal(collection.GetRawText(), (await node.GetJsonAsync($"/ogc/collections/{id}")).GetRawText());
            Assert.Equal("http://www.opengis.net/def/crs/OGC/1.3/CRS84",
                Assert.Single(collection.GetProperty("crs").EnumerateArray()).GetString());
            var box = collection.GetProperty("extent")
                .GetProperty("spatial").GetProperty("bbox")[0].EnumerateArray().Select(edge => edge.GetDouble()).ToList();
            Assert.True(box[0] < box[2] && box[1] < box[3]);
            Assert.Equal(id != "areas", collection.GetProperty("extent").TryGetProperty("temporal", out _));
            var items = Links(collection)["items"];
            Assert.Equal("application/geo+json", items.GetProperty("type").GetString());
            Assert.Equal(4, (await node.GetJsonAsync(items.GetProperty("href").GetString()!)).GetProperty("numberMatched").GetInt32());
        }
    }

    [Fact]
    public async Task Features_are_the_newest_estimates()
    {
        await using var node = await PublicNode.StartAsync();
        using var response = await node.GetAsync(Items);
        Assert.Equal("application/geo+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("FeatureCollection", page.GetProperty("type").GetString());

        var feature = page.GetProperty("features")[1];
        Assert.Equal(("Feature", "03131303010"), (feature.GetProperty("type").GetString(), feature.GetProperty("id").GetString()));
        var row = (await node.GetJsonAsync("/api/v1/areas/03131303010/estimates?quantity=pm2_5&from=2026-11-22T13:00:00Z"))
            .GetProperty("items")[0];
        foreach (var (name, ofApi) in new[] { ("value", "value"), ("standardError", "standardError"), ("lower", "lower"),
            ("upper", "upper"), ("status", "status"), ("start", "start"), ("tooUncertain", "tooUncertain") })
            Assert.Equal(row.GetProperty(ofApi).ToString(), feature.GetProperty("properties").GetProperty(name).ToString());
        var alone = await node.GetJsonAsync(Items + "/03131303010");
        Assert.Equal(feature.GetProperty("properties").GetRawText(), alone.GetProperty("properties").GetRawText());
        Assert.Equal(["self", "collection"], Links(alone).Keys);
    }

    [Theory]
    [InlineData("bbox=-180,-90,180,90", 4)]
    [InlineData("bbox=-180,-90,0,180,90,100", 4)]
    [InlineData("bbox=0,-60,1,-50", 0)]
    [InlineData("bbox=170,-90,-170,90", 0)]
    [InlineData("datetime=2026-11-22T13:30:00Z", 4)]
    [InlineData("datetime=2026-11-22T14:00:00Z", 0)]
    [InlineData("datetime=../2026-11-22T12:59:59Z", 0)]
    [InlineData("datetime=2026-11-22T13:59:59Z/..", 4)]
    [InlineData("datetime=2026-11-01/2026-12-01", 4)]
    [InlineData("datetime=/2026-12-01T00:00:00%2B01:00", 4)]
    [InlineData("datetime=2026-11-22t13:30:00.25z", 4)]
    [InlineData("limit=2", 4)]
    [InlineData("limit=99999", 4)]
    public async Task Parameters_choose(string query, int matched)
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Equal(matched, (await node.GetJsonAsync($"{Items}?{query}")).GetProperty("numberMatched").GetInt32());
    }

    [Fact]
    public async Task A_box_around_one_area_finds_it_and_its_parent()
    {
        await using var node = await PublicNode.StartAsync();
        var bounds = CivicSense.Commons.Area.Parse("03131303011").Bounds;
        var (x, y) = ((bounds.West + bounds.East) / 2, (bounds.South + bounds.North) / 2);
        var found = await node.GetJsonAsync(
            FormattableString.Invariant($"/ogc/collections/areas/items?bbox={x},{y},{x},{y}&datetime=1990-01-01"));
        Assert.Equal(["0313130301", "03131303011"],
            found.GetProperty("features").EnumerateArray().Select(feature => feature.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Next_links_walk_all_features_once()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Crowded());
        var ids = new List<string>();
        for (var address = "/ogc/collections/areas/items?limit=77&bbox=-180,-90,180,90"; address is not null;)
        {
            var page = await node.GetJsonAsync(address);
            ids.AddRange(page.GetProperty("features").EnumerateArray().Select(feature => feature.GetProperty("id").GetString()!));
            Assert.Equal(page.GetProperty("numberReturned").GetInt32(), page.GetProperty("features").GetArrayLength());
            address = Links(page).TryGetValue("next", out var next) ? next.GetProperty("href").GetString() : null;
        }
        Assert.Equal(node.Commons.Tree.Nodes.Length, ids.Count);
        Assert.Equal(ids.Distinct(), ids);
    }

    [Theory]
    [InlineData("limit=2&%6Fffset=1")]
    [InlineData("%6cimit=2&offset=1")]
    [InlineData("offset=1&bbox=-180,-90,180,90&limit=2")]
    public async Task A_next_link_has_one_limit_and_one_offset_however_they_were_written(string query)
    {
        await using var node = await PublicNode.StartAsync();
        // Otherwise the client itself would decode letters that need no encoding.
        var address = new Uri($"{node.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)}{Items}?{query}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var page = JsonDocument.Parse(await node.Client.GetStringAsync(address)).RootElement;
        Assert.Equal(2, page.GetProperty("numberReturned").GetInt32());
        var next = Links(page)["next"].GetProperty("href").GetString()!;
        Assert.EndsWith("limit=2&offset=3", next, StringComparison.Ordinal);
        Assert.Equal(query.Contains("bbox", StringComparison.Ordinal), next.Contains("bbox=-180,-90,180,90&", StringComparison.Ordinal));
        Assert.Equal(1, (await node.GetJsonAsync(next)).GetProperty("numberReturned").GetInt32());
    }

    [Theory]
    [InlineData("/ogc/collections/pm2_5-hour/items?limit=0", "limit")]
    [InlineData("/ogc/collections/pm2_5-hour/items?limit=x", "limit")]
    [InlineData("/ogc/collections/pm2_5-hour/items?offset=-1", "offset")]
    [InlineData("/ogc/collections/pm2_5-hour/items?bbox=1,2,3", "bbox")]
    [InlineData("/ogc/collections/pm2_5-hour/items?bbox=1,2,3,4,5", "bbox")]
    [InlineData("/ogc/collections/pm2_5-hour/items?bbox=1,2,3,NaN", "bbox")]
    [InlineData("/ogc/collections/pm2_5-hour/items?bbox=1,20,3,4", "bbox")]
    [InlineData("/ogc/collections/pm2_5-hour/items?datetime=yesterday", "datetime")]
    [InlineData("/ogc/collections/pm2_5-hour/items?datetime=2026-11-22/2026-11-21", "datetime")]
    [InlineData("/ogc/collections/pm2_5-hour/items?datetime=2026-11-22/2026-11-23/2026-11-24", "datetime")]
    [InlineData("/ogc/collections/pm2_5-hour/items?datetime=..", "datetime")]
    [InlineData("/ogc/collections/pm2_5-hour/items?datetime=2026-11-22T00:00:00", "datetime")]
    [InlineData("/ogc/collections/pm2_5-hour/items?datetime=2026-11-22T00:00Z", "datetime")]
    [InlineData("/ogc/collections/pm2_5-hour/items?datetime=../2026-11-22T00:00:00.5", "datetime")]
    [InlineData("/ogc/collections/pm2_5-hour/items?datetime=2026-11-22T00:00:00%2B0100", "datetime")]
    [InlineData("/ogc/collections/pm2_5-hour/items?colour=red", "colour")]
    [InlineData("/ogc/collections/pm2_5-hour/items?limit=1&limit=2", "limit")]
    [InlineData("/ogc/collections?f=html", "f")]
    [InlineData("/ogc?x=1", "x")]
    public async Task A_wrong_parameter_is_400_and_named(string path, string parameter)
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Equal(parameter, (await node.GetJsonAsync(path, HttpStatusCode.BadRequest)).GetProperty("parameter").GetString());
    }

    [Theory]
    [InlineData("/ogc/collections/nothing")]
    [InlineData("/ogc/collections/nothing/items")]
    [InlineData("/ogc/collections/areas/items/nothing")]
    [InlineData("/ogc/nothing")]
    public async Task What_is_not_there_is_404(string path)
    {
        await using var node = await PublicNode.StartAsync();
        await node.GetJsonAsync(path, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_node_without_releases_has_only_empty_areas()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Empty());
        Assert.Equal("areas",
            Assert.Single((await node.GetJsonAsync("/ogc/collections")).GetProperty("collections").EnumerateArray())
            .GetProperty("id").GetString());
        Assert.Empty((await node.GetJsonAsync("/ogc/collections/areas/items")).GetProperty("features").EnumerateArray());
    }

    static Dictionary<string, JsonElement> Links(JsonElement document) =>
        document.GetProperty("links").EnumerateArray().ToDictionary(link => link.GetProperty("rel").GetString()!, StringComparer.Ordinal);
}
