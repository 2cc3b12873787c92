using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>One device's running aggregate of one quantity in one hour: the most detailed thing that is ever written to disk.</summary>
/// <param name="DeviceId">The device.</param>
/// <param name="QuantityOrdinal">The quantity, <see cref="Quantity.Ordinal"/>.</param>
/// <param name="Window">The hour.</param>
/// <param name="Count">How many readings it holds; at least 1.</param>
/// <param name="Sum">Their sum in the quantity's unit, or for energetic averaging the sum of 10^(L/10).</param>
/// <param name="LastTime">
/// The time of the newest reading, milliseconds since 1970. A reading that is not newer is a redelivery and is not counted again.
/// </param>
public readonly record struct Contribution(int DeviceId, byte QuantityOrdinal, HourWindow Window, int Count, double Sum, long LastTime)
{
    /// <summary>The quantity.</summary>
    public Quantity Quantity => Quantity.All[QuantityOrdinal];

    /// <summary>The device's value for the hour in the quantity's unit: the arithmetic or energetic mean of its readings.</summary>
    public double Mean => Quantity.Averaging == Averaging.Energetic ? 10 * Math.Log10(Sum / Count) : Sum / Count;
}
