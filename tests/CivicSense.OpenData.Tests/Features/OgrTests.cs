using System.Diagnostics;

namespace CivicSense.OpenData.Tests.Features;

/// <summary>Opens the map as QGIS does: through GDAL.</summary>
public sealed class OgrTests
{
    [Fact]
    public async Task Gdal_lists_the_collections_and_reads_the_features()
    {
        await using var node = await PublicNode.StartAsync();
        var address = "OAPIF:" + node.Client.BaseAddress + "ogc";
        var layers = await RunAsync("-ro", "-q", address);
        Assert.Contains("areas (title: Areas)", layers, StringComparison.Ordinal);
        Assert.Contains("pm2_5-hour", layers, StringComparison.Ordinal);

        var features = await RunAsync("-ro", "-al", "-where", "value > 0", address, "pm2_5-hour");
        Assert.Contains("Feature Count: 4", features, StringComparison.Ordinal);
        Assert.Contains("Geometry: Polygon", features, StringComparison.Ordinal);
        Assert.Contains("standardError (Real) = ", features, StringComparison.Ordinal);
        Assert.Contains("start (DateTime) = 2026/11/22 13:00:00", features, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gdal_pages_through_five_hundred_areas()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Crowded());
        var count = node.Commons.Tree.Nodes.Length;
        Assert.Contains($"Feature Count: {count}",
            await RunAsync("-ro", "-so", "-oo", "PAGE_SIZE=100", $"OAPIF:{node.Client.BaseAddress}ogc", "areas"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gdal_reads_a_page_as_a_geojson_file()
    {
        await using var node = await PublicNode.StartAsync();
        var summary = await RunAsync("-ro", "-so", "-al", $"/vsicurl_streaming/{node.Client.BaseAddress}ogc/collections/areas/items");
        Assert.Contains("using driver `GeoJSON' successful", summary, StringComparison.Ordinal);
        Assert.Contains("Feature Count: 4", summary, StringComparison.Ordinal);
    }

    static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("ogrinfo", arguments) { RedirectStandardOutput = true, RedirectStandardError = true,
            UseShellExecute = false };
        start.Environment["GDAL_HTTP_TIMEOUT"] = "20";
        using var process = Start(start);
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + await error);
        return output;
    }

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("ogrinfo is not installed (Debian: gdal-bin).");
            throw;
        }
    }
}
