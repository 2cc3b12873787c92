using System.Net;
using System.Text.Json;

namespace CivicSense.OpenData.Tests;

public sealed class LatestResourceTests
{
    [Fact]
    public async Task The_newest_estimates_are_those_of_the_areas_one_by_one()
    {
        await using var node = await PublicNode.StartAsync();
        foreach (var row in (await node.GetJsonAsync("/api/v1/estimates/latest?resolution=day")).GetProperty("items").EnumerateArray())
        {
            var area = row.GetProperty("area").GetString();
            var quantity = row.GetProperty("quantity").GetString();
            var own = (await node.GetJsonAsync($"/api/v1/areas/{area}/estimates?quantity={quantity}&resolution=day")).GetProperty("items");
            Assert.Equal(own[own.GetArrayLength() - 1].GetRawText(), row.GetRawText());
        }
    }

    [Fact]
    public async Task An_earlier_state_of_all_areas_is_refused_and_the_way_to_that_of_one_is_named()
    {
        await using var node = await PublicNode.StartAsync();
        var problem = await node.GetJsonAsync("/api/v1/estimates/latest?asOf=2026-11-20T12:00:00Z", HttpStatusCode.BadRequest);
        Assert.Equal("asOf", problem.GetProperty("parameter").GetString());
        Assert.Contains("/api/v1/areas/{quadkey}/estimates", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_together_are_the_whole_list()
    {
        await using var node = await PublicNode.StartAsync();
        var all = Rows(await node.GetJsonAsync("/api/v1/estimates/latest"));
        var found = new List<string>();
        for (var next = "/api/v1/estimates/latest?limit=4"; next is not null;)
        {
            var page = await node.GetJsonAsync(next);
            found.AddRange(Rows(page));
            next = page.GetProperty("next").GetString();
        }
        Assert.Equal(all, found);
        Assert.True(all.Count > 4);
    }

    [Fact]
    public async Task A_position_finds_the_area_around_it_and_its_parents()
    {
        await using var node = await PublicNode.StartAsync();
        var areas = (await node.GetJsonAsync("/api/v1/areas")).GetProperty("items").EnumerateArray().ToList();
        var wanted = areas.Last();
        var point = FormattableString.Invariant(
            $"{(Edge(wanted, "west") + Edge(wanted, "east")) / 2:0.######},{(Edge(wanted, "south") + Edge(wanted, "north")) / 2:0.######}");
        var found = (await node.GetJsonAsync($"/api/v1/areas?point={point}")).GetProperty("items").EnumerateArray()
            .Select(row => row.GetProperty("area").GetString()!).ToList();
        Assert.Equal(wanted.GetProperty("area").GetString(), found[^1]);
        Assert.All(found, key => Assert.StartsWith(key == "world" ? "" : key, found[^1], StringComparison.Ordinal));
        Assert.All(
            (await node.GetJsonAsync($"/api/v1/estimates/latest?point={point}")).GetProperty("items").EnumerateArray(),
            row => Assert.Contains(row.GetProperty("area").GetString()!, found));
    }

    [Theory]
    [InlineData("-180,-90,180,90", true)]
    [InlineData("170,-90,-170,90", false)]
    [InlineData("100,-10,120,10", false)]
    public async Task A_box_finds_what_it_touches(string box, bool isFound)
    {
        await using var node = await PublicNode.StartAsync();
        var found = (await node.GetJsonAsync($"/api/v1/areas?bbox={box}")).GetProperty("items").GetArrayLength();
        Assert.Equal(isFound, found > 0);
    }

    [Theory]
    [InlineData("/api/v1/areas?point=57.1", "point")]
    [InlineData("/api/v1/areas?point=200,10", "point")]
    [InlineData("/api/v1/areas?point=NaN,10", "point")]
    [InlineData("/api/v1/areas?point=10,91", "point")]
    [InlineData("/api/v1/areas?point=10,20,30", "point")]
    [InlineData("/api/v1/areas?bbox=1,2,3", "bbox")]
    [InlineData("/api/v1/areas?bbox=1,5,3,4", "bbox")]
    [InlineData("/api/v1/areas?bbox=1e1,5,3,6", "bbox")]
    [InlineData("/api/v1/estimates/latest?bbox=,,,", "bbox")]
    [InlineData("/api/v1/estimates/latest?cursor=YXxi", "cursor")]
    [InlineData("/api/v1/estimates/latest?resolution=year", "resolution")]
    public async Task What_is_no_place_is_refused_by_name(string path, string parameter)
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Equal(parameter, (await node.GetJsonAsync(path, HttpStatusCode.BadRequest)).GetProperty("parameter").GetString());
    }

    static double Edge(JsonElement area, string name) => area.GetProperty(name).GetDouble();

    static List<string> Rows(JsonElement page) => [.. page.GetProperty("items").EnumerateArray().Select(row => row.GetRawText())];
}
