using System.Net;

namespace CivicSense.OpenData.Tests;

/// <summary>What is typed into the search for a place may be where somebody lives.</summary>
public sealed class PlaceSearchTests
{
    [Theory]
    [InlineData("٥٢, 4")]
    [InlineData("52, ٤")]
    [InlineData("５２.１, 4")]
    [InlineData("52.١, 4")]
    public async Task Digits_of_other_scripts_are_not_understood(string place)
    {
        await using var node = await PublicNode.StartAsync();
        using var response = await node.GetAsync($"/areas?place={Uri.EscapeDataString(place)}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("was not understood", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/areas?place=52.0,4.0")]
    [InlineData("/areas?place=nowhere")]
    [InlineData("/areas?place=52.0,4.0&quantity=x")]
    [InlineData("/areas?PLACE=52.0,4.0")]
    [InlineData("/es/areas?place=52.0,4.0")]
    [InlineData("/about?place=52.0,4.0")]
    [InlineData("/nothing?place=52.0,4.0")]
    [InlineData("/api/v1/areas?point=4.0,52.0")]
    [InlineData("/api/v1/areas?point=4.0,95.0")]
    [InlineData("/api/v1/estimates/latest?point=4.0,52.0&format=csv")]
    public async Task Nobody_keeps_an_answer_about_a_place(string path)
    {
        await using var node = await PublicNode.StartAsync();
        foreach (var accept in (string[])["*/*", "text/html"])
        {
            using var response = await node.GetAsync(path, ("Accept", accept));
            Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        }
    }

    [Fact]
    public async Task An_unchanged_answer_about_a_place_is_not_kept_either()
    {
        const string Path = "/api/v1/areas?point=4.0,52.0";
        await using var node = await PublicNode.StartAsync();
        using var first = await node.GetAsync(Path);
        using var held = await node.GetAsync(Path, ("If-None-Match", first.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.NotModified, held.StatusCode);
        Assert.Equal("no-store", held.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task A_page_without_a_place_may_be_kept_for_a_minute()
    {
        await using var node = await PublicNode.StartAsync();
        using var response = await node.GetAsync("/areas");
        Assert.Equal("public, max-age=60", response.Headers.CacheControl?.ToString());
    }
}
