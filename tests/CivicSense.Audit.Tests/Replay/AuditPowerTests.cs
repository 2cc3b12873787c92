using CivicSense.Commons;
using Microsoft.Extensions.Logging;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>The audit sees leaks that are put in on purpose, and the bounds that it checks are reached.</summary>
public sealed class AuditPowerTests
{
    static readonly Traffic Extreme = Traffic.Generate(Neighbourhood.Generate(20261122).WithTarget(Temperament.High));

    [Fact]
    public async Task An_extreme_household_uses_the_whole_norm_bound()
    {
        var verdict = await ReplayAudit.AssertAbsentAsync(Extreme);
        Assert.InRange(verdict.Reached, 0.999, 1);
    }

    [Fact]
    public async Task Opposite_extremes_use_almost_twice_the_norm_bound()
    {
        var opposite = Extreme.WithOwnerDay(OwnerDays.Lowest(Extreme));
        var (_, _, verdict) = await ReplayAudit.AssertAsync(Extreme, opposite, ownerDays: 4);
        Assert.InRange(verdict.Reached, 3.7, 4);
    }

    [Fact]
    public async Task A_clip_that_lets_too_much_through_is_found()
    {
        var verdict = await ReplayAudit.CompareAsync(Extreme, Extreme.WithoutOwnerDay(), new Sabotage
        {
            Inputs = static (_, inputs) => [.. inputs.Select(input => input * 2)],
        });
        AssertFound(verdict, "mechanism inputs");
    }

    [Fact]
    public async Task An_input_that_is_two_steps_off_on_another_day_is_found()
    {
        var node = 0;
        var verdict = await ReplayAudit.CompareAsync(Extreme, Extreme, new Sabotage
        {
            // The first call belongs to the day before; only the second run is tampered with.
            Inputs = (call, inputs) => call == 0 && Interlocked.Increment(ref node) == 2 ? [inputs[0] + 2, .. inputs.Skip(1)] : inputs,
        });
        AssertFound(verdict, "mechanism call 0");
    }

    [Fact]
    public async Task An_input_that_is_left_out_is_infinitely_far()
    {
        var verdict = await ReplayAudit.CompareAsync(Extreme, Extreme.WithoutOwnerDay(), new Sabotage
        {
            Inputs = static (_, inputs) => [.. inputs.Where(input => input != 0)],
        });
        Assert.Equal(double.PositiveInfinity, verdict.Reached);
    }

    [Fact]
    public async Task A_baseline_that_has_seen_sums_before_the_noise_is_found()
    {
        var verdict = await ReplayAudit.CompareAsync(
            Extreme, Extreme.WithoutOwnerDay(), new Sabotage { BaselineFromExactSums = true });
        AssertFound(verdict, "published, table measurement");
    }

    [Fact]
    public async Task A_log_line_about_an_area_is_found()
    {
        var verdict = await ReplayAudit.CompareAsync(Extreme, Extreme.WithoutOwnerDay(), new Sabotage
        {
            AfterRelease = static async node =>
            {
                var contributions = await node.Database.Vault.ReadContributionsAsync(CancellationToken.None);
                Log(node, "CivicSense.Release.ReleaseCycle", 3099, $"Area 0311320 has {contributions.Count} contributions.");
            },
        });
        AssertFound(verdict, "log CivicSense.Release.ReleaseCycle");
    }

    [Fact]
    public async Task A_line_beside_the_stewards_totals_is_found()
    {
        var verdict = await ReplayAudit.CompareAsync(Extreme, Extreme.WithoutOwnerDay(), new Sabotage
        {
            AfterRelease = static async node =>
            {
                var contributions = await node.Database.Vault.ReadContributionsAsync(CancellationToken.None);
                var totals = $"Since the start: 1 messages, 1 readings accepted, 0 refused. 0311320: {contributions.Count}";
                Log(node, "CivicSense.Ingestion.IngestionReport", 2002, totals);
            },
        });
        AssertFound(verdict, "log CivicSense.Ingestion.IngestionReport");
    }

    static void Log(ReplayNode node, string category, int id, string text) =>
        node.Logs.CreateLogger(category).Log(LogLevel.Debug, new EventId(id), text, null, static (state, _) => state);

    static void AssertFound(Verdict verdict, string where) =>
        Assert.True(
            verdict.Findings.Any(finding => finding.StartsWith(where, StringComparison.Ordinal)),
            $"Nothing was found in '{where}', only:\n" + string.Join('\n', verdict.Findings));
}
