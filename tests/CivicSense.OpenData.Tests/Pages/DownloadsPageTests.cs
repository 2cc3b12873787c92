using System.Net;
using System.Text.RegularExpressions;

namespace CivicSense.OpenData.Tests;

public sealed partial class DownloadsPageTests
{
    [Fact]
    public async Task No_file_that_it_links_ends_before_its_end()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Archived());
        using var response = await node.GetAsync("/downloads", ("Accept", "text/html"));
        var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var files = Link().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups["address"].Value)).Distinct().ToList();
        Assert.Contains(files, file => file.StartsWith("/api/v1/measurements?", StringComparison.Ordinal));
        Assert.Contains(files, file => file.Contains("/estimates?", StringComparison.Ordinal));

        foreach (var file in files)
        {
            using var answer = await node.GetAsync(file);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            // What saves a file does not see that there is a further page.
            Assert.False(answer.Headers.Contains("Link"), $"{file} is cut.");
        }
        // Everything that was ever released, and a header.
        Assert.Equal(1 + node.Commons.Measurements.Count,
            (await node.GetCsvAsync(files.Single(file => file.StartsWith("/api/v1/measurements?", StringComparison.Ordinal)))).Count);
    }

    [Theory]
    [InlineData("/sta/v1.1")]
    [InlineData("/ogc")]
    [InlineData("/en/datasets")]
    public async Task Every_way_to_the_data_is_named(string address)
    {
        await using var node = await PublicNode.StartAsync();
        var page = await node.Client.GetStringAsync("/en/downloads", TestContext.Current.CancellationToken);
        Assert.Contains($"href=\"{address}\"", page, StringComparison.Ordinal);
    }

    [GeneratedRegex("href=\"(?<address>/api/v1/[^\"]*format=csv[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();
}
