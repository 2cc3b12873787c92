namespace CivicSense.Vault;

/// <summary>A household that had at least one contribution in an area on a day.</summary>
/// <param name="OwnerId">The household.</param>
/// <param name="AreaIndex">The area, an index into the plan's areas.</param>
public readonly record struct ActiveOwner(int OwnerId, int AreaIndex);
