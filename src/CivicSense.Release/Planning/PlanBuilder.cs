using System.Collections.Immutable;
using CivicSense.Commons;
using CivicSense.Privacy;
using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>Makes the release plan of a day from the enrolment and the options. Uses no measured value.</summary>
sealed class PlanBuilder(ReleaseOptions options)
{
    /// <summary>
    /// In how many release areas one household may take part. Each reserves its activity share, so the number must be small; devices in
    /// further areas (in quadkey order) take no part.
    /// </summary>
    const int MaximumAreasPerOwner = 4;

    /// <summary>Makes a plan.</summary>
    /// <param name="day">The day.</param>
    /// <param name="firstWindow">The first window it covers.</param>
    /// <param name="lastWindow">The last window it covers.</param>
    /// <param name="devices">The enrolment.</param>
    /// <returns>The plan, or null where there are too few households for a single area.</returns>
    public PrivatePlan? Build(PrivacyDay day, HourWindow firstWindow, HourWindow lastWindow, IReadOnlyList<Device> devices)
    {
        var mechanism = new OwnerDayMechanism(
            Rational.FromDecimal(options.Rho), activityShare: Rational.FromDecimal(options.ActivityShare));
        // Fails before the day, and for everybody alike, if the reserve for activity left nothing for measurements.
        mechanism.BudgetAtMidnight(MaximumAreasPerOwner);
        var (takingPart, areaOfPlace) = Place(devices);
        if (areaOfPlace.Count == 0)
            return null;

        var areas = areaOfPlace.Values.Distinct().Order().ToImmutableArray();
        var indexOfArea = areas.Select((area, index) => (area, index)).ToDictionary(pair => pair.area, pair => pair.index);
        var planned = takingPart
            .Select(device => new PlannedDevice(device.Id, device.OwnerId, indexOfArea[areaOfPlace[device.Place]], device.Model))
            .OrderBy(device => device.DeviceId)
            .ToImmutableArray();

        return new PrivatePlan(
            new ReleasePlan
            {
                Day = day,
                TimeZone = options.TimeZone,
                FirstWindow = firstWindow,
                LastWindow = lastWindow,
                Clock = options.Clock,
                Areas = [.. areas.Select((area, index) => new PlannedArea(area,
                    planned.Where(device => device.AreaIndex == index).Select(device => device.OwnerId).Distinct().Count()))],
                Quantities = PlannedQuantities(),
                Calibrations = PlannedCalibrations(),
                Rho = options.Rho,
                Sigma = mechanism.Sigma,
                Grid = mechanism.Grid,
                ActivityShare = options.ActivityShare,
                ActivityWeight = mechanism.ActivityWeight,
                Pacing = options.Pacing,
            },
            planned);
    }

    /// <summary>
    /// Merges areas until every household that was counted for an area also takes part in it: where the limit on a household's areas takes
    /// one out, the areas are merged again without it.
    /// </summary>
    (IReadOnlyList<Device> TakingPart, Dictionary<Area, Area> AreaOfPlace) Place(IReadOnlyList<Device> devices)
    {
        while (true)
        {
            var areaOfPlace = AreaMerging.Merge(devices.Select(device => (device.OwnerId, device.Place)), options.MinimumOwnersPerArea);
            if (areaOfPlace.Count == 0)
                return ([], areaOfPlace);
            var takingPart = devices.GroupBy(device => device.OwnerId).SelectMany(own => TakingPart([.. own], areaOfPlace)).ToArray();
            if (takingPart.Length == devices.Count)
                return (takingPart, areaOfPlace);
            devices = takingPart;
        }
    }

    static IEnumerable<Device> TakingPart(Device[] devicesOfOneOwner, Dictionary<Area, Area> areaOfPlace)
    {
        var areas = devicesOfOneOwner.Select(device => areaOfPlace[device.Place]).Distinct().Order().Take(MaximumAreasPerOwner).ToHashSet();
        return devicesOfOneOwner.Where(device => areas.Contains(areaOfPlace[device.Place]));
    }

    ImmutableArray<PlannedCalibration> PlannedCalibrations() =>
    [
        .. options.Calibrations.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => CalibrationFormula.TryFind(entry.Value, out var formula)
                ? new PlannedCalibration(entry.Key, formula)
                : throw new InvalidOperationException($"There is no formula '{entry.Value}'."))
            .Where(planned => planned.Formula != CalibrationFormula.None),
    ];

    ImmutableArray<PlannedQuantity> PlannedQuantities() =>
    [
        .. Quantity.All
            .Where(quantity => options.Shares.ContainsKey(quantity.Id))
            .Select(quantity => (Quantity: quantity, Share: options.Shares[quantity.Id]))
            .Select(entry => new PlannedQuantity(
                entry.Quantity, entry.Share, Math.Sqrt((double)entry.Share) / entry.Quantity.TypicalDayNorm, entry.Quantity.ResidualCap)),
    ];
}
