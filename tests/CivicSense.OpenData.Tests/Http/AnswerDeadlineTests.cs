using System.Net;

namespace CivicSense.OpenData.Tests;

/// <summary>No answer is made or taken without end.</summary>
public sealed class AnswerDeadlineTests
{
    readonly ManualTimeProvider time = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/v1/measurements?from=2026-11-15&to=2026-11-16")]
    [InlineData("/api/v1/measurements?from=2026-11-15&limit=all&format=csv")]
    public async Task What_cannot_be_made_in_time_is_to_be_asked_for_again(string address)
    {
        var commons = FakeCommons.Filled();
        await using var node = await PublicNode.StartAsync(commons, time: time);
        commons.Reading = () => time.Advance(AnswerDeadline.LongestWork);

        using var answer = await node.GetAsync(address);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("5", Assert.Single(answer.Headers.GetValues("Retry-After")));
        Assert.Contains("too busy", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_made_just_in_time_is_answered()
    {
        var commons = FakeCommons.Filled();
        await using var node = await PublicNode.StartAsync(commons, time: time);
        commons.Reading = () => time.Advance(AnswerDeadline.LongestWork - TimeSpan.FromSeconds(1));
        await node.GetJsonAsync("/api/v1/measurements?from=2026-11-15&to=2026-11-16");
    }

    [Fact]
    public async Task Whoever_does_not_take_an_answer_is_cut_off()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Since("2026-01-01"), time: time);
        using var reader = node.ClientFrom(1);
        using var answer = await reader.GetAsync(
            "/api/v1/ledger?limit=10000&format=ndjson", HttpCompletionOption.ResponseHeadersRead, Cancelled);
        // Far more than the buffers between hold: the node has to wait.
        Assert.True(answer.Content.Headers.ContentLength > 5_000_000);

        time.Advance(AnswerDeadline.LongestReading);

        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.CopyToAsync(Stream.Null, Cancelled));
    }

    [Fact]
    public async Task An_answer_that_is_taken_slowly_is_whole()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Since("2026-01-01"), time: time);
        using var reader = node.ClientFrom(1);
        using var answer = await reader.GetAsync(
            "/api/v1/ledger?limit=10000&format=ndjson", HttpCompletionOption.ResponseHeadersRead, Cancelled);
        time.Advance(AnswerDeadline.LongestReading - TimeSpan.FromSeconds(1));
        Assert.Equal(answer.Content.Headers.ContentLength, (await answer.Content.ReadAsByteArrayAsync(Cancelled)).Length);
    }
}
