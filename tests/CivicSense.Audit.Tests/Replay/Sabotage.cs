using CivicSense.Commons;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>Leaks that tests of the audit itself put into a node. Without any it is the real node.</summary>
sealed record Sabotage
{
    public static Sabotage None { get; } = new();

    /// <summary>Changes an input of a mechanism; the first argument is the number of the call.</summary>
    public Func<int, IReadOnlyList<Int128>, IReadOnlyList<Int128>> Inputs { get; init; } = static (_, inputs) => inputs;

    /// <summary>Lets the baseline follow the sums before the noise.</summary>
    public bool BaselineFromExactSums { get; init; }

    /// <summary>Done after each release.</summary>
    public Func<ReplayNode, Task> AfterRelease { get; init; } = static _ => Task.CompletedTask;

    public IPublicBaseline Baseline(IPublicBaseline real, MechanismTape tape) =>
        BaselineFromExactSums ? new LeakingBaseline(real, tape) : real;

    sealed class LeakingBaseline(IPublicBaseline real, MechanismTape tape) : IPublicBaseline
    {
        public ValueTask PrepareAsync(ReleasePlan plan, HourWindow window, CancellationToken cancellationToken) =>
            real.PrepareAsync(plan, window, cancellationToken);

        public void Predict(ReleasePlan plan, HourWindow window, Span<double> baselines)
        {
            real.Predict(plan, window, baselines);
            if (tape.Calls.LastOrDefault(call => call.Inputs.Count == plan.KeyCount) is not { } last)
                return;
            for (var key = 0; key < plan.KeyCount; key++)
                baselines[key] += (double)last.Inputs[key] * 1e-9;
        }
    }
}
