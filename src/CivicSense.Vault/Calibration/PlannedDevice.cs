using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>One device's place in a plan. Fixed for the day, whatever is enrolled or moved meanwhile.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="OwnerId">Its household.</param>
/// <param name="AreaIndex">Its release area: an index into <see cref="ReleasePlan.Areas"/>.</param>
/// <param name="Model">The model of its particle sensor, see <see cref="DeviceModel"/>; empty where it is not known.</param>
public readonly record struct PlannedDevice(int DeviceId, int OwnerId, int AreaIndex, string Model = DeviceModel.Unknown);
