using System.Runtime.InteropServices;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>Calibrates the device-hour values of one window with the formulas of the plan and the owners' own humidity.</summary>
/// <remarks>
/// A calibrated value is a function of contributions of the same owner to the same window, and of the plan: assumption A3 of
/// docs/privacy/owner-day.md. The humidity is the device's own; where it has none, the mean of those of the owner's other devices in the
/// same release area; where there is none either, what the formula says. Never a neighbour's, and never that of another hour.
/// </remarks>
sealed class OwnCalibration
{
    readonly Dictionary<string, CalibrationFormula> formulaOfModel;
    readonly Dictionary<int, double> ofDevice = [];
    readonly Dictionary<ActiveOwner, (double Sum, int Devices)> ofOwner = [];

    OwnCalibration(Dictionary<string, CalibrationFormula> formulaOfModel) => this.formulaOfModel = formulaOfModel;

    /// <summary>The calibration of a window, or null where no device of the plan is calibrated.</summary>
    /// <param name="plan">The plan of the window's day.</param>
    /// <param name="devices">Its devices by number.</param>
    /// <param name="contributions">The window's contributions.</param>
    public static OwnCalibration? Of(
        PrivatePlan plan, IReadOnlyDictionary<int, PlannedDevice> devices, IReadOnlyList<Contribution> contributions)
    {
        if (plan.Public.Calibrations.IsEmpty)
            return null;
        var formulas = plan.Public.Calibrations.ToDictionary(planned => planned.Model, planned => planned.Formula, StringComparer.Ordinal);
        if (!plan.Devices.Any(device => formulas.ContainsKey(device.Model)))
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
        formulaOfModel.TryGetValue(device.Model, out var formula)
            ? formula.Apply(contribution.Quantity, contribution.Mean, HumidityAt(device))
            : contribution.Mean;

    void Add(PlannedDevice device, double humidity)
    {
        ofDevice[device.DeviceId] = humidity;
        ref var own = ref CollectionsMarshal.GetValueRefOrAddDefault(ofOwner, OwnerOf(device), out _);
        own = (own.Sum + humidity, own.Devices + 1);
    }

    double? HumidityAt(PlannedDevice device)
    {
        if (ofDevice.TryGetValue(device.DeviceId, out var humidity))
            return humidity;
        return ofOwner.TryGetValue(OwnerOf(device), out var own) ? own.Sum / own.Devices : null;
    }

    static ActiveOwner OwnerOf(PlannedDevice device) => new(device.OwnerId, device.AreaIndex);
}
