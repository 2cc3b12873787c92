using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>Runs audits over generated neighbourhoods.</summary>
static class ReplayAudit
{
    /// <summary>Twenty times as many cases where CIVICSENSE_AUDIT is set.</summary>
    static int Factor => AuditLength.IsLong ? 20 : 1;

    /// <summary>Checks a law for generated neighbourhoods; a failure prints the seed that generated it.</summary>
    public static void ForAll(Func<Neighbourhood, Random, Task> law, int cases = 1) =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue - 1)), seed => Wait(law(Neighbourhood.Generate(seed), new Random(seed))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(cases * Factor));

    // FsCheck's laws are synchronous; there is no synchronisation context that the wait could block.
    static void Wait(Task task) => task.GetAwaiter().GetResult();

    /// <summary>
    /// Runs a node on a data set and on its neighbour and asserts that nothing differs but the inputs of the mechanism, and those by no
    /// more than allowed.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="neighbour">The neighbour.</param>
    /// <param name="ownerDays">See <see cref="Comparison.Compare"/>.</param>
    /// <param name="incidents">What happens to the node in both runs.</param>
    public static Task<(Recording Data, Recording Neighbour, Verdict Verdict)> AssertAsync(
        Traffic data, Traffic neighbour, int ownerDays, params Incident[] incidents) =>
        AssertAsync(data, incidents, neighbour, incidents, ownerDays);

    /// <summary>The same where something that is a matter of the owner-day happens to the node in one of the runs only.</summary>
    public static async Task<(Recording Data, Recording Neighbour, Verdict Verdict)> AssertAsync(
        Traffic data, Incident[] incidents, Traffic neighbour, Incident[] neighbourIncidents, int ownerDays)
    {
        var recorded = await NodeRun.RecordAsync(data, incidents, frozen: null, Sabotage.None);
        var replayed = await NodeRun.RecordAsync(neighbour, neighbourIncidents, recorded, Sabotage.None);
        var verdict = Comparison.Compare(recorded, replayed, ownerDays);
        Assert.True(verdict.Findings.Count == 0, Text(verdict.Findings));
        return (recorded, replayed, verdict);
    }

    /// <summary>Asserts the same where the owner-day is absent in the neighbour, and looks at the owner-day alone, too.</summary>
    public static async Task<Verdict> AssertAbsentAsync(Traffic data, params Incident[] incidents)
    {
        var (recorded, replayed, verdict) = await AssertAsync(data, data.WithoutOwnerDay(), ownerDays: 1, incidents);
        var alone = await NodeRun.RecordAsync(data.OnlyOwnerDay(), incidents, recorded, Sabotage.None);
        var findings = SelfCheck.Problems(alone).Concat(SelfCheck.OwnPart(recorded, replayed, alone)).ToArray();
        Assert.True(findings.Length == 0, Text(findings));
        return verdict;
    }

    /// <summary>Compares runs of a node that leaks.</summary>
    public static async Task<Verdict> CompareAsync(Traffic data, Traffic neighbour, Sabotage sabotage)
    {
        var recorded = await NodeRun.RecordAsync(data, [], frozen: null, sabotage);
        var replayed = await NodeRun.RecordAsync(neighbour, [], recorded, sabotage);
        return Comparison.Compare(recorded, replayed, ownerDays: 1);
    }

    static string Text(IReadOnlyList<string> findings) =>
        $"{findings.Count} findings, of which the first are:\n" + string.Join('\n', findings.Take(12));
}
