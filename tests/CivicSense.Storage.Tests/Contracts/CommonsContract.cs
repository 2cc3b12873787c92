using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Storage.Tests;

/// <summary>What every <see cref="ICommons"/> does.</summary>
public abstract class CommonsContract
{
    static readonly Area[] Areas = [Samples.North, Samples.NorthInner, Samples.South];
    static readonly Quantity[] Quantities = [Quantity.Pm25, Quantity.Laeq];

    protected abstract ValueTask<StoreUnderTest> CreateAsync();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Empty_commons_answers_every_question()
    {
        await using var store = await CreateAsync();

        Assert.Null(await store.Commons.FindPlanAsync(Samples.Day, Cancel));
        Assert.Null(await store.Commons.FindLatestPlanAsync(Cancel));
        Assert.Empty(await store.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel));
        Assert.Empty(await store.Commons.ReadMeasurementsAsync(new MeasurementQuery { Within = Samples.North }, Cancel));
        Assert.Empty(await store.Commons.ReadActivityAsync(new(DateOnly.MinValue), new(DateOnly.MaxValue), Cancel));
        Assert.Empty(await store.Commons.ReadLatestEstimatesAsync(Resolution.Hour, Cancel));
        Assert.Empty(await store.Commons.ReadReferenceValuesAsync(new MeasurementQuery().From, new MeasurementQuery().Until, Cancel));
        Assert.Empty(await store.Commons.ReadModelVersionsAsync(Cancel));
        Assert.Empty(await store.Commons.ReadLedgerAsync(0, 10, Cancel));
        Assert.Equal(new LedgerSummary(0, LedgerEntry.Genesis, 0, 0), await store.Commons.ReadLedgerSummaryAsync(Cancel));
    }

    [Fact]
    public async Task A_version_of_the_model_stays_as_it_was_written_first()
    {
        await using var store = await CreateAsync();
        var values = ImmutableSortedDictionary.CreateRange([KeyValuePair.Create("bias", 0.1), KeyValuePair.Create("city", -1e-300)]);
        var first = new ModelVersion(Quantity.Pm25, 1, Samples.Window, values);
        foreach (var version in (ModelVersion[])
            [first with { Quantity = Quantity.Laeq }, first with { Number = 2, From = Samples.Window.Next }, first,
                first with { Values = values.Clear() }])
            await store.ModelVersions.WriteAsync(version, Cancel);
        await store.RestartAsync();

        var read = await store.Commons.ReadModelVersionsAsync(Cancel);
        Assert.Equal(
            [(Quantity.Pm25, 1, Samples.Window), (Quantity.Pm25, 2, Samples.Window.Next), (Quantity.Laeq, 1, Samples.Window)],
            read.Select(version => (version.Quantity, version.Number, version.From)));
        Assert.All(read, version => Assert.Equal(values, version.Values));
    }

    [Fact]
    public async Task Latest_plan_is_that_of_the_latest_day_not_the_one_written_last()
    {
        await using var store = await CreateAsync();
        await store.ReleaseAsync(async release =>
        {
            await release.WritePlanAsync(Samples.PrivatePlan(Samples.Day.Next), Cancel);
            await release.WritePlanAsync(Samples.PrivatePlan(Samples.Day), Cancel);
        });

        Assert.Equal(Samples.Plan(Samples.Day.Next), await store.Commons.FindLatestPlanAsync(Cancel));
        Assert.Equal(Samples.Plan(Samples.Day), await store.Commons.FindPlanAsync(Samples.Day, Cancel));
        Assert.Null(await store.Commons.FindPlanAsync(Samples.Day.Next.Next, Cancel));
    }

    [Fact]
    public async Task Measurements_come_in_key_order_with_quantities_by_ordinal()
    {
        await using var store = await CreateAsync();
        var all = await WriteMeasurementsAsync(store, hours: 3);

        Assert.Equal(all, await store.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel));
    }

    [Fact]
    public async Task Every_filter_and_page_size_gives_the_rows_that_a_plain_search_gives()
    {
        await using var store = await CreateAsync();
        var all = await WriteMeasurementsAsync(store, hours: 4);
        Area?[] withins =
            [null, default(Area), Area.Parse("0313"), Samples.North, Samples.NorthInner, Samples.South, Area.Parse("0313131311022")];
        Quantity?[] quantities = [null, Quantity.Pm25, Quantity.Pressure];
        HourWindow At(int hour) => new(Samples.Window.Index + hour);

        foreach (var within in withins)
        {
            foreach (var quantity in quantities)
            {
                foreach (var (from, until) in new[] { (new MeasurementQuery().From, new MeasurementQuery().Until), (At(1), At(3)),
                    (At(2), At(2)) })
                {
                    var expected = all.Where(
                        m => (within is null || within.Value.Contains(m.Area)) && (quantity is null || m.Quantity == quantity)
                        && m.Window >= from && m.Window < until).ToList();
                    foreach (var limit in new[] { 1, 2, 5, int.MaxValue })
                    {
                        var query = new MeasurementQuery { Within = within, Quantity = quantity, From = from, Until = until,
                            Limit = limit };
                        Assert.Equal(expected, await ReadPagesAsync(store.Commons, query));
                    }
                }
            }
        }
    }

    [Fact]
    public async Task Page_after_a_key_outside_the_filter_begins_at_the_next_wanted_row()
    {
        await using var store = await CreateAsync();
        var all = await WriteMeasurementsAsync(store, hours: 2);

        foreach (var key in all)
        {
            var query = new MeasurementQuery { Within = Samples.NorthInner, After = (key.Window, key.Area, key.Quantity) };
            Assert.Equal(
                all.SkipWhile(m => m != key).Skip(1).Where(m => m.Area == Samples.NorthInner),
                await store.Commons.ReadMeasurementsAsync(query, Cancel));
        }
        var early = new MeasurementQuery { From = Samples.Window.Next, After = (Samples.Window, Samples.South, Quantity.Laeq) };
        Assert.Equal(all.Where(m => m.Window == Samples.Window.Next), await store.Commons.ReadMeasurementsAsync(early, Cancel));
    }

    [Fact]
    public async Task Limit_of_nothing_gives_nothing()
    {
        await using var store = await CreateAsync();
        await WriteMeasurementsAsync(store, hours: 1);

        Assert.Empty(await store.Commons.ReadMeasurementsAsync(new MeasurementQuery { Limit = 0 }, Cancel));
        Assert.Empty(await store.Commons.ReadMeasurementsAsync(new MeasurementQuery { Within = Samples.North, Limit = 0 }, Cancel));
    }

    [Fact]
    public async Task Activity_is_of_the_days_asked_for_in_order()
    {
        await using var store = await CreateAsync();
        NoisyActivity[] activity =
        [
            new(Samples.Day, Samples.North, -3, 1), new(Samples.Day, Samples.South, 8, 1),
            new(Samples.Day.Next, Samples.North, 4, 2), new(Samples.Day.Next.Next, Samples.North, 5, 3),
        ];
        await store.ReleaseAsync(async release => await release.WriteActivityAsync([.. activity.Reverse()], Cancel));

        Assert.Equal(activity[..3], await store.Commons.ReadActivityAsync(Samples.Day, Samples.Day.Next.Next, Cancel));
    }

    [Fact]
    public async Task Ledger_is_read_page_by_page()
    {
        await using var store = await CreateAsync();
        var entries = new List<LedgerEntry>();
        for (var i = 1; i <= 5; i++)
            entries.Add(Samples.Entry(i, i == 1 ? LedgerEntry.Genesis : entries[^1].Hash));
        await store.ReleaseAsync(async release =>
        {
            foreach (var entry in entries)
                await release.AppendLedgerAsync(entry, Cancel);
        });

        var read = await store.Commons.ReadLedgerAsync(1, 3, Cancel);

        Assert.Equal(entries[1..4].Select(entry => entry.Document), read.Select(entry => entry.Document));
        Assert.Equal(entries[1..4].Select(entry => entry.Hash), read.Select(entry => entry.Hash));
        Assert.Empty(await store.Commons.ReadLedgerAsync(5, 3, Cancel));
    }

    [Fact]
    public async Task Ledger_summary_adds_the_cost_of_each_planned_day_exactly()
    {
        await using var store = await CreateAsync();
        var entry = Samples.Entry(1, LedgerEntry.Genesis, LedgerEntryKind.Plan);
        await store.ReleaseAsync(async release =>
        {
            await release.WritePlanAsync(Samples.PrivatePlan(Samples.Day, rho: 0.1m), Cancel);
            await release.WritePlanAsync(Samples.PrivatePlan(Samples.Day.Next, rho: 0.0000000000000000000000000002m), Cancel);
            await release.AppendLedgerAsync(entry, Cancel);
        });

        Assert.Equal(
            new LedgerSummary(1, entry.Hash, 2, 0.1000000000000000000000000002m), await store.Commons.ReadLedgerSummaryAsync(Cancel));
    }

    [Fact]
    public async Task First_value_of_a_station_quantity_and_hour_stays()
    {
        await using var store = await CreateAsync();
        var first = Samples.Reference("Quay", Samples.Window, 11, Samples.Window.Next);
        var others = new[]
        {
            Samples.Reference("Quay", Samples.Window.Next, 12, Samples.Window.Next),
            Samples.Reference("Quay", Samples.Window, 13, Samples.Window.Next, Quantity.No2),
            Samples.Reference("Tower", Samples.Window, 14, Samples.Window.Next),
        };

        Assert.Equal([first], await store.References.AddAsync([first], Cancel));
        await store.RestartAsync();
        Assert.Equal(others, await store.References.AddAsync(
            [Samples.Reference("Quay", Samples.Window, 99, Samples.Window.Next.Next), .. others, others[0] with { Value = 98 }], Cancel));
        Assert.Empty(await store.References.AddAsync([first, .. others], Cancel));

        Assert.Equal(
            [first, others[1], others[2], others[0]],
            await store.Commons.ReadReferenceValuesAsync(Samples.Window, Samples.Window.Next.Next, Cancel));
    }

    [Fact]
    public async Task Reference_values_are_of_the_windows_they_became_known_in_and_in_order()
    {
        await using var store = await CreateAsync();
        HourWindow At(int hour) => new(Samples.Window.Index + hour);
        var all = (from known in new[] { 3, 4, 7 }
                   from hour in new[] { known - 2, known }
                   from station in new[] { "Quay", "Tower", "Ärztehaus" }
                   from quantity in new[] { Quantity.Pm25, Quantity.No2 }
                   select Samples.Reference(station, At(hour), hour, At(known), quantity)).ToList();
        await store.References.AddAsync([.. Enumerable.Reverse(all)], Cancel);

        Assert.Equal(all, await store.Commons.ReadReferenceValuesAsync(At(0), At(8), Cancel));
        Assert.Equal(all.Where(value => value.KnownFrom == At(4)), await store.Commons.ReadReferenceValuesAsync(At(4), At(7), Cancel));
        Assert.Empty(await store.Commons.ReadReferenceValuesAsync(At(7), At(7), Cancel));
    }

    [Fact]
    public async Task Reference_values_are_added_all_or_none()
    {
        await using var store = await CreateAsync();
        var early = Samples.Reference("Quay", Samples.Window.Next, 12, Samples.Window);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.References.AddAsync(
            [Samples.Reference("Quay", Samples.Window, 11, Samples.Window), early], Cancel));

        Assert.Empty(await store.Commons.ReadReferenceValuesAsync(Samples.Window, Samples.Window.Next, Cancel));
    }

    [Fact]
    public async Task Many_readers_read_while_others_write()
    {
        await using var store = await CreateAsync();
        var writer = Task.Run(
            async () =>
            {
                for (var hour = 0; hour < 30; hour++)
                {
                    var window = new HourWindow(Samples.Window.Index + hour);
                    await store.ReleaseAsync(async release => await release.WriteMeasurementsAsync(
                        [.. Areas.Select(area => Samples.Measurement(window, area, Quantity.Pm25))], Cancel));
                }
            },
            Cancel);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 30; i++)
                    Assert.Equal(0, (await store.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel)).Count % Areas.Length);
            },
            Cancel)));
        await writer;

        Assert.Equal(90, (await store.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel)).Count);
    }

    static async Task<List<NoisyMeasurement>> WriteMeasurementsAsync(StoreUnderTest store, int hours)
    {
        var all = (from hour in Enumerable.Range(0, hours)
                   from area in Areas
                   from quantity in Quantities
                   select Samples.Measurement(new(Samples.Window.Index + hour), area, quantity, hour)).ToList();
        await store.ReleaseAsync(async release => await release.WriteMeasurementsAsync([.. Enumerable.Reverse(all)], Cancel));
        return all;
    }

    static async Task<List<NoisyMeasurement>> ReadPagesAsync(ICommons commons, MeasurementQuery query)
    {
        var all = new List<NoisyMeasurement>();
        while (true)
        {
            var page = await commons.ReadMeasurementsAsync(query, Cancel);
            Assert.True(page.Count <= query.Limit);
            all.AddRange(page);
            if (page.Count == 0 || page.Count < query.Limit)
                return all;
            query = query with { After = (page[^1].Window, page[^1].Area, page[^1].Quantity) };
        }
    }
}
