using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Stewardship;

/// <summary>One open hour of one device, with what the release will make of it.</summary>
/// <param name="Plan">The plan of its day; null where there is none.</param>
/// <param name="TakesPart">Whether the hour and the device are in the plan.</param>
/// <param name="Area">The device's release area of that day; null where it is in none.</param>
/// <param name="Values">One for each quantity that the device has measured in the hour.</param>
sealed record DeviceHour(ReleasePlan? Plan, bool TakesPart, Area? Area, IReadOnlyList<DeviceValue> Values)
{
    /// <summary>Calibrates an hour as the release will: with the day's plan, and with the humidity of the household alone.</summary>
    public static DeviceHour Of(Device device, OpenHours open, HourWindow window, PrivacyDay day, ReleasePlan? plan)
    {
        var household = open.Planned.Where(planned => planned.Day == day)
            .ToDictionary(planned => planned.Device.DeviceId, planned => planned.Device);
        var isPlanned = household.TryGetValue(device.Id, out var own) && plan is not null;
        var takesPart = isPlanned && window >= plan!.FirstWindow && window <= plan.LastWindow;
        var contributions = open.Contributions.Where(contribution => contribution.Window == window).ToList();
        var calibration = takesPart
            ? OwnCalibration.Of(
                plan!.Calibrations, household,
                [
                    .. contributions.Concat(open.HouseholdHumidity.Where(contribution => contribution.Window == window))
                        .OrderBy(contribution => contribution.DeviceId),
                ])
            : null;
        return new DeviceHour(
            plan, takesPart, isPlanned ? plan!.Areas[own.AreaIndex].Area : null,
            [
                // A value that is no number is left out of the release, too.
                .. contributions.Where(contribution => double.IsFinite(contribution.Mean)).Select(contribution => new DeviceValue(
                    contribution,
                    takesPart ? calibration?.Apply(own, contribution) ?? contribution.Mean : null,
                    calibration is null ? null : Describe(calibration, own, contribution.Quantity, contributions),
                    takesPart && plan!.Quantities.Any(planned => planned.Quantity == contribution.Quantity))),
            ]);
    }

    static CalibrationView? Describe(
        OwnCalibration calibration, PlannedDevice own, Quantity quantity, List<Contribution> contributions)
    {
        if (calibration.FindFormula(own) is not { } formula || !formula.AppliesTo(quantity))
            return null;
        var humidity = calibration.FindHumidity(own);
        var source = humidity is null ? HumiditySource.Missing
            : contributions.Any(contribution => contribution.Quantity == Quantity.Humidity && double.IsFinite(contribution.Mean))
                ? HumiditySource.Device
                : HumiditySource.Household;
        return new CalibrationView(
            formula.Id, formula.Name, formula.Source, source, source == HumiditySource.Device ? humidity : null);
    }
}

/// <summary>One quantity of one device in one hour.</summary>
/// <param name="Contribution">What the device has sent.</param>
/// <param name="Calibrated">What goes into the release; null for nothing.</param>
/// <param name="Calibration">How it was calibrated; null for not at all.</param>
/// <param name="IsReleased">Whether the plan holds the quantity.</param>
sealed record DeviceValue(Contribution Contribution, double? Calibrated, CalibrationView? Calibration, bool IsReleased)
{
    /// <summary>The quantity.</summary>
    public Quantity Quantity => Contribution.Quantity;

    /// <summary>The same as it is shown.</summary>
    /// <param name="estimate">What the public sees of the area; null for nothing.</param>
    /// <param name="words">The language of its words.</param>
    public ValueView Show(Estimate? estimate, PrivateWords words) => new(
        Quantity.Id, words.Name(Quantity), Quantity.UnitSymbol, Contribution.Count,
        DateTimeOffset.FromUnixTimeMilliseconds(Contribution.LastTime).UtcDateTime, Contribution.Mean, Calibrated, Calibration, IsReleased,
        estimate is null ? null : EstimateView.Of(estimate));
}
