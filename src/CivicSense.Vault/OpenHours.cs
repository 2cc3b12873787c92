using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>
/// What the vault holds of one device for the hours that are not released yet, with what is needed to calibrate it as the release will.
/// Nothing of other households.
/// </summary>
public sealed record OpenHours
{
    /// <summary>The device's contributions on disk, ordered by window and quantity (by ordinal).</summary>
    public required IReadOnlyList<Contribution> Contributions { get; init; }

    /// <summary>
    /// The relative humidity that the household's other devices have measured in the same windows, ordered by window and device: it
    /// calibrates the device's values where it measures none itself. See <see cref="OwnCalibration"/>.
    /// </summary>
    public required IReadOnlyList<Contribution> HouseholdHumidity { get; init; }

    /// <summary>The household's devices in the plans of days that are not over, ordered by day and device.</summary>
    public required IReadOnlyList<(PrivacyDay Day, PlannedDevice Device)> Planned { get; init; }

    /// <summary>The newest window that has been dealt with; contributions up to it are deleted. Null before the first.</summary>
    public required HourWindow? ReleasedThrough { get; init; }
}
