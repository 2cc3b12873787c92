using System.Collections.Immutable;
using CivicSense.Commons;
using CivicSense.Privacy;
using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>A release plan together with what of it is not public: which device counts for which household and area.</summary>
/// <param name="Public">The public part.</param>
/// <param name="Devices">Every device that takes part, in order of <see cref="PlannedDevice.DeviceId"/>.</param>
public sealed record PrivatePlan(ReleasePlan Public, ImmutableArray<PlannedDevice> Devices)
{
    /// <summary>
    /// What the mechanism must know of the plan: the cap of every key, and in how many release areas each household is enrolled.
    /// </summary>
    internal OwnerDayDomain OwnerDays() => new(
        Enumerable.Range(0, Public.KeyCount).Select(key => Public.Quantities[key % Public.Quantities.Length])
            .Select(planned => planned.Weight * planned.Cap),
        Devices.GroupBy(device => device.OwnerId)
            .Select(own => KeyValuePair.Create(own.Key, own.Select(device => device.AreaIndex).Distinct().Count())));
}
