using System.Runtime.InteropServices;
using CivicSense.Commons;
using CivicSense.Privacy;
using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>The exact sums of one window before noise, and what they cost the owners. Private: lives only inside a release.</summary>
/// <param name="Sums">One exact sum for each key of the plan, in grid steps.</param>
/// <param name="Budgets">What is left of the norm budget of every owner who contributed.</param>
/// <param name="ActiveOwners">The (owner, area) pairs that contributed.</param>
sealed record WindowSums(Int128[] Sums, Dictionary<int, long> Budgets, HashSet<ActiveOwner> ActiveOwners)
{
    /// <summary>Turns one window's contributions into clipped integer sums.</summary>
    /// <remarks>
    /// Each owner's coordinates are computed from that owner's contributions to this window, the public baseline and what is left of the
    /// owner's own budget, and from nothing else; docs/privacy/owner-day.md builds on that. Up to <see cref="OwnerDayMechanism.Clip"/>
    /// everything belongs to one owner, after it there are only integers.
    /// </remarks>
    /// <param name="mechanism">The mechanism of the plan.</param>
    /// <param name="plan">The plan of the window's day.</param>
    /// <param name="contributions">The window's contributions.</param>
    /// <param name="budgets">What owners have left of the day; those not listed have spent nothing.</param>
    /// <param name="baselines">The public baseline of every key.</param>
    public static WindowSums Compute(
        OwnerDayMechanism mechanism, PrivatePlan plan, IReadOnlyList<Contribution> contributions,
        IReadOnlyDictionary<int, long> budgets, ReadOnlySpan<double> baselines)
    {
        var quantities = plan.Public.Quantities;
        var areasOfOwner = plan.Devices.GroupBy(device => device.OwnerId)
            .ToDictionary(group => group.Key, group => group.Select(device => device.AreaIndex).Distinct().Count());
        var result = new WindowSums(new Int128[plan.Public.KeyCount], [], []);

        foreach (var (coordinate, values) in InFixedOrder(OwnerValues(plan, contributions)))
        {
            var planned = quantities[coordinate.QuantityIndex];
            var key = plan.Public.KeyIndex(coordinate.AreaIndex, coordinate.QuantityIndex);
            var residual = planned.Quantity.ToModelScale(values.Mean) - planned.Quantity.ToModelScale(baselines[key]);

            ref var remaining = ref CollectionsMarshal.GetValueRefOrAddDefault(result.Budgets, coordinate.OwnerId, out var known);
            if (!known)
            {
                remaining = budgets.TryGetValue(coordinate.OwnerId, out var left)
                    ? left
                    : mechanism.BudgetAtMidnight(areasOfOwner[coordinate.OwnerId]).Remaining;
            }
            var budget = new OwnerDayBudget(remaining);
            result.Sums[key] += mechanism.Clip(planned.Weight * residual, planned.Weight * planned.Cap, ref budget);
            remaining = budget.Remaining;
            result.ActiveOwners.Add(new ActiveOwner(coordinate.OwnerId, coordinate.AreaIndex));
        }
        return result;
    }

    static Dictionary<Coordinate, OwnerValue> OwnerValues(PrivatePlan plan, IReadOnlyList<Contribution> contributions)
    {
        var devices = plan.Devices.ToDictionary(device => device.DeviceId);
        var quantityIndex = new int[Quantity.All.Length];
        Array.Fill(quantityIndex, -1);
        for (var i = 0; i < plan.Public.Quantities.Length; i++)
            quantityIndex[plan.Public.Quantities[i].Quantity.Ordinal] = i;

        var values = new Dictionary<Coordinate, OwnerValue>();
        foreach (var contribution in contributions)
        {
            var index = quantityIndex[contribution.QuantityOrdinal];
            if (index < 0 || !devices.TryGetValue(contribution.DeviceId, out var device) || !double.IsFinite(contribution.Mean))
                continue;
            ref var value = ref CollectionsMarshal.GetValueRefOrAddDefault(
                values, new Coordinate(device.OwnerId, device.AreaIndex, index), out _);
            value = new OwnerValue(value.Sum + contribution.Mean, value.Devices + 1);
        }
        return values;
    }

    /// <summary>An owner's budget is spent area by area and quantity by quantity, in the plan's order.</summary>
    static IEnumerable<KeyValuePair<Coordinate, OwnerValue>> InFixedOrder(Dictionary<Coordinate, OwnerValue> values) =>
        values.OrderBy(entry => (entry.Key.OwnerId, entry.Key.AreaIndex, entry.Key.QuantityIndex));

    readonly record struct Coordinate(int OwnerId, int AreaIndex, int QuantityIndex);

    /// <summary>The mean over the owner's devices of the device-hour value.</summary>
    readonly record struct OwnerValue(double Sum, int Devices)
    {
        public double Mean => Sum / Devices;
    }
}
