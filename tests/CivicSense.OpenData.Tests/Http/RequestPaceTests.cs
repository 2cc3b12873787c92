using System.Globalization;
using System.Net;

namespace CivicSense.OpenData.Tests;

public sealed class RequestPaceTests
{
    [Fact]
    public async Task Each_answer_says_how_many_requests_are_left()
    {
        await using var node = await PublicNode.StartAsync(configure: options => options.RequestsPerSecond = 100);
        using var answer = await node.GetAsync("/api/v1/quantities");
        Assert.Equal("400", Header(answer, "RateLimit-Limit"));
        Assert.InRange(int.Parse(Header(answer, "RateLimit-Remaining"), CultureInfo.InvariantCulture), 390, 399);
        Assert.Equal("1", Header(answer, "RateLimit-Reset"));
    }

    [Fact]
    public async Task Who_asks_too_fast_is_told_when_to_come_again()
    {
        // One token a second, four in the bucket: at most six answers in the time of twelve requests, were they to take two seconds.
        await using var node = await PublicNode.StartAsync(configure: options => options.RequestsPerSecond = 1);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 200 && !statuses.Contains(HttpStatusCode.TooManyRequests); i++)
        {
            using var answer = await node.GetAsync("/api/v1/quantities");
            statuses.Add(answer.StatusCode);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
                continue;
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("1", Header(answer, "Retry-After"));
            Assert.Equal("0", Header(answer, "RateLimit-Remaining"));
        }
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        using var health = await node.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task Zero_is_no_limit()
    {
        await using var node = await PublicNode.StartAsync(configure: options => options.RequestsPerSecond = 0);
        using var answer = await node.GetAsync("/api/v1/quantities");
        Assert.False(answer.Headers.Contains("RateLimit-Limit"));
    }

    [Fact]
    public void As_many_come_back_in_a_second_as_are_allowed()
    {
        foreach (var perSecond in (int[])[.. Enumerable.Range(1, 1000), 12_345, 1_000_000])
        {
            var (tokens, period) = RequestPace.Refill(perSecond);
            Assert.InRange(tokens / period.TotalSeconds, 0.9999 * perSecond, 1.0001 * perSecond);
            Assert.InRange(period, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1));
        }
    }

    static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();
}
