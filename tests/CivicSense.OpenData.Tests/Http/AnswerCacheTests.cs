using System.Net;
using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

public sealed class AnswerCacheTests
{
    const string Estimates = "/api/v1/areas/03131303010/estimates?quantity=pm2_5";
    const string Latest = "/api/v1/estimates/latest";

    [Fact]
    public async Task The_same_question_is_worked_on_once_until_something_public_changes()
    {
        await using var node = await PublicNode.StartAsync();

        var first = await node.Client.GetStringAsync(Estimates);
        Assert.Equal(first, await node.Client.GetStringAsync(Estimates));
        Assert.Equal(1, node.Commons.EstimateReads);

        node.Commons.Add(
            Newest(node.Commons) with { Start = FakeCommons.LastReleased.Next.Start, End = FakeCommons.LastReleased.Next.End, Value = 99 });
        var until = Uri.EscapeDataString("2026-11-22T15:00:00Z");
        Assert.NotEqual(await node.Client.GetStringAsync(Estimates), await node.Client.GetStringAsync(Estimates + "&to=" + until));
        Assert.Equal(3, node.Commons.EstimateReads);
    }

    [Fact]
    public async Task Without_word_of_changes_nothing_is_kept()
    {
        await using var node = await PublicNode.StartAsync();
        node.Commons.NoticesChanges = false;

        await node.Client.GetStringAsync(Estimates);
        await node.Client.GetStringAsync(Estimates);

        Assert.Equal(2, node.Commons.EstimateReads);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    public async Task A_kept_answer_stays_what_it_is_while_others_are_written(string? coding)
    {
        await using var node = await PublicNode.StartAsync();
        string[] paths = [Estimates, Estimates.Replace("pm2_5", "laeq", StringComparison.Ordinal), Latest, Estimates + "&limit=1"];
        (string, string)[] headers = coding is null ? [] : [("Accept-Encoding", coding)];
        var first = new List<byte[]>();
        foreach (var path in paths)
            first.Add(await ReadAsync(path));

        var again = new List<byte[]>();
        foreach (var path in paths)
            again.Add(await ReadAsync(path));

        Assert.Equal(first, again);
        Assert.Equal(paths.Length, first.Select(Convert.ToHexString).Distinct().Count());

        async Task<byte[]> ReadAsync(string path)
        {
            using var answer = await node.GetAsync(path, headers);
            return await answer.Content.ReadAsByteArrayAsync();
        }
    }

    [Theory]
    [InlineData(Latest, null)]
    [InlineData(Latest, "gzip")]
    [InlineData(Latest, "br")]
    [InlineData(Estimates + "&limit=5", "gzip")]
    [InlineData("/", "gzip")]
    [InlineData("/", null)]
    [InlineData("/es/areas", "br")]
    [InlineData("/embed/03131303010/pm2_5.svg", "gzip")]
    public async Task A_kept_answer_has_the_bytes_and_headers_of_the_first(string path, string? coding)
    {
        await using var node = await PublicNode.StartAsync();
        (string, string)[] headers = coding is null ? [] : [("Accept-Encoding", coding)];

        using var fresh = await node.GetAsync(path, headers);
        using var kept = await node.GetAsync(path, headers);
        node.Commons.NoticesChanges = false;
        using var unkept = await node.GetAsync(path, headers);

        Assert.Equal(coding is null ? [] : [coding], kept.Content.Headers.ContentEncoding);
        Assert.Equal(await fresh.Content.ReadAsByteArrayAsync(), await kept.Content.ReadAsByteArrayAsync());
        Assert.Equal(Described(fresh), Described(kept));
        // What is compressed while it is sent has no length, and its Vary comes in another order.
        Assert.Equal(Described(unkept), Described(kept));
    }

    [Fact]
    public async Task Forms_languages_and_codings_are_kept_apart()
    {
        await using var node = await PublicNode.StartAsync();
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal("text/csv", await MediaTypeAsync(Latest, ("Accept", "text/csv")));
            Assert.Equal("application/json", await MediaTypeAsync(Latest, ("Accept", "application/json")));
            Assert.Contains("lang=\"es\"", await TextAsync("/", ("Accept-Language", "es")), StringComparison.Ordinal);
            Assert.Contains("lang=\"en\"", await TextAsync("/", ("Accept-Language", "en")), StringComparison.Ordinal);
            using var packed = await node.GetAsync(Latest, ("Accept-Encoding", "gzip"));
            Assert.Equal(0x1F, (await packed.Content.ReadAsByteArrayAsync())[0]);
            Assert.StartsWith("{", await TextAsync(Latest), StringComparison.Ordinal);
        }

        async Task<string> MediaTypeAsync(string path, (string, string) header)
        {
            using var answer = await node.GetAsync(path, header);
            return answer.Content.Headers.ContentType!.MediaType!;
        }

        async Task<string> TextAsync(string path, params (string, string)[] headers)
        {
            using var answer = await node.GetAsync(path, headers);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    [Theory]
    [InlineData(Latest)]
    [InlineData("/areas")]
    public async Task Who_holds_a_kept_answer_is_told_so_in_a_few_bytes(string path)
    {
        await using var node = await PublicNode.StartAsync();
        using var packed = await node.GetAsync(path, ("Accept-Encoding", "gzip"));
        var tag = packed.Headers.ETag!;
        Assert.True(tag.IsWeak);

        using var held = await node.GetAsync(path, ("Accept-Encoding", "gzip"), ("If-None-Match", tag.ToString()));
        using var plain = await node.GetAsync(path, ("If-None-Match", tag.ToString()));
        using var head = await node.SendAsync(HttpMethod.Head, path, ("If-None-Match", tag.ToString()));

        Assert.All([held, plain, head], answer => Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode));
        Assert.Equal(tag, held.Headers.ETag);
        Assert.Empty(held.Content.Headers.ContentEncoding);
        Assert.Empty(await held.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task What_failed_is_not_kept()
    {
        await using var node = await PublicNode.StartAsync();
        var failures = 1;
        node.Commons.Reading = () => _ = failures-- > 0 ? throw new IOException("The database is locked.") : 0;

        using var failed = await node.GetAsync("/api/v1/measurements");
        using var worked = await node.GetAsync("/api/v1/measurements");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, worked.StatusCode);
    }

    [Fact]
    public async Task An_answer_that_a_change_fell_into_is_made_again()
    {
        await using var node = await PublicNode.StartAsync();
        var calls = 0;
        node.Commons.Reading = () =>
        {
            if (calls++ == 0) node.Commons.Add(Newest(node.Commons) with { Value = 99 });
        };

        await node.Client.GetStringAsync("/api/v1/measurements");
        Assert.Equal(2, calls);
        await node.Client.GetStringAsync("/api/v1/measurements");
        await node.Client.GetStringAsync("/api/v1/measurements");
        Assert.Equal(3, calls);
    }

    [Theory]
    [InlineData("/api/v1/estimates/latest?point=-2.1,57.15")]
    [InlineData("/areas?place=elsewhere")]
    public async Task Where_somebody_may_be_is_not_kept(string path)
    {
        await using var node = await PublicNode.StartAsync();
        await node.Client.GetStringAsync(path);
        var reads = node.Commons.LatestReads;
        await node.Client.GetStringAsync(path);
        Assert.Equal(2 * reads, node.Commons.LatestReads);
    }

    [Fact]
    public async Task Everybody_who_asks_at_once_waits_for_one_answer()
    {
        await using var node = await PublicNode.StartAsync();
        using var begun = new SemaphoreSlim(0);
        using var released = new ManualResetEventSlim();
        var calls = 0;
        node.Commons.Reading = () =>
        {
            Interlocked.Increment(ref calls);
            begun.Release();
            released.Wait(TimeSpan.FromSeconds(30));
        };
        var cancel = TestContext.Current.CancellationToken;
        var first = node.Client.GetStringAsync("/api/v1/measurements", cancel);
        await begun.WaitAsync(cancel);
        var others = Enumerable.Range(0, 5).Select(_ => node.Client.GetStringAsync("/api/v1/measurements", cancel)).ToArray();
        released.Set();

        Assert.Single((await Task.WhenAll([first, .. others])).Distinct());
        Assert.Equal(1, calls);
    }

    static Estimate Newest(FakeCommons commons) =>
        commons.Estimates.Last(estimate => estimate.Area == Area.Parse("03131303010") && estimate.Quantity == Quantity.Pm25);

    static string Described(HttpResponseMessage answer) => string.Join('\n', answer.Headers.Concat(answer.Content.Headers)
        .Where(header => header.Key is not ("Date" or "Content-Length" or "Transfer-Encoding")
            && !header.Key.StartsWith("RateLimit", StringComparison.Ordinal))
        .Select(header => $"{header.Key}: {string.Join(", ", header.Value.Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal));
}
