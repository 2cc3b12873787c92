using CivicSense.Commons;

namespace CivicSense.Storage.Tests;

/// <summary>What was published of an estimate can be had back, to the bit.</summary>
public abstract class EstimateRevisionContract
{
    static readonly DateTimeOffset End = Hour(6).Start;

    protected abstract ValueTask<StoreUnderTest> CreateAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task As_of_an_instant_an_estimate_is_what_was_published_then()
    {
        await using var store = await CreateAsync();
        var live = Samples.Estimate(Samples.North, Hour(0), 0.1 + 0.2) with { StandardError = 1.0 / 3, Lower = Math.E, Upper = Math.PI };
        var final = Samples.Estimate(Samples.North, Hour(0), 12, EstimateStatus.Final);
        await store.Estimates.WriteAsync([live], Cancel);
        await store.RestartAsync();
        await store.Estimates.WriteAsync([final], Cancel);
        await store.RestartAsync();

        var revisions = await ReadRevisionsAsync(store);

        Assert.Equal([live, final], revisions.Select(revision => revision.Estimate));
        var (first, second) = (revisions[0].PublishedFrom!.Value, revisions[1].PublishedFrom!.Value);
        Assert.True(first < second);
        Assert.Equal((second, null), (revisions[0].PublishedUntil, revisions[1].PublishedUntil));
        Assert.Empty(await ReadAsync(store, first.AddMilliseconds(-1)));
        Assert.Equal([live], await ReadAsync(store, first));
        Assert.Equal([live], await ReadAsync(store, second.AddTicks(-1)));
        Assert.Equal([final], await ReadAsync(store, second));
        Assert.Equal([final], await ReadAsync(store, second.AddYears(1)));
        Assert.Equal([final], await ReadAsync(store, null));
    }

    [Fact]
    public async Task Live_estimate_that_is_written_again_leaves_each_of_its_revisions()
    {
        await using var store = await CreateAsync();
        var written = new[] { 10.0, 11, 10, 13 }.Select(value => Samples.Estimate(Samples.North, Hour(0), value)).ToList();
        foreach (var estimate in written)
            await store.Estimates.WriteAsync([estimate], Cancel);

        var revisions = await ReadRevisionsAsync(store);

        Assert.Equal(written, revisions.Select(revision => revision.Estimate));
        Assert.Equal(revisions.Skip(1).Select(revision => revision.PublishedFrom),
            revisions.SkipLast(1).Select(revision => revision.PublishedUntil));
        foreach (var revision in revisions)
            Assert.Equal([revision.Estimate], await ReadAsync(store, revision.PublishedFrom));
    }

    [Fact]
    public async Task Change_of_any_part_of_an_estimate_is_a_revision()
    {
        await using var store = await CreateAsync();
        var first = Samples.Estimate(Samples.North, Hour(0), 10);
        Estimate[] written =
        [
            first, first with { Value = 11 }, first with { StandardError = 0.25 }, first with { Lower = 8 }, first with { Upper = 12 },
            first with { End = first.End.AddHours(1) }, first with { Status = EstimateStatus.Final },
        ];
        foreach (var estimate in written)
            await store.Estimates.WriteAsync([estimate], Cancel);

        Assert.Equal(written, (await ReadRevisionsAsync(store)).Select(revision => revision.Estimate));
    }

    [Fact]
    public async Task Writing_the_same_again_leaves_no_revision()
    {
        await using var store = await CreateAsync();
        Estimate[] live = [.. Enumerable.Range(0, 4).Select(hour => Samples.Estimate(Samples.North, Hour(hour), hour))];
        await store.Estimates.WriteAsync(live, Cancel);
        await store.Estimates.WriteAsync([live[0] with { Value = 99, Status = EstimateStatus.Final }], Cancel);
        var before = await ReadRevisionsAsync(store);

        await store.RestartAsync();
        await store.Estimates.WriteAsync(live, Cancel);
        await store.Estimates.WriteAsync([live[0] with { Value = 98, Status = EstimateStatus.Final }], Cancel);

        Assert.Equal(5, before.Count);
        Assert.Equal(before, await ReadRevisionsAsync(store));
    }

    [Fact]
    public async Task What_is_replaced_in_its_own_batch_was_never_published()
    {
        await using var store = await CreateAsync();
        var final = Samples.Estimate(Samples.North, Hour(0), 12, EstimateStatus.Final);
        var newestLive = Samples.Estimate(Samples.North, Hour(1), 21);

        await store.Estimates.WriteAsync(
            [
                Samples.Estimate(Samples.North, Hour(0), 10), final, Samples.Estimate(Samples.North, Hour(0), 13),
                Samples.Estimate(Samples.North, Hour(1), 20), newestLive,
            ],
            Cancel);

        Assert.Equal([final, newestLive], (await ReadRevisionsAsync(store)).Select(revision => revision.Estimate));
        Assert.Equal([final, newestLive], await ReadAsync(store, null));
    }

