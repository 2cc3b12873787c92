using System.Numerics;
using CivicSense.Commons;
using CivicSense.Privacy;
using CivicSense.Release;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>One call of a mechanism: the exact sums that it was given, and what it published.</summary>
sealed record MechanismCall(PrivacyDay Day, IReadOnlyList<Int128> Inputs, IReadOnlyList<Int128> Outputs);

/// <summary>Records all calls of a node's mechanisms, over restarts; or answers them with what another run recorded.</summary>
/// <param name="seed">Draws the noise where nothing is frozen, so that a failing case can be repeated.</param>
/// <param name="frozen">The calls whose answers are given again, or null to record.</param>
sealed class MechanismTape(int seed, IReadOnlyList<MechanismCall>? frozen)
{
    readonly SeededBytes source = new(seed);

    public List<MechanismCall> Calls { get; } = [];

    /// <summary>What was wrong with the mechanisms themselves.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Changes what is recorded as the input of a call, for tests of the audit itself.</summary>
    public Func<int, IReadOnlyList<Int128>, IReadOnlyList<Int128>> Tamper { get; init; } = static (_, inputs) => inputs;

    /// <summary>The mechanism of a plan, with this tape in it.</summary>
    public OwnerDayMechanism MechanismOf(ReleasePlan plan)
    {
        var own = WindowRelease.MechanismOf(plan);
        var taped = new OwnerDayMechanism(
            Rational.FromDecimal(plan.Rho), BitOperations.Log2((ulong)plan.Grid), Rational.FromDecimal(plan.ActivityShare), source,
            new TapeOfDay(this, plan.Day));
        var isPlanned = own.Grid == plan.Grid && own.ActivityWeight == plan.ActivityWeight
            && own.NoiseVariance == taped.NoiseVariance && own.Rho == taped.Rho;
        if (!isPlanned)
            Problems.Add($"mechanism: the node's own is not the one that the plan of {plan.Day} states");
        return taped;
    }

    IReadOnlyList<Int128> Publish(PrivacyDay day, IReadOnlyList<Int128> exactSums, Func<IReadOnlyList<Int128>> draw)
    {
        var inputs = Tamper(Calls.Count, [.. exactSums]);
        var known = frozen is not null && Calls.Count < frozen.Count ? frozen[Calls.Count] : null;
        // Where the runs do not match there is no answer to give again; the comparison sees the mismatch.
        var outputs = known is not null && known.Day == day && known.Inputs.Count == exactSums.Count ? known.Outputs : draw();
        Calls.Add(new MechanismCall(day, inputs, outputs));
        return outputs;
    }

    sealed class TapeOfDay(MechanismTape tape, PrivacyDay day) : IMechanismTape
    {
        public IReadOnlyList<Int128> Publish(IReadOnlyList<Int128> exactSums, Func<IReadOnlyList<Int128>> draw) =>
            tape.Publish(day, exactSums, draw);
    }

    sealed class SeededBytes(int seed) : IRandomBytes
    {
        readonly Random random = new(seed);

        public void Fill(Span<byte> destination) => random.NextBytes(destination);
    }
}
