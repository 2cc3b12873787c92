using System.Runtime.InteropServices;
using CivicSense.Commons;
using CivicSense.Privacy;
using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>The exact sums of one window before noise, and what they cost the owners. Private: lives only inside a release.</summary>
/// <param name="Sums">One exact sum for each key of the plan, in grid steps.</param>
/// <param name="Budgets">What is left of the norm budget of every owner who contributed.</param>
/// <param name="ActiveOwners">The (owner, area) pairs that contributed.</param>
sealed record WindowSums(IReadOnlyList<Int128> Sums, IReadOnlyDictionary<int, long> Budgets, HashSet<ActiveOwner> ActiveOwners)
{
    /// <summary>Turns one window's contributions into clipped integer sums.</summary>
    /// <remarks>
    /// Each owner's coordinates are computed from that owner's contributions to this window, the public baseline and what is left of the
    /// owner's own budget, and from nothing else; docs/privacy/owner-day.md builds on that. Up to
    /// <see cref="OwnerDayMechanism.Clip(OwnerDayDomain, OwnerDayWindow)"/> everything belongs to one owner, after it there are only
    /// integers. The pace belongs to what comes before the clip: it limits a residual by what is left to the owner and by public numbers.
    /// The proof rests on the clip alone.
    /// </remarks>
    /// <param name="mechanism">The mechanism of the plan.</param>
    /// <param name="plan">The plan of the window's day.</param>
    /// <param name="window">The window.</param>
    /// <param name="contributions">The window's contributions.</param>
    /// <param name="budgets">What owners have left of the day; those not listed have spent nothing.</param>
    /// <param name="baselines">The public baseline of every key.</param>
    public static WindowSums Compute(
        OwnerDayMechanism mechanism, PrivatePlan plan, HourWindow window, IReadOnlyList<Contribution> contributions,
        IReadOnlyDictionary<int, long> budgets, ReadOnlySpan<double> baselines)
    {
        var residuals = new List<OwnerDayResidual>();
        var active = new HashSet<ActiveOwner>();
        var ownerDays = plan.OwnerDays();
        var paces = Paces(plan.Public, window);
        foreach (var (coordinate, value) in OwnerValues(plan, contributions))
        {
            var planned = plan.Public.Quantities[coordinate.QuantityIndex];
            var key = plan.Public.KeyIndex(coordinate.AreaIndex, coordinate.QuantityIndex);
            var residual = planned.Quantity.ToModelScale(value.Mean) - planned.Quantity.ToModelScale(baselines[key]);
            var areas = ownerDays.Enrolment[coordinate.OwnerId];
            var left = budgets.TryGetValue(coordinate.OwnerId, out var stored) ? stored : mechanism.BudgetAtMidnight(areas).Remaining;
            var limit = paces.Length == 0
                ? double.PositiveInfinity
                : Math.Sqrt(paces[coordinate.QuantityIndex] / areas * Math.Max(0, left)) / mechanism.Grid;
            residuals.Add(new OwnerDayResidual(coordinate.OwnerId, key, Math.Clamp(planned.Weight * residual, -limit, limit)));
            active.Add(new ActiveOwner(coordinate.OwnerId, coordinate.AreaIndex));
        }

        var clipped = mechanism.Clip(ownerDays, new OwnerDayWindow(budgets, residuals));
        return new WindowSums(clipped.Sums, clipped.Remaining, active);
    }

    /// <summary>The pace of each quantity; empty where the plan has none.</summary>
    static double[] Paces(ReleasePlan plan, HourWindow window) => plan.Pacing == 0
        ? []
        : [.. Enumerable.Range(0, plan.Quantities.Length).Select(quantity => plan.Pace(quantity, window))];

    static Dictionary<Coordinate, OwnerValue> OwnerValues(PrivatePlan plan, IReadOnlyList<Contribution> contributions)
    {
        var devices = plan.Devices.ToDictionary(device => device.DeviceId);
        var quantityIndex = new int[Quantity.All.Length];
        Array.Fill(quantityIndex, -1);
        for (var i = 0; i < plan.Public.Quantities.Length; i++)
            quantityIndex[plan.Public.Quantities[i].Quantity.Ordinal] = i;

        var calibration = OwnCalibration.Of(plan.Public.Calibrations, devices, contributions);
        var values = new Dictionary<Coordinate, OwnerValue>();
        foreach (var contribution in contributions)
        {
            var index = quantityIndex[contribution.QuantityOrdinal];
            if (index < 0 || !devices.TryGetValue(contribution.DeviceId, out var device) || !double.IsFinite(contribution.Mean))
                continue;
            ref var value = ref CollectionsMarshal.GetValueRefOrAddDefault(
                values, new Coordinate(device.OwnerId, device.AreaIndex, index), out _);
            value = new OwnerValue(
                value.Sum + (calibration?.Apply(device, contribution) ?? contribution.Mean), value.Devices + 1);
        }
        return values;
    }

    readonly record struct Coordinate(int OwnerId, int AreaIndex, int QuantityIndex);

    /// <summary>The mean over the owner's devices of the device-hour value.</summary>
    readonly record struct OwnerValue(double Sum, int Devices)
    {
        public double Mean => Sum / Devices;
    }
}
