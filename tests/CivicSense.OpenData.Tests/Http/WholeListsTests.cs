using System.Net;

namespace CivicSense.OpenData.Tests;

/// <summary>Lists to their end in one answer, where a page has 10,000 rows at most.</summary>
public sealed class WholeListsTests
{
    const string Since = "from=2026-01-01&";
    const string All = $"/api/v1/measurements?{Since}limit=all&format=csv";
    const string AllLines = $"/api/v1/measurements?{Since}limit=all&format=ndjson";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_list_of_several_pages_is_one_file_with_one_header()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Since("2026-09-20"));
        Assert.InRange(node.Commons.Measurements.Count, OpenDataOptions.MaximumPageSize + 1, 10 * OpenDataOptions.MaximumPageSize);

        var whole = await node.GetCsvAsync($"/api/v1/measurements?{Since}limit=all");
        var paged = new List<string[]>();
        for (var next = $"/api/v1/measurements?{Since}limit=10000&format=csv"; next is not null;)
        {
            using var page = await node.GetAsync(next);
            var lines = (await page.Content.ReadAsStringAsync(Cancelled))[..^2].Split("\r\n");
            paged.AddRange(lines.Skip(paged.Count == 0 ? 0 : 1).Select(line => line.Split(',')));
            next = page.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }
        Assert.Equal(1 + node.Commons.Measurements.Count, whole.Count);
        Assert.Equal(paged.Select(row => string.Join(',', row)), whole.Select(row => string.Join(',', row)));
    }

    [Fact]
    public async Task Lines_of_json_come_to_the_end_too()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Since("2026-09-20"));
        using var answer = await node.GetAsync($"/api/v1/measurements?{Since}limit=all&format=ndjson");
        Assert.False(answer.Headers.Contains("Link"));
        var lines = (await answer.Content.ReadAsStringAsync(Cancelled)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(node.Commons.Measurements.Count, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("{", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/api/v1/measurements?limit=all")]
    [InlineData("/api/v1/areas?limit=all&format=geojson")]
    [InlineData("/api/v1/ledger?limit=ALL&format=csv")]
    public async Task Other_forms_come_in_pages_only(string address)
    {
        await using var node = await PublicNode.StartAsync();
        var problem = await node.GetJsonAsync(address, HttpStatusCode.BadRequest);
        Assert.Equal("limit", problem.GetProperty("parameter").GetString());
    }

    [Theory]
    [InlineData("/api/v1/areas")]
    [InlineData("/api/v1/activity")]
    [InlineData("/api/v1/ledger")]
    [InlineData("/api/v1/estimates/latest")]
    [InlineData("/api/v1/areas/03131303010/estimates?quantity=pm2_5")]
    public async Task What_fits_into_a_page_is_the_same_answer(string address)
    {
        await using var node = await PublicNode.StartAsync();
        var page = address + (address.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "format=csv";
        Assert.Equal(
            await node.Client.GetStringAsync(page, Cancelled), await node.Client.GetStringAsync(page + "&limit=all", Cancelled));
        using var again = await node.GetAsync(page + "&limit=all");
        Assert.NotNull(again.Headers.ETag);
        using var held = await node.GetAsync(page + "&limit=all", ("If-None-Match", again.Headers.ETag.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, held.StatusCode);
    }

    [Fact]
    public async Task A_list_that_breaks_off_is_no_whole_file()
    {
        var commons = FakeCommons.Since("2026-09-20");
        await using var node = await PublicNode.StartAsync(commons);
        var reads = 0;
        commons.Reading = () =>
        {
            if (++reads > 1) throw new TimeoutException("The database does not answer any more.");
        };
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => node.Client.GetStringAsync($"/api/v1/measurements?{Since}limit=all&format=csv", Cancelled));
    }

    [Fact]
    public async Task More_readers_than_there_are_places_are_told_to_come_again()
    {
        var commons = FakeCommons.Filled();
        await using var node = await PublicNode.StartAsync(commons);
        using var inside = new CountdownEvent(WholeLists.MostAtOnce);
        using var go = new ManualResetEventSlim();
        commons.Reading = () =>
        {
            inside.Signal();
            go.Wait(Cancelled);
        };
        HttpClient[] readers = [node.ClientFrom(1), node.ClientFrom(2)];
        var first = Enumerable.Range(0, WholeLists.MostAtOnce)
            .Select(number => Task.Run(() => readers[number % 2].GetAsync(All, Cancelled), Cancelled)).ToList();
        inside.Wait(Cancelled);

        using var late = await node.GetAsync(All);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, late.StatusCode);
        Assert.Equal("10", Assert.Single(late.Headers.GetValues("Retry-After")));

        go.Set();
        foreach (var answer in await Task.WhenAll(first))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answer.Dispose();
        }
        commons.Reading = null;
        using var again = await node.GetAsync(All);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        foreach (var reader in readers) reader.Dispose();
    }

    [Fact]
    public async Task One_address_leaves_places_to_others()
    {
        var commons = FakeCommons.Filled();
        await using var node = await PublicNode.StartAsync(commons);
        using var inside = new CountdownEvent(WholeLists.MostOfOneAddress);
        using var go = new ManualResetEventSlim();
        commons.Reading = () =>
        {
            inside.Signal();
            go.Wait(Cancelled);
        };
        using var greedy = node.ClientFrom(1);
        var first = Enumerable.Range(0, WholeLists.MostOfOneAddress)
            .Select(_ => Task.Run(() => greedy.GetAsync(All, Cancelled), Cancelled)).ToList();
        inside.Wait(Cancelled);
        commons.Reading = null;

        using var third = await greedy.GetAsync(All, Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, third.StatusCode);
        using var page = await greedy.GetAsync($"/api/v1/measurements?{Since}limit=10&format=csv", Cancelled);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using var other = await node.GetAsync(All);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        go.Set();
        foreach (var answer in await Task.WhenAll(first)) answer.Dispose();
    }

    [Fact]
    public async Task Behind_a_proxy_one_address_is_everybody()
    {
        var commons = FakeCommons.Filled();
        await using var node = await PublicNode.StartAsync(commons, options => options.RequestsPerSecond = 0);
        using var inside = new CountdownEvent(WholeLists.MostAtOnce);
        commons.Reading = () =>
        {
            inside.Signal();
            inside.Wait(Cancelled);
        };
        using var proxy = node.ClientFrom(1);
        var all = await Task.WhenAll(Enumerable.Range(0, WholeLists.MostAtOnce)
            .Select(_ => Task.Run(() => proxy.GetAsync(All, Cancelled), Cancelled)));
        Assert.All(all, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(1, false)]
    public async Task A_list_is_whole_within_its_time_and_cut_after_it(int secondsMore, bool isWhole)
    {
        var commons = FakeCommons.Since("2026-09-20");
        var time = new ManualTimeProvider();
        await using var node = await PublicNode.StartAsync(commons, time: time);
        var reads = 0;
        commons.Reading = () =>
        {
            if (++reads == 2) time.Advance(WholeLists.LongestReading + TimeSpan.FromSeconds(secondsMore));
        };
        var reading = node.Client.GetStringAsync(All, Cancelled);
        if (isWhole) Assert.Equal(1 + commons.Measurements.Count, (await reading).Split("\r\n").Length - 1);
        else await Assert.ThrowsAnyAsync<HttpRequestException>(() => reading);
    }

    /// <summary>Otherwise those who read over a fast line would have all processors.</summary>
    [Fact]
    public async Task Of_all_lists_one_page_is_made_at_a_time()
    {
        var commons = FakeCommons.Since("2026-09-20");
        await using var node = await PublicNode.StartAsync(commons);
        using var begun = new Barrier(2);
        var (reads, inside, most) = (0, 0, 0);
        commons.Reading = () =>
        {
            // The first pages, which may be all there is, are made at once.
            if (Interlocked.Increment(ref reads) <= 2)
            {
                begun.SignalAndWait(Cancelled);
                return;
            }
            Interlocked.Increment(ref inside);
            SpinWait.SpinUntil(() => Volatile.Read(ref inside) > 1, TimeSpan.FromMilliseconds(200));
            most = Math.Max(most, Volatile.Read(ref inside));
            Interlocked.Decrement(ref inside);
        };
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => node.Client.GetStringAsync(All, Cancelled), Cancelled)));
        Assert.True(reads >= 4);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Readers_who_do_not_read_lose_their_places()
    {
        var time = new ManualTimeProvider();
        await using var node = await PublicNode.StartAsync(FakeCommons.Since("2026-01-01"), time: time);
        HttpClient[] readers = [node.ClientFrom(1), node.ClientFrom(2)];
        var stalled = await Task.WhenAll(Enumerable.Range(0, WholeLists.MostAtOnce).Select(
            number => readers[number % 2].GetAsync(AllLines, HttpCompletionOption.ResponseHeadersRead, Cancelled)));
        using (var late = await node.GetAsync(AllLines)) Assert.Equal(HttpStatusCode.ServiceUnavailable, late.StatusCode);

        time.Advance(WholeLists.LongestReading);

        foreach (var answer in stalled)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.CopyToAsync(Stream.Null, Cancelled));
            answer.Dispose();
        }
        // The places are given back soon, not before the cut is seen.
        HttpStatusCode status;
        do
        {
            using var next = await node.Client.GetAsync(AllLines, HttpCompletionOption.ResponseHeadersRead, Cancelled);
            status = next.StatusCode;
        }
        while (status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests && !Cancelled.IsCancellationRequested);
        Assert.Equal(HttpStatusCode.OK, status);
        foreach (var reader in readers) reader.Dispose();
    }
}
