using System.Globalization;
using CivicSense.Commons;
using CivicSense.Release;

namespace CivicSense.Storage.Tests;

public sealed class PostgresRollUpTests : RollUpContract
{
    protected override ValueTask<PostgresStore> CreateAsync() => PostgresStore.CreateAsync();
}

public sealed class TimescaleRollUpTests : RollUpContract
{
    protected override ValueTask<PostgresStore> CreateAsync() => TimescaleStore.CreateAsync();

    [Fact]
    public async Task Large_tables_are_hypertables()
    {
        await using var store = await CreateAsync();

        Assert.Equal(
            ["commons.estimate", "commons.measurement", "commons.superseded_estimate", "vault.contribution"],
            await store.QueryAsync<string>("""
                SELECT hypertable_schema || '.' || hypertable_name FROM timescaledb_information.hypertables
                WHERE hypertable_schema IN ('vault', 'commons') ORDER BY 1
                """));
    }

    [Fact]
    public async Task Policies_compress_what_is_public_and_drop_what_has_been_released()
    {
        await using var store = await CreateCommunityAsync();

        Assert.Equal(
            [
                "policy_compression of estimate", "policy_compression of measurement", "policy_compression of superseded_estimate",
                "policy_retention of contribution",
            ],
            await store.QueryAsync<string>("""
                SELECT proc_name || ' of ' || hypertable_name FROM timescaledb_information.jobs
                WHERE hypertable_schema IN ('vault', 'commons') AND proc_name IN ('policy_compression', 'policy_retention') ORDER BY 1
                """));
    }

    [Fact]
    public async Task Compressed_measurements_still_refuse_a_second_value_of_a_key()
    {
        await using var store = await CreateCommunityAsync();
        var measurement = Samples.Measurement(Samples.Window, Samples.North, Quantity.Pm25);
        await store.ReleaseAsync(async release => await release.WriteMeasurementsAsync([measurement], Cancel));
        await store.QueryAsync<string>("SELECT public.compress_chunk(chunk)::text FROM public.show_chunks('commons.measurement') AS chunk");

        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await store.ReleaseAsync(
                async release => await release.WriteMeasurementsAsync([measurement with { Value = 6 }], Cancel)));

        Assert.Equal([measurement], await store.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel));
    }

    [Fact]
    public async Task Roll_ups_are_the_same_once_they_are_materialised()
    {
        await using var store = await CreateCommunityAsync();
        var before = await FillAsync(store);

        foreach (var aggregate in new[] { "day", "week" })
            await store.QueryAsync<object>(
                $"CALL public.refresh_continuous_aggregate('commons.measurement_{aggregate}_bucket', NULL, NULL)");

        Assert.Equal(before, await ReadAsync(store));
    }

    static async ValueTask<PostgresStore> CreateCommunityAsync()
    {
        var store = await TimescaleStore.CreateAsync();
        if (await store.QueryAsync<string>("SELECT pg_catalog.current_setting('timescaledb.license')") is ["timescale"])
            return store;
        await store.DisposeAsync();
        Assert.Skip("TimescaleDB's Apache build has neither policies nor compression.");
        return store;
    }
}

/// <summary>The sums by day and week are those of the released values, by the days of the plans.</summary>
public abstract class RollUpContract
{
    // The night in which clocks go forward in London: a day of 23 hours, the last of its week.
    static readonly PrivacyDay Sunday = new(new DateOnly(2026, 3, 29));
    static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    protected abstract ValueTask<PostgresStore> CreateAsync();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sums_by_day_and_week_are_those_of_the_released_values_and_their_variances()
    {
        await using var store = await CreateAsync();

        var found = await FillAsync(store);

        // Each hour of a day has the value 1, 2, 3 … from its first on; each variance is that of the plan.
        var variance = Math.Pow(Samples.Plan(Sunday).Sigma * Samples.Plan(Sunday).Grid, 2);
        Assert.Equal(
            [
                Row("day", Sunday, 23 * 24 / 2, 23 * variance, 23), Row("day", Sunday.Next, 24 * 25 / 2, 24 * variance, 24),
                Row("week", new PrivacyDay(new DateOnly(2026, 3, 23)), 23 * 24 / 2, 23 * variance, 23),
                Row("week", Sunday.Next, 24 * 25 / 2, 24 * variance, 24),
            ],
            found);
    }

    protected static async Task<List<string>> FillAsync(PostgresStore store)
    {
        await store.ReleaseAsync(async release =>
        {
            foreach (var day in new[] { Sunday, Sunday.Next })
            {
                var windows = day.Windows(Zone);
                var plan = Samples.Plan(day) with { FirstWindow = windows[0], LastWindow = windows[^1] };
                await release.WritePlanAsync(new PrivatePlan(plan, []), Cancel);
                await release.WriteMeasurementsAsync(
                    [.. windows.Select((window, hour) => Samples.Measurement(window, Samples.North, Quantity.Pm25, hour + 1))], Cancel);
            }
        });
        return await ReadAsync(store);
    }

    protected static Task<List<string>> ReadAsync(PostgresStore store) => store.QueryAsync<string>("""
        SELECT format('day %s %s %s %s', day, value, round(variance::numeric / 1e10), hours) FROM commons.measurement_by_day
        UNION ALL SELECT format('week %s %s %s %s', week, value, round(variance::numeric / 1e10), hours) FROM commons.measurement_by_week ORDER BY 1
        """);

    static string Row(string kind, PrivacyDay day, long value, double variance, int hours) => string.Create(
        CultureInfo.InvariantCulture,
        $"{kind} {day.Date.DayNumber - new DateOnly(1970, 1, 1).DayNumber} {value} {Math.Round((decimal)(variance / 1e10))} {hours}");
}
