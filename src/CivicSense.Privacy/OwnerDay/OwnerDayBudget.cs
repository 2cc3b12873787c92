namespace CivicSense.Privacy;

/// <summary>
/// What is left of the norm budget of one owner on one privacy day, in squared grid units: the state of that owner-day's privacy filter. It
/// is private data. The default value is an exhausted budget.
/// </summary>
/// <param name="Remaining">The remaining squared norm, in squared grid units; never negative.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="Remaining"/> is negative.</exception>
public readonly record struct OwnerDayBudget(long Remaining)
{
    /// <summary>The remaining squared norm, in squared grid units; never negative.</summary>
    public long Remaining { get; } = Remaining >= 0
        ? Remaining
        : throw new ArgumentOutOfRangeException(nameof(Remaining), "An owner-day budget is never negative.");

    /// <summary>Says nothing of the value: it is private, and texts end in logs.</summary>
    public override string ToString() => nameof(OwnerDayBudget);
}
