using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>What is added up for a period, and what is said of it.</summary>
public sealed class TrackedPeriodTests
{
    static readonly PrivacyDay Friday = PrivacyDay.Parse("2026-05-01");
    static readonly Area Place = Area.Parse("0310");

    public static TheoryData<string> Quantities => ["pm2_5", "laeq", "temperature"];

    /// <remarks>400,000 draws: the mean of what is uncertain by up to a half has a standard error below 0.1 %.</remarks>
    [Theory]
    [InlineData("pm2_5", 0.5)]
    [InlineData("laeq", 1)]
    [InlineData("temperature", 1)]
    public void An_uncertain_hour_counts_as_the_mean_of_what_it_may_have_been_or_half_way_from_the_median_for_what_is_in_the_air(
        string id, double way)
    {
        var quantity = Quantity.All.Single(candidate => candidate.Id == id);
        var (period, filter) = Day(quantity, noise: 0.05);
        var hour = filter.Current(Signal.Inside);
        var random = new Random(1);
        var mean = Enumerable.Range(0, 400_000).Average(_ => Addend(quantity, hour.Mean + Math.Sqrt(hour.Variance) * random.Normal()));
        var median = Addend(quantity, hour.Mean);
        Assert.Equal(Math.Pow(mean / median, way), period.Sum.Mean / median, 0.003);
    }

    [Theory]
    [MemberData(nameof(Quantities))]
    public void A_day_of_one_hour_says_what_the_hour_says(string id)
    {
        var quantity = Quantity.All.Single(candidate => candidate.Id == id);
        var (period, filter) = Day(quantity, noise: 0.02);
        var day = period.Estimate(Place, TimeZoneInfo.Utc, EstimateStatus.Live);
        var hour = quantity.FromModelScale(filter.Current(Signal.Inside).Mean);
        Assert.Equal(hour, day.Value, 0.02 * Math.Abs(hour));
    }

    static double Addend(Quantity quantity, double value) =>
        quantity.IsLogarithmic ? Math.Exp(value) : quantity.Averaging == Averaging.Energetic ? Math.Pow(10, value) : value;

    /// <summary>A day of which one hour has been measured.</summary>
    static (TrackedPeriod Period, AreaFilter Filter) Day(Quantity quantity, double noise)
    {
        var parameters = ModelParameters.Prior(quantity);
        var (layout, window) = (StateLayout.WithoutStations, Friday.Windows(TimeZoneInfo.Utc)[9]);
        var city = StateLayout.CityRow(window, TimeZoneInfo.Utc);
        var spread = Spread.Of(parameters, default, 12);
        var filter = AreaFilter.Start(layout, quantity, parameters, new AreaSpread(spread, spread));
        filter.Advance(new Transition(layout, parameters, city, 1),
            [layout.Row(Signal.Inside, city), layout.Row(Signal.Outside, city), []]);
        filter.Update(Signal.Inside, new Moments(filter.Level + 0.3, noise));
        var period = new TrackedPeriod(Period.Of(Friday)[0], quantity, filter.Track());
        period.Add(filter, window, isReleased: true, filter.Current(Signal.Inside), new NodeHour(Lift: 0, WeightVariance: 0));
        return (period, filter);
    }
}
