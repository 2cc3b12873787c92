using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Which component stands where in a filter's state vector: six for the city, then two (offset, local) for each release area.</summary>
sealed class StateLayout(ImmutableArray<Area> areas)
{
    /// <summary>Slow level, hourly component, and the coefficients of the 24-hour and the 12-hour wave.</summary>
    public const int CityComponents = 6;

    public ImmutableArray<Area> Areas { get; } = areas;

    public int Dimension => CityComponents + 2 * Areas.Length;

    public static int Offset(int area) => CityComponents + 2 * area;

    public static int Local(int area) => CityComponents + 2 * area + 1;

    /// <summary>How the city components add up at a time of day. An area's value adds its own two components to that.</summary>
    public static double[] CityRow(HourWindow window, TimeZoneInfo zone)
    {
        var hour = TimeZoneInfo.ConvertTime(window.Start, zone).TimeOfDay.TotalHours;
        var (sine, cosine) = Math.SinCos(2 * Math.PI * hour / 24);
        var (sine2, cosine2) = Math.SinCos(4 * Math.PI * hour / 24);
        return [1, 1, cosine, sine, cosine2, sine2];
    }
}