    [Fact]
    public async Task Series_as_of_an_instant_is_in_order_and_of_the_times_asked_for()
    {
        await using var store = await CreateAsync();
        var live = Enumerable.Range(0, 6).Select(hour => Samples.Estimate(Samples.North, Hour(hour), hour)).ToList();
        await store.Estimates.WriteAsync(
            [
                .. Enumerable.Reverse(live), Samples.Estimate(Samples.NorthInner, Hour(0), 1),
                Samples.Estimate(Samples.North, Hour(0), 2, quantity: Quantity.Laeq),
                Samples.Estimate(Samples.North, Hour(0), 3, resolution: Resolution.Day),
            ],
            Cancel);
        var final = live.Select(estimate => estimate with { Value = estimate.Value + 50, Status = EstimateStatus.Final }).ToList();
        await store.Estimates.WriteAsync([final[0], final[2], final[4]], Cancel);
        var between = (await ReadRevisionsAsync(store))[0].PublishedUntil!.Value;
        Estimate[] mixed = [final[0], live[1], final[2], live[3], final[4], live[5]];
        async Task<IReadOnlyList<Estimate>> Read(DateTimeOffset from, DateTimeOffset until, int limit) =>
            await store.Commons.ReadEstimatesAsync(
            new EstimateQuery(Samples.North, Quantity.Pm25, Resolution.Hour, from, until, limit) { AsOf = between }, Cancel);

        Assert.Equal(mixed, await Read(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, int.MaxValue));
        Assert.Equal(mixed[..3], await Read(Hour(0).Start, End, 3));
        Assert.Equal(mixed[1..3], await Read(Hour(1).Start, Hour(3).Start, 10));
        Assert.Equal(mixed[2..4], await Read(Hour(1).Start.AddTicks(1), Hour(3).Start.AddTicks(1), 10));
        Assert.Equal(live, await ReadAsync(store, between.AddMilliseconds(-1)));
    }

    [Fact]
    public async Task Revisions_come_in_pages_that_leave_nothing_out()
    {
        await using var store = await CreateAsync();
        for (var version = 0; version < 4; version++)
        {
            await store.Estimates.WriteAsync(
                [.. Enumerable.Range(version, 6 - version)
                    .Select(hour => Samples.Estimate(Samples.North, Hour(hour), 10 * hour + version))], Cancel);
        }
        var all = await ReadRevisionsAsync(store);
        Assert.Equal(1 + 2 + 3 + 4 + 4 + 4, all.Count);

        for (var size = 1; size <= all.Count; size++)
        {
            var query = new EstimateRevisionQuery(Samples.North, Quantity.Pm25, Resolution.Hour, Hour(0).Start, End, size);
            var walked = new List<EstimateRevision>();
            while (await store.Commons.ReadEstimateRevisionsAsync(query, Cancel) is { Count: > 0 } page)
            {
                Assert.True(page.Count <= size);
                walked.AddRange(page);
                query = query with { After = (page[^1].Estimate.Start, page[^1].PublishedUntil) };
            }
            Assert.Equal(all, walked);
        }
    }

    [Fact]
    public async Task Database_that_began_with_revisions_knows_its_whole_history()
    {
        await using var store = await CreateAsync();
        Assert.Null((await store.Commons.ReadRevisionHistoryAsync(Cancel)).Begins);

        await store.Estimates.WriteAsync([Samples.Estimate(Samples.North, Hour(0), 10)], Cancel);
        await store.RestartAsync();

        var history = await store.Commons.ReadRevisionHistoryAsync(Cancel);
        Assert.Null(history.Begins);
        Assert.True(history.Now.AddSeconds(1) > (await ReadRevisionsAsync(store))[0].PublishedFrom);
    }

    /// <summary>
    /// When a release was done, and not only when it was due, depends on how much private data it had to read. This is public for ever.
    /// </summary>
    [Fact]
    public async Task Publication_is_dated_no_more_precisely_than_to_the_second_after_it()
    {
        await using var store = await CreateAsync();
        for (var hour = 0; hour < 5; hour++)
        {
            var before = (await store.Commons.ReadRevisionHistoryAsync(Cancel)).Now;
            await store.Estimates.WriteAsync([Samples.Estimate(Samples.North, Hour(hour), 10)], Cancel);
            var published = (await ReadRevisionsAsync(store))[hour].PublishedFrom!.Value;

            Assert.Equal(0, published.ToUnixTimeMilliseconds() % 1000);
            Assert.InRange(published, before, (await store.Commons.ReadRevisionHistoryAsync(Cancel)).Now.AddSeconds(1));
        }
    }

    static HourWindow Hour(int number) => new(Samples.Window.Index + number);

    static ValueTask<IReadOnlyList<Estimate>> ReadAsync(StoreUnderTest store, DateTimeOffset? asOf) => store.Commons.ReadEstimatesAsync(
        new EstimateQuery(Samples.North, Quantity.Pm25, Resolution.Hour, Hour(0).Start, End, 100) { AsOf = asOf }, Cancel);

    static ValueTask<IReadOnlyList<EstimateRevision>> ReadRevisionsAsync(StoreUnderTest store) => store.Commons.ReadEstimateRevisionsAsync(
        new EstimateRevisionQuery(Samples.North, Quantity.Pm25, Resolution.Hour, Hour(0).Start, End, 100), Cancel);
}
