using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage;

/// <summary>Hour, device and quantity of a contribution in one number, which sorts by them in this order.</summary>
static class ContributionKey
{
    const int DeviceBits = 32;
    const int QuantityBits = 8;
    const int HourShift = DeviceBits + QuantityBits;

    // Hours have what is left, 24 bits: 956 years before and after 1970.
    const long Hours = 1L << (63 - HourShift);

    /// <exception cref="ArgumentOutOfRangeException">The hour lies more than 956 years before or after 1970.</exception>
    public static long Of(in Contribution contribution) =>
        First(contribution.Window) | ((long)unchecked((uint)contribution.DeviceId) << QuantityBits) | contribution.QuantityOrdinal;

    /// <summary>The least key of an hour; those of the hour before are all less.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The hour lies more than 956 years before or after 1970.</exception>
    public static long First(HourWindow window)
    {
        if (window.Index is < -Hours or >= Hours)
            throw new ArgumentOutOfRangeException(nameof(window), "The hour lies too far from now.");
        return window.Index << HourShift;
    }
}
