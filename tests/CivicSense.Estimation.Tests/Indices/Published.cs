using CivicSense.Commons;

namespace CivicSense.Estimation.Tests.Indices;

/// <summary>Estimates as the estimator publishes them: normal on the model scale, cut at the ends of the valid range.</summary>
static class Published
{
    public const double Normal95 = 1.959963984540054;

    public static readonly DateTimeOffset Noon = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);

    public static Estimate Hour(Quantity quantity, double value, double deviation = 0, DateTimeOffset? end = null) =>
        Of(quantity, Resolution.Hour, (end ?? Noon).AddHours(-1), end ?? Noon, value, deviation);

    public static Estimate Day(Quantity quantity, double value, double deviation = 0) =>
        Of(quantity, Resolution.Day, Noon.AddHours(-12), Noon.AddHours(12), value, deviation);

    /// <summary>An hour whose interval is given instead of a deviation.</summary>
    public static Estimate Hour(Quantity quantity, double value, double standardError, double lower, double upper) =>
        Hour(quantity, value) with { StandardError = standardError, Lower = lower, Upper = upper };

    static Estimate Of(Quantity quantity, Resolution resolution, DateTimeOffset start, DateTimeOffset end, double value, double deviation)
    {
        var median = quantity.ToModelScale(value);
        var lower = deviation == 0 ? value : quantity.FromModelScale(median - Normal95 * deviation);
        var upper = deviation == 0 ? value : quantity.FromModelScale(median + Normal95 * deviation);
        return new Estimate(
            Area.Parse("0313"), quantity, resolution, start, end, value, deviation * quantity.UnitsPerModelScale(median), lower, upper,
            EstimateStatus.Final);
    }
}
