using System.Runtime.InteropServices;

namespace CivicSense.Privacy;

/// <summary>
/// The individual privacy filter of a privacy day: keeps, for every owner, what is left of the owner-day's norm budget, and lets no
/// contribution through that is larger. Private.
/// </summary>
/// <remarks>
/// <para>Proof definition: whatever is charged, the squares of all results for one owner are together at most the budget with which the owner's
/// day started, and a result depends on nothing of other owners. docs/privacy/owner-day.md, lemma 1.</para>
/// <para>Unlike a <see cref="PrivacyFilter{TIn,TLoss}"/> it never refuses: it makes the contribution as small as the rest of the budget asks, to
/// zero in the end. A refusal would be seen, and would tell that the owner had spent the budget.</para>
/// <para>Not safe for concurrent use.</para>
/// </remarks>
public sealed class OwnerDayFilter
{
    readonly OwnerDayMechanism _mechanism;
    readonly IReadOnlyDictionary<int, int> _enrolment;
    readonly IReadOnlyDictionary<int, long> _before;
    readonly Dictionary<int, long> _remaining = [];

    /// <summary>The filter of a day, with what was charged earlier.</summary>
    /// <param name="mechanism">The mechanism of the day's plan.</param>
    /// <param name="enrolment">For every owner of the plan, the number of release areas; public.</param>
    /// <param name="remaining">What is left to the owners who were charged earlier on this day, in squared grid units.</param>
    public OwnerDayFilter(OwnerDayMechanism mechanism, IReadOnlyDictionary<int, int> enrolment, IReadOnlyDictionary<int, long> remaining)
    {
        ArgumentNullException.ThrowIfNull(mechanism);
        ArgumentNullException.ThrowIfNull(enrolment);
        ArgumentNullException.ThrowIfNull(remaining);
        (_mechanism, _enrolment, _before) = (mechanism, enrolment, remaining);
    }

    /// <summary>What is left to the owners that were charged through this filter, in squared grid units.</summary>
    public IReadOnlyDictionary<int, long> Remaining => _remaining;

    /// <summary>Clips a weighted residual to what is left to the owner, and charges it.</summary>
    /// <inheritdoc cref="OwnerDayMechanism.Clip(double, double, ref OwnerDayBudget)"/>
    /// <param name="owner">The owner. One whom the plan does not enrol contributes 0.</param>
    /// <param name="weightedResidual">In units of the norm bound. NaN and infinities contribute 0 and charge nothing.</param>
    /// <param name="cap">The public bound on the magnitude, in units of the norm bound; finite and at least 0.</param>
    public long Charge(int owner, double weightedResidual, double cap)
    {
        if (!_enrolment.TryGetValue(owner, out var areas))
        {
            return 0;
        }

        ref var remaining = ref CollectionsMarshal.GetValueRefOrAddDefault(_remaining, owner, out var charged);
        if (!charged)
        {
            remaining = _before.TryGetValue(owner, out var left) ? left : _mechanism.BudgetAtMidnight(areas).Remaining;
        }

        var budget = new OwnerDayBudget(remaining);
        var contribution = _mechanism.Clip(weightedResidual, cap, ref budget);
        remaining = budget.Remaining;
        return contribution;
    }
}
