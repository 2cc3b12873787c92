namespace CivicSense.Privacy;

/// <summary>
/// The individual privacy filter of a privacy day: keeps, for every owner, what is left of the owner-day's norm budget, and lets no
/// contribution through that is larger. Private.
/// </summary>
/// <remarks>
/// <para>Proof definition: whatever is charged, the squares of all results for one owner are together at most the budget with which the
/// owner's day started, and a result depends on nothing of other owners. docs/privacy/owner-day.md, lemma 1.</para>
/// <para>Unlike a <see cref="PrivacyFilter{TIn,TLoss}"/> it never refuses: it makes the contribution as small as the rest of the budget
/// asks, to zero in the end. A refusal would be seen, and would tell that the owner had spent the budget.</para>
/// <para>Not safe for concurrent use.</para>
/// </remarks>
public sealed class OwnerDayFilter
{
    readonly OwnerDayMechanism mechanism;
    readonly OwnerDayDomain domain;
    readonly IReadOnlyDictionary<int, long> before;
    readonly Dictionary<int, long> remaining = [];

    /// <summary>The filter of a day, with what was charged earlier.</summary>
    /// <param name="mechanism">The mechanism of the day's plan.</param>
    /// <param name="domain">The caps and the enrolment of the plan; public.</param>
    /// <param name="remaining">
    /// What is left to the owners who were charged earlier on this day, in squared grid units. What no day could leave counts as spent.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The plan enrols an owner in so many areas that nothing is left for measurements. It depends on the plan alone.
    /// </exception>
    public OwnerDayFilter(OwnerDayMechanism mechanism, OwnerDayDomain domain, IReadOnlyDictionary<int, long> remaining)
    {
        ArgumentNullException.ThrowIfNull(mechanism);
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentNullException.ThrowIfNull(remaining);
        mechanism.BudgetAtMidnight(domain.MostAreas);
        (this.mechanism, this.domain, before) = (mechanism, domain, remaining);
    }

    /// <summary>What is left to the owners that were charged through this filter, in squared grid units.</summary>
    public IReadOnlyDictionary<int, long> Remaining => remaining;

    /// <summary>
    /// Clips a weighted residual to the cap of its key and to what is left to the owner, and charges it. No value makes it fail.
    /// </summary>
    /// <returns>The contribution to the sum, in grid units; 0 for an owner whom the plan does not enrol.</returns>
    /// <exception cref="IndexOutOfRangeException">The key is not one of the plan's.</exception>
    public long Charge(OwnerDayResidual residual)
    {
        var cap = domain.Caps[residual.Key];
        if (!domain.Enrolment.TryGetValue(residual.Owner, out var areas))
            return 0;

        var budget = new OwnerDayBudget(remaining.TryGetValue(residual.Owner, out var left) ? left : LeftBefore(residual.Owner, areas));
        var contribution = mechanism.Clip(residual.WeightedResidual, cap, ref budget);
        remaining[residual.Owner] = budget.Remaining;
        return contribution;
    }

    long LeftBefore(int owner, int areas)
    {
        var midnight = mechanism.BudgetAtMidnight(areas).Remaining;

        // A number that no day could leave comes from a damaged database. An exception would tell that this owner has contributed.
        return !before.TryGetValue(owner, out var left) ? midnight : left < 0 || left > midnight ? 0 : left;
    }
}
