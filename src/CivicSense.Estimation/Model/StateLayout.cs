using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Which of a filter's two own pairs of components is meant.</summary>
enum Side
{
    /// <summary>The mean over the owners of the filter's area.</summary>
    Inside,

    /// <summary>The pooled rest of the neighbourhood.</summary>
    Outside,
}

/// <summary>
/// Which component stands where in a filter's state vector: six for the city, then two (offset, local) for each <see cref="Side"/>.
/// </summary>
static class StateLayout
{
    /// <summary>Slow level, hourly component, and the coefficients of the 24-hour and the 12-hour wave.</summary>
    public const int CityComponents = 6;

    public const int Dimension = CityComponents + 4;

    public static int Offset(Side side) => CityComponents + 2 * (int)side;

    public static int Local(Side side) => CityComponents + 2 * (int)side + 1;

    /// <summary>How the city components add up at a time of day. A side adds its own two components to that.</summary>
    public static double[] CityRow(HourWindow window, TimeZoneInfo zone)
    {
        var hour = TimeZoneInfo.ConvertTime(window.Start, zone).TimeOfDay.TotalHours;
        var (sine, cosine) = Math.SinCos(2 * Math.PI * hour / 24);
        var (sine2, cosine2) = Math.SinCos(4 * Math.PI * hour / 24);
        return [1, 1, cosine, sine, cosine2, sine2];
    }
}
