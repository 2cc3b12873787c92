namespace CivicSense.Privacy;

/// <summary>How far one owner lies from the public baseline at one key, before the clip. Private.</summary>
/// <param name="Owner">The owner.</param>
/// <param name="Key">The key of the window's release, from 0.</param>
/// <param name="WeightedResidual">In units of the norm bound; any number, NaN and infinities included.</param>
public readonly record struct OwnerDayResidual(int Owner, int Key, double WeightedResidual)
{
    /// <summary>Says nothing of the value: it is private, and texts end in logs.</summary>
    public override string ToString() => nameof(OwnerDayResidual);
}

/// <summary>The private input of the release of one window: what every owner measured, and what is left of their budgets.</summary>
/// <param name="Remaining">
/// What is left of the budgets of the owners who have contributed before on this day, in squared grid units. Private.
/// </param>
/// <param name="Residuals">What the owners measured, in any order. Private.</param>
public sealed record OwnerDayWindow(IReadOnlyDictionary<int, long> Remaining, IReadOnlyList<OwnerDayResidual> Residuals)
{
    /// <summary>What is left of the budgets of those who have contributed before.</summary>
    public IReadOnlyDictionary<int, long> Remaining { get; } = Remaining ?? throw new ArgumentNullException(nameof(Remaining));

    /// <summary>What the owners measured.</summary>
    public IReadOnlyList<OwnerDayResidual> Residuals { get; } = Residuals ?? throw new ArgumentNullException(nameof(Residuals));

    /// <summary>Says nothing of the values: they are private, and texts end in logs.</summary>
    public override string ToString() => nameof(OwnerDayWindow);
}
