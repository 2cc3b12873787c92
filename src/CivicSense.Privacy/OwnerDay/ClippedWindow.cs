namespace CivicSense.Privacy;

/// <summary>The exact sums of one window before noise, and what they leave of the owners' budgets. Private.</summary>
/// <param name="Sums">One exact sum for every key, in grid units; 0 where nobody contributed.</param>
/// <param name="Remaining">What is left to the owners who contributed, in squared grid units.</param>
public sealed record ClippedWindow(IReadOnlyList<Int128> Sums, IReadOnlyDictionary<int, long> Remaining);
