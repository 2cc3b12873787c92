using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>The sum over the hours of a day, week or month of one area, from which their mean follows.</summary>
/// <remarks>
/// What is added up is what has a mean that people ask for: concentrations for logarithmic quantities, energy for sound, else the value
/// itself. Each addend is taken as straight around what was expected of it in its hour.
/// </remarks>
sealed class TrackedPeriod(Period period, Quantity quantity, TrackedSum sum)
{
    /// <summary>
    /// How much of the way an uncertain hour counts from the median of what it may have been (0) to the mean (1). What is in the air falls
    /// faster than it rises, so its logarithm leans the other way; sound rises as fast. See docs/estimation.md, "Live and final".
    /// </summary>
    readonly double lift = quantity.IsLogarithmic ? 0.5 : 1;

    /// <summary>
    /// The exponent of what is added up: exp(rate m), a unit of the model scale of sound being 10 dB; 0 for the value itself.
    /// </summary>
    readonly double rate = quantity.IsLogarithmic ? 1 : quantity.Averaging == Averaging.Energetic ? Math.Log(10) : 0;

    int hours;
    int released;
    DateTimeOffset? begun;
    DateTimeOffset ended;
    double weightVariance;

    public Period Period { get; } = period;

    public TrackedSum Sum { get; } = sum;

    /// <summary>Whether its live estimate has been written or given up.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Adds the hour that the filter is in.</summary>
    public void Add(AreaFilter filter, HourWindow window, bool isReleased, Moments expected, NodeHour node)
    {
        begun ??= window.Start;
        ended = window.End;
        hours++;
        if (isReleased)
            released++;
        weightVariance += node.WeightVariance;
        var centre = expected.Mean + node.Lift;
        if (rate == 0)
        {
            filter.AddTo(Sum, centre, slope: 1);
            return;
        }
        // The sum of hourly medians would lie below the sum, since the hours' errors average out.
        var addend = Math.Exp(rate * centre + lift * 0.5 * rate * rate * expected.Variance);
        filter.AddTo(Sum, addend, rate * addend);
    }

    /// <summary>Whether enough is known: for a week or month most of its hours, for a day any.</summary>
    public bool IsWhole(TimeZoneInfo zone, double leastCoverage) =>
        released > 0 && (Period.Resolution == Resolution.Day || released >= leastCoverage * Period.Hours(zone));

    /// <summary>The mean over the period, from all that is known by now.</summary>
    public Estimate Estimate(Area area, TimeZoneInfo zone, EstimateStatus status)
    {
        var mean = new Moments(Sum.Mean / hours, Sum.Variance / hours / hours);
        if (rate != 0)
        {
            // Taken as straight, a sum that came out far below what was expected can leave the range of what it is a sum of.
            var least = Math.Exp(rate * quantity.ToModelScale(quantity.Minimum));
            var value = Math.Max(mean.Mean, least);
            // Of a variable that is nearly log-normal, people read the median: the error it makes is the smallest on average.
            var relative = Math.Log(1 + mean.Variance / (value * value));
            mean = new Moments((Math.Log(value) - 0.5 * relative) / rate, relative / (rate * rate));
        }
        // A day of which the plan covers a part is that part.
        var isDay = Period.Resolution == Resolution.Day;
        return Publication.Period(
            area, quantity, Period.Resolution, isDay ? begun!.Value : Period.Start(zone), isDay ? ended : Period.End(zone), mean,
            weightVariance / hours,
            status);
    }
}
