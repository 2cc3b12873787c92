using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>Everything that the vault holds about one household, as of one moment. Nothing of others.</summary>
public sealed record HouseholdRecord
{
    /// <summary>The household.</summary>
    public required Owner Owner { get; init; }

    /// <summary>Its devices with what their secrets hash to, in order of <see cref="Device.Id"/>.</summary>
    public required IReadOnlyList<DeviceCredential> Devices { get; init; }

    /// <summary>Its contributions to the windows that are not released yet, ordered by window, device and quantity (by ordinal).</summary>
    public required IReadOnlyList<Contribution> Contributions { get; init; }

    /// <summary>The MQTT sessions of its devices, ordered by device (by number) and client identifier.</summary>
    public required IReadOnlyList<DeviceSessionRecord> Sessions { get; init; }

    /// <summary>What is left of its norm budget on the days that are not over, in squared grid steps, ordered by day.</summary>
    public required IReadOnlyList<(PrivacyDay Day, long Remaining)> Budgets { get; init; }

    /// <summary>
    /// Where it has been active on the days that are not over, as indices into the areas of the day's plan, ordered by day and area.
    /// </summary>
    public required IReadOnlyList<(PrivacyDay Day, int AreaIndex)> Active { get; init; }

    /// <summary>Its devices in the plans of days that are not over, ordered by day and device.</summary>
    public required IReadOnlyList<(PrivacyDay Day, PlannedDevice Device)> Planned { get; init; }
}
