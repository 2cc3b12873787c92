using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// The NowCast of particles: a mean of the newest twelve hours that counts recent hours more, the more the air changes. It stands for the
/// mean of 24 hours in the US index of the current hour.
/// </summary>
/// <remarks>
/// <para>US EPA, EPA-454/B-24-002, section IV: with the smallest and the largest value, w = max(min/max, 1/2); the value of i hours ago
/// has the weight w^i. Hours without a value are left out; two of the newest three must be there.</para>
/// <para>The hours' errors go together, so they are taken to be fully correlated, which no other correlation exceeds: the standard error is
/// the weighted mean of theirs, and so is each end of the interval. The weights are taken as given, although they follow from uncertain
/// values.</para>
/// </remarks>
public sealed class NowCast
{
    /// <summary>How many hours it looks back.</summary>
    public const int Hours = 12;

    const int NewestHours = 3;
    const int RequiredNewestHours = 2;
    const double SmallestWeightFactor = 0.5;

    NowCast(Area area, DateTimeOffset end, int hoursUsed, double weightFactor, UncertainValue concentration) =>
        (Area, End, HoursUsed, WeightFactor, Concentration) = (area, end, hoursUsed, weightFactor, concentration);

    /// <summary>The area.</summary>
    public Area Area { get; }

    /// <summary>The end of the newest hour, which need not have a value.</summary>
    public DateTimeOffset End { get; }

    /// <summary>Of how many hours, at most <see cref="Hours"/>, there was a value.</summary>
    public int HoursUsed { get; }

    /// <summary>w: 1 in steady air, 0.5 where the air changes fast.</summary>
    public double WeightFactor { get; }

    /// <summary>The NowCast concentration, neither rounded nor truncated.</summary>
    public UncertainValue Concentration { get; }

    /// <summary>The NowCast at a time.</summary>
    /// <param name="estimates">Hour estimates of one area and of PM2.5 or PM10. Those outside the twelve hours are ignored.</param>
    /// <param name="end">The end of the newest hour, a whole hour in UTC.</param>
    /// <returns>The NowCast, or null where fewer than two of the newest three hours have a value.</returns>
    /// <exception cref="ArgumentException">
    /// An estimate is of another area, quantity or resolution than the others or than allowed; there are two of one hour; or
    /// <paramref name="end"/> is no whole hour.
    /// </exception>
    public static NowCast? Of(IReadOnlyCollection<Estimate> estimates, DateTimeOffset end)
    {
        ArgumentNullException.ThrowIfNull(estimates);
        if (end.UtcTicks % TimeSpan.TicksPerHour != 0)
            throw new ArgumentException("The end is no whole hour in UTC.", nameof(end));
        var hours = new Estimate?[Hours];
        foreach (var estimate in estimates)
        {
            Check(estimate, estimates.First());
            var hoursAgo = (end - estimate.End).Ticks / TimeSpan.TicksPerHour;
            if (estimate.End > end || hoursAgo >= Hours)
                continue;
            if (hours[hoursAgo] is not null)
                throw new ArgumentException("There are two estimates of one hour.", nameof(estimates));
            hours[hoursAgo] = estimate;
        }
        if (hours.Take(NewestHours).Count(hour => hour is not null) < RequiredNewestHours)
            return null;
        return Weigh(hours, end);
    }

    static void Check(Estimate estimate, Estimate first)
    {
        if (estimate.Quantity != Quantity.Pm25 && estimate.Quantity != Quantity.Pm10)
            throw new ArgumentException($"There is no NowCast of {estimate.Quantity} here.", nameof(estimate));
        if (estimate.Resolution != Resolution.Hour || estimate.Area != first.Area || estimate.Quantity != first.Quantity)
            throw new ArgumentException("The estimates are not the hours of one area and quantity.", nameof(estimate));
    }

    static NowCast Weigh(Estimate?[] hours, DateTimeOffset end)
    {
        var values = hours.OfType<Estimate>().ToList();
        var largest = values.Max(hour => hour.Value);
        var factor = largest == 0 ? 1 : Math.Max(values.Min(hour => hour.Value) / largest, SmallestWeightFactor);

        double weight = 1, total = 0, value = 0, standardError = 0, lower = 0, upper = 0;
        foreach (var hour in hours)
        {
            if (hour is not null)
            {
                total += weight;
                value += weight * hour.Value;
                standardError += weight * hour.StandardError;
                lower += weight * hour.Lower;
                upper += weight * hour.Upper;
            }
            weight *= factor;
        }
        var concentration = new UncertainValue(values[0].Quantity, value / total, standardError / total, lower / total, upper / total);
        return new NowCast(values[0].Area, end, values.Count, factor, concentration);
    }
}
