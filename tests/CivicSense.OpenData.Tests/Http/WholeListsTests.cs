using System.Net;

namespace CivicSense.OpenData.Tests;

/// <summary>Lists to their end in one answer, where a page has 10,000 rows at most.</summary>
public sealed class WholeListsTests
{
    const string Since = "from=2026-01-01&";

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
        var first = Enumerable.Range(0, WholeLists.MostAtOnce)
            .Select(_ => Task.Run(() => node.GetAsync($"/api/v1/measurements?{Since}limit=all&format=csv"), Cancelled)).ToList();
        inside.Wait(Cancelled);

        using var late = await node.GetAsync($"/api/v1/measurements?{Since}limit=all&format=csv");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, late.StatusCode);
        Assert.Equal("10", Assert.Single(late.Headers.GetValues("Retry-After")));

        go.Set();
        foreach (var answer in await Task.WhenAll(first))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answer.Dispose();
        }
        commons.Reading = null;
        using var again = await node.GetAsync($"/api/v1/measurements?{Since}limit=all&format=csv");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }
}
