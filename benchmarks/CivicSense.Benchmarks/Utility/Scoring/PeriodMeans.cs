using CivicSense.Commons;

namespace CivicSense.Benchmarks.Utility;

/// <summary>Means over the hours of days, weeks and months.</summary>
static class PeriodMeans
{
    /// <summary>The share of a period's hours that the truth needs.</summary>
    public const double TruthNeeds = 0.75;

    /// <summary>All resolutions.</summary>
    public static IReadOnlyList<Resolution> Resolutions { get; } = [Resolution.Hour, Resolution.Day, Resolution.Week, Resolution.Month];

    /// <summary>The mean of the numbers among some values; NaN if there is none.</summary>
    public static double Of(IEnumerable<double> values) => values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    /// <summary>The mean of an hourly series over a period and the number of hours in it; NaN where too few have a value.</summary>
    /// <param name="hourly">By hour; NaN where there is no value.</param>
    /// <param name="period">The period.</param>
    /// <param name="needed">The share of hours that must have one; at least one hour must anyway.</param>
    /// <param name="averaging">Which mean.</param>
    public static (double Mean, int Hours) Over(ReadOnlySpan<double> hourly, Period period, double needed, Averaging averaging)
    {
        var (sum, hours) = (0.0, 0);
        foreach (var value in hourly.Slice(period.FirstHour, period.Hours))
        {
            if (double.IsNaN(value))
                continue;
            sum += averaging == Averaging.Energetic ? Math.Pow(10, value / 10) : value;
            hours++;
        }
        if (hours == 0 || hours < needed * period.Hours)
            return (double.NaN, hours);
        var mean = sum / hours;
        return (averaging == Averaging.Energetic ? 10 * Math.Log10(mean) : mean, hours);
    }
}
