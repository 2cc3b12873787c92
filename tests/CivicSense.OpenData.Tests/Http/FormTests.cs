using System.IO.Compression;
using System.Net;
using System.Text.Json;

namespace CivicSense.OpenData.Tests;

public sealed class FormTests
{
    [Theory]
    [InlineData("application/x-ndjson", "application/x-ndjson")]
    [InlineData("application/geo+json", "application/geo+json")]
    [InlineData("application/geo+json;q=0.5, text/csv", "text/csv")]
    [InlineData("application/*", "application/json")]
    public async Task Areas_come_in_every_form(string accept, string expected)
    {
        await using var node = await PublicNode.StartAsync();
        using var answer = await node.GetAsync("/api/v1/areas", ("Accept", accept));
        Assert.Equal(expected, answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task What_has_no_place_is_no_GeoJSON()
    {
        await using var node = await PublicNode.StartAsync();
        using var refused = await node.GetAsync("/api/v1/ledger", ("Accept", "application/geo+json"));
        Assert.Equal(HttpStatusCode.NotAcceptable, refused.StatusCode);
        using var unknown = await node.GetAsync("/api/v1/ledger?format=geojson");
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Fact]
    public async Task Newline_delimited_JSON_has_the_rows_of_the_list_a_line_each()
    {
        await using var node = await PublicNode.StartAsync();
        var list = await node.GetJsonAsync("/api/v1/measurements?limit=50");
        using var answer = await node.GetAsync("/api/v1/measurements?limit=50&format=ndjson");
        var text = await answer.Content.ReadAsStringAsync();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.Equal(
            list.GetProperty("items").EnumerateArray().Select(row => row.GetRawText()),
            text.TrimEnd('\n').Split('\n'));
        Assert.Contains("rel=\"next\"", answer.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Features_are_closed_counterclockwise_rings_in_longitude_and_latitude()
    {
        await using var node = await PublicNode.StartAsync();
        var areas = (await node.GetJsonAsync("/api/v1/areas"))
            .GetProperty("items").EnumerateArray().ToDictionary(row => row.GetProperty("area").GetString()!);
        var layer = await node.GetJsonAsync("/api/v1/areas?format=geojson");
        Assert.Equal("FeatureCollection", layer.GetProperty("type").GetString());
        Assert.Equal(areas.Count, layer.GetProperty("features").GetArrayLength());
        foreach (var feature in layer.GetProperty("features").EnumerateArray())
        {
            var row = areas[feature.GetProperty("id").GetString()!];
            Assert.Equal(row.GetRawText(), feature.GetProperty("properties").GetRawText());
            var ring = feature.GetProperty("geometry").GetProperty("coordinates")[0].EnumerateArray()
                .Select(position => (X: position[0].GetDouble(), Y: position[1].GetDouble())).ToList();
            Assert.Equal(ring[0], ring[^1]);
            Assert.Equal(row.GetProperty("west").GetDouble(), ring.Min(position => position.X));
            Assert.Equal(row.GetProperty("north").GetDouble(), ring.Max(position => position.Y));
            var doubleArea = ring.Zip(ring.Skip(1)).Sum(edge => edge.First.X * edge.Second.Y - edge.Second.X * edge.First.Y);
            Assert.True(doubleArea > 0);
        }
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Answers_are_compressed_for_who_takes_that(string coding)
    {
        await using var node = await PublicNode.StartAsync();
        using var plain = await node.GetAsync("/api/v1/measurements?limit=500");
        using var packed = await node.GetAsync("/api/v1/measurements?limit=500", ("Accept-Encoding", coding));
        Assert.Equal(coding, packed.Content.Headers.ContentEncoding.Single());
        await using var bytes = await packed.Content.ReadAsStreamAsync();
        await using Stream unpacked = coding == "br"
            ? new BrotliStream(bytes, CompressionMode.Decompress)
            : new GZipStream(bytes, CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await reader.ReadToEndAsync());
        Assert.Contains("Accept-Encoding", packed.Headers.Vary);
        Assert.True(packed.Headers.ETag!.IsWeak);
        using var held = await node.GetAsync(
            "/api/v1/measurements?limit=500", ("Accept-Encoding", coding), ("If-None-Match", packed.Headers.ETag.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, held.StatusCode);
    }

    [Fact]
    public async Task The_page_about_the_API_names_every_resource_and_parameter_of_the_description()
    {
        await using var node = await PublicNode.StartAsync();
        var document = await node.GetJsonAsync("/openapi/v1.json");
        using var answer = await node.GetAsync("/api", ("Accept", "text/html"));
        var page = await answer.Content.ReadAsStringAsync();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            Assert.Contains($"<code>{path.Name}</code>", page, StringComparison.Ordinal);
            if (path.Value.GetProperty("get").TryGetProperty("parameters", out var parameters))
                Assert.All(parameters.EnumerateArray(), parameter =>
                    Assert.Contains($"<code>{parameter.GetProperty("name").GetString()}</code>", page, StringComparison.Ordinal));
        }
    }
}
