using System.Globalization;

namespace CivicSense.Commons;

/// <summary>Values and the ends of intervals as people read them: no more decimals than mean something.</summary>
public static class IntervalText
{
    /// <summary>Decimals would pretend to a precision that a wide interval does not have.</summary>
    public static int Decimals(double lower, double upper, Quantity quantity)
    {
        ArgumentNullException.ThrowIfNull(quantity);
        return upper - lower >= 3 ? 0 : quantity.Decimals;
    }

    /// <summary>The lower end of an interval. It is rounded down: a narrower interval would no longer hold 95 %.</summary>
    public static string Lower(double end, int decimals) => Number(Outward(end, decimals, MidpointRounding.ToNegativeInfinity), decimals);

    /// <summary>The upper end of an interval, rounded up.</summary>
    public static string Upper(double end, int decimals) => Number(Outward(end, decimals, MidpointRounding.ToPositiveInfinity), decimals);

    /// <summary>A number, rounded to the nearest.</summary>
    public static string Number(double value, int decimals)
    {
        var rounded = Math.Round(value, decimals);
        // Negative zero reads badly.
        return (rounded == 0 ? 0 : rounded).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <remarks>As a decimal number, so that an end of exactly 1.1 is not taken for a little more and shown as 1.2.</remarks>
    static double Outward(double end, int decimals, MidpointRounding direction) => (double)decimal.Round((decimal)end, decimals, direction);
}
