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
        // Seven days of every hour, quantity and area, and a header.
        Assert.Equal(1 + (7 * 24 * 3 * 3),
            (await node.GetCsvAsync(files.Single(file => file.StartsWith("/api/v1/measurements?", StringComparison.Ordinal)))).Count);
    }

    [GeneratedRegex("href=\"(?<address>/api/v1/[^\"]*format=csv[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
