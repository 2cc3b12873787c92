namespace CivicSense.Release;

/// <summary>What leads for one term: made afresh for each, so that nothing of an earlier one is left.</summary>
/// <param name="Cycle">The cycle of this term.</param>
/// <param name="RestoreAsync">Rebuilds what follows the releases, such as the estimator, from what is public.</param>
/// <param name="Parts">What is disposed of at the term's end.</param>
public sealed record ReleaseTerm(ReleaseCycle Cycle, Func<CancellationToken, ValueTask> RestoreAsync, IAsyncDisposable Parts);
