using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>Calibrates the device-hour values of one window with the formulas of the plan and the owners' own humidity.</summary>
/// <remarks>
/// The release calibrates with it, and what an owner is shown is calibrated with it, too.
/// A calibrated value is a function of contributions of the same owner to the same window, and of the plan: assumption A3 of
/// docs/privacy/owner-day.md. The humidity is the device's own; where it has none, the mean of those of the owner's other devices in the
/// same release area; where there is none either, what the formula says. Never a neighbour's, and never that of another hour.
/// </remarks>
public sealed class OwnCalibration
{
    readonly Dictionary<string, CalibrationFormula> formulaOfModel;
    readonly Dictionary<int, double> ofDevice = [];
    readonly Dictionary<ActiveOwner, (double Sum, int Devices)> ofOwner = [];

    OwnCalibration(Dictionary<string, CalibrationFormula> formulaOfModel) => this.formulaOfModel = formulaOfModel;

    /// <summary>The calibration of a window, or null where no device of the plan is calibrated.</summary>
    /// <param name="calibrations">The calibrations of the plan of the window's day.</param>
    /// <param name="devices">
    /// The plan's devices by their numbers. Those of one household are enough for the values of that household.
    /// </param>
    /// <param name="contributions">The window's contributions of these devices, in order of device.</param>
    public static OwnCalibration? Of(
        ImmutableArray<PlannedCalibration> calibrations, IReadOnlyDictionary<int, PlannedDevice> devices,
        IReadOnlyList<Contribution> contributions)
    {
        ArgumentNullException.ThrowIfNull(devices);
        ArgumentNullException.ThrowIfNull(contributions);
        if (calibrations.IsEmpty)
            return null;
        var formulas = calibrations.ToDictionary(planned => planned.Model, planned => planned.Formula, StringComparer.Ordinal);
        if (!devices.Values.Any(device => formulas.ContainsKey(device.Model)))
            return null;

        var calibration = new OwnCalibration(formulas);
        foreach (var contribution in contributions)
        {
            if (contribution.QuantityOrdinal == Quantity.Humidity.Ordinal && double.IsFinite(contribution.Mean)
                && devices.TryGetValue(contribution.DeviceId, out var device))
            {
                calibration.Add(device, contribution.Mean);
            }
        }
        return calibration;
    }

    /// <summary>A contribution's value: calibrated, if the plan says so for the device's model.</summary>
    /// <param name="device">The device.</param>
    /// <param name="contribution">A contribution of it, whose mean is finite.</param>
    public double Apply(PlannedDevice device, Contribution contribution) =>
        FindFormula(device) is { } formula
            ? formula.Apply(contribution.Quantity, contribution.Mean, FindHumidity(device))
            : contribution.Mean;

    /// <summary>The formula for the device's model, or null where there is none. It need not apply to every quantity.</summary>
    public CalibrationFormula? FindFormula(PlannedDevice device) => formulaOfModel.GetValueOrDefault(device.Model);

    /// <summary>The relative humidity in percent that the device's values are calibrated with, or null where there is none.</summary>
    public double? FindHumidity(PlannedDevice device)
    {
        if (ofDevice.TryGetValue(device.DeviceId, out var humidity))
            return humidity;
        return ofOwner.TryGetValue(OwnerOf(device), out var own) ? own.Sum / own.Devices : null;
    }

    void Add(PlannedDevice device, double humidity)
    {
        ofDevice[device.DeviceId] = humidity;
        ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(ofOwner, OwnerOf(device), out _);
        own = (own.Sum + humidity, own.Devices + 1);
    }

    static ActiveOwner OwnerOf(PlannedDevice device) => new(device.OwnerId, device.AreaIndex);
}
