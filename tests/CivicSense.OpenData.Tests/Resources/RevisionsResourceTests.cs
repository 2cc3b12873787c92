using System.Net;
using System.Text.Json;

namespace CivicSense.OpenData.Tests;

/// <summary>
/// What is final here was another value while it was live: from ten minutes after its end on, for a bit more than 48 hours.
/// </summary>
public sealed class RevisionsResourceTests
{
    const string Estimates = "/api/v1/areas/03131303010/estimates?quantity=pm2_5";
    const string Hour = "&from=2026-11-18T11:00:00Z&to=2026-11-18T12:00:00Z";
    const string ForEver = "public, max-age=31536000, immutable";

    [Theory]
    [InlineData("2026-11-18T12:09:59.999Z", null, 0)]
    [InlineData("2026-11-18T12:10:00Z", "live", 0.25)]
    [InlineData("2026-11-18T13:10:00%2B01:00", "live", 0.25)]
    [InlineData("2026-11-20T12:10:00.249Z", "live", 0.25)]
    [InlineData("2026-11-20T12:10:00.25Z", "final", 0)]
    [InlineData("2026-11-21", "final", 0)]
    public async Task As_of_an_instant_an_estimate_is_what_was_published_then(string asOf, string? status, double difference)
    {
        await using var node = await PublicNode.StartAsync();
        var now = (await node.GetJsonAsync(Estimates + Hour)).GetProperty("items")[0];

        var then = (await node.GetJsonAsync($"{Estimates}{Hour}&asOf={asOf}")).GetProperty("items");

        Assert.Equal(status is null ? 0 : 1, then.GetArrayLength());
        if (status is null) return;
        Assert.Equal(status, then[0].GetProperty("status").GetString());
        Assert.Equal(difference, then[0].GetProperty("value").GetDouble() - now.GetProperty("value").GetDouble(), precision: 3);
        Assert.Equal(now.EnumerateObject().Select(member => member.Name), then[0].EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Without_times_a_list_of_the_past_ends_at_its_instant()
    {
        await using var node = await PublicNode.StartAsync();
        var items = (await node.GetJsonAsync(Estimates + "&asOf=2026-11-20T12:00:00Z&from=2026-11-16"))
            .GetProperty("items").EnumerateArray().ToList();

        Assert.Equal("2026-11-20T10:00:00Z", items[^1].GetProperty("start").GetString());
        Assert.Equal(4 * 24 + 11, items.Count);
        Assert.Equal("2026-11-18T11:00:00Z",
            items.First(item => item.GetProperty("status").GetString() == "live").GetProperty("start").GetString());
    }

    [Theory]
    [InlineData("&asOf=2026-11-20T12:00:00Z", true)]
    [InlineData("&asOf=2026-11-20T12:00:00Z&format=csv", true)]
    [InlineData("&asOf=2026-11-20T12:00:00Z&format=ndjson", true)]
    [InlineData("&asOf=2026-11-22T14:01:00Z&to=2026-11-22", true)]
    [InlineData("&asOf=2026-11-22T14:01:00Z", false)]
    [InlineData("&asOf=2026-11-22T14:05:00Z&to=2026-11-22", false)]
    [InlineData("", false)]
    public async Task Answer_about_the_past_is_kept_for_ever_once_nothing_can_be_dated_before_it_any_more(string query, bool isForEver)
    {
        await using var node = await PublicNode.StartAsync();
        using var answer = await node.GetAsync(Estimates + query);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(isForEver ? ForEver : "public, max-age=60", Assert.Single(answer.Headers.GetValues("Cache-Control")));

        using var again = await node.GetAsync(Estimates + query, ("If-None-Match", answer.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Theory]
    [InlineData("2026-11-22T14:12:01Z", "future")]
    [InlineData("2026-11-16T23:59:59Z", "2026-11-17T00:00:00Z")]
    [InlineData("yesterday", "RFC 3339")]
    [InlineData("2026-11-20T12:00:00", "RFC 3339")]
    [InlineData("", "RFC 3339")]
    public async Task Instant_of_which_nothing_can_be_known_is_400_and_says_why(string asOf, string reason)
    {
        await using var node = await PublicNode.StartAsync();
        node.Commons.HistoryBegins = new DateTimeOffset(2026, 11, 17, 0, 0, 0, TimeSpan.Zero);

        var problem = await node.GetJsonAsync($"{Estimates}&asOf={asOf}", HttpStatusCode.BadRequest);

        Assert.Equal("asOf", problem.GetProperty("parameter").GetString());
        Assert.Contains(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Estimate_says_when_each_of_its_revisions_was_published()
    {
        await using var node = await PublicNode.StartAsync();
        var path = "/api/v1/areas/03131303010/estimates/revisions?quantity=pm2_5" + Hour;

        var items = (await node.GetJsonAsync(path)).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(
            [("live", "2026-11-18T12:10:00Z", "2026-11-20T12:10:00.25Z"), ("final", "2026-11-20T12:10:00.25Z", null)],
            items.Select(item => (
                item.GetProperty("status").GetString()!, item.GetProperty("publishedFrom").GetString(),
                item.GetProperty("publishedUntil").GetString())));

        // Every time that is told here can be asked for.
        foreach (var item in items)
        {
            var then = await node.GetJsonAsync($"{Estimates}{Hour}&asOf={item.GetProperty("publishedFrom").GetString()}");
            Assert.Equal(item.GetProperty("value").GetDouble(), then.GetProperty("items")[0].GetProperty("value").GetDouble());
        }
        var csv = await node.GetCsvAsync(path);
        Assert.Equal(["published_from", "published_until"], csv[0][^2..]);
        Assert.Equal("2026-11-20T12:10:00.25Z", csv[1][^1]);
    }

    [Fact]
    public async Task Area_that_there_is_not_has_no_past()
    {
        await using var node = await PublicNode.StartAsync();
        await node.GetJsonAsync("/api/v1/areas/0313/estimates?quantity=pm2_5&asOf=2026-11-20", HttpStatusCode.NotFound);
        await node.GetJsonAsync("/api/v1/areas/0313/estimates/revisions?quantity=pm2_5", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("AAAA")]
    [InlineData("MTIzNA")]
    [InlineData("MTIzNHx4")]
    [InlineData("MTIzNHw5OTk5OTk5OTk5OTk5OTk5OTk5")]
    public async Task Cursor_of_another_list_is_400(string cursor)
    {
        await using var node = await PublicNode.StartAsync();
        var problem = await node.GetJsonAsync(
            $"/api/v1/areas/03131303010/estimates/revisions?quantity=pm2_5&cursor={cursor}", HttpStatusCode.BadRequest);
        Assert.Equal("cursor", problem.GetProperty("parameter").GetString());
    }
}
