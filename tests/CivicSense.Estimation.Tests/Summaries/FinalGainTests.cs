using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>
/// How much narrower the two days after it make what is known of an hour and of a day: variances of the model itself, which no data enter.
/// </summary>
/// <remarks>
/// Seven areas with the same number of owners, PM2.5 at epsilon 1 and an activity share of 0.05, nothing clipped. Of 35 days the
/// last fifth counts. The table of docs/utility.md, "What `final` can gain", is this test's output.
/// </remarks>
public sealed class FinalGainTests(ITestOutputHelper output)
{
    const int Areas = 7;

    /// <summary>Of an owner-day that costs 1 at a delta of 1e-6: 1 / sqrt(2 rho) with a rho of 0.028.</summary>
    const double Sigma = 4.225;

    static readonly HourWindow First = PrivacyDay.Parse("2026-05-01").Windows(TimeZoneInfo.Utc)[0];
    static readonly ModelParameters Parameters = ModelParameters.Prior(Quantity.Pm25);

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(50)]
    [InlineData(100)]
    public void Two_more_days_make_a_day_little_surer_and_an_hour_a_tenth_surer_only_where_few_measure_it_alone(int owners)
    {
        var (hour, day) = Gain(StateLayout.WithoutStations, owners);
        var (hourWithStation, dayWithStation) = Gain(StateLayout.WithStations, owners);
        output.WriteLine(FormattableString.Invariant(
            $"{owners} owners: hour {hour:P1}, day {day:P1}; with a station: hour {hourWithStation:P1}, day {dayWithStation:P1}"));
        Assert.InRange(day, 0, 0.06);
        Assert.InRange(dayWithStation, 0, 0.06);
        Assert.InRange(hourWithStation, 0.01, 0.1);
        Assert.Equal(owners <= 5, hour > 0.1);
    }

    /// <summary>By how much the standard deviations of hours and of days shrink from live to final, as a share.</summary>
    static (double Hour, double Day) Gain(StateLayout layout, int owners)
    {
        var own = Spread.Of(Parameters, default, owners);
        var others = new Spread(own.Offset / (Areas - 1), own.Local / (Areas - 1), own.Slow / (Areas - 1), own.White / (Areas - 1));
        var filter = AreaFilter.Start(layout, Quantity.Pm25, Parameters, new AreaSpread(own, others));
        var weight = Math.Sqrt(0.95) / Quantity.Pm25.TypicalDayNorm;
        var noise = Math.Pow(Sigma / (weight * owners * ImaginedHouseholds.Presence), 2);
        var (hours, days) = (new Tally(), new Tally());
        var today = filter.Track();
        for (var hour = 0; hour < 35 * 24; hour++)
        {
            Advance(filter, layout, hour);
            if (layout.HasStations)
                filter.Update(Signal.Station, new Moments(filter.Level, 0.0004));
            filter.Update(Signal.Outside, new Moments(filter.Level, noise / (Areas - 1)));
            filter.Update(Signal.Inside, new Moments(filter.Level, noise));
            var present = filter.Track();
            filter.AddTo(present, 0, slope: 1);
            filter.AddTo(today, 0, slope: 1);
            hours.Add(present, hour);
            if (hour % 24 == 23)
            {
                days.Add(today, hour);
                today = filter.Track();
            }
            hours.Finish(filter, hour);
            days.Finish(filter, hour);
        }
        return (hours.Gain, days.Gain);
    }

    static void Advance(AreaFilter filter, StateLayout layout, int hour)
    {
        var row = StateLayout.CityRow(new HourWindow(First.Index + hour), TimeZoneInfo.Utc);
        filter.Advance(
            new Transition(layout, Parameters, StateLayout.CityRow(new HourWindow(First.Index + hour - 1), TimeZoneInfo.Utc), 1),
            [layout.Row(Signal.Inside, row), layout.Row(Signal.Outside, row), layout.HasStations ? layout.Row(Signal.Station, row) : []]);
    }

    /// <summary>Sums that wait for what the next 48 hours tell about them.</summary>
    sealed class Tally
    {
        readonly Queue<(TrackedSum Sum, double Live, int Hour)> waiting = [];
        readonly List<double> gains = [];

        public double Gain => gains.TakeLast(gains.Count / 5).Average();

        public void Add(TrackedSum sum, int hour) => waiting.Enqueue((sum, sum.Variance, hour));

        public void Finish(AreaFilter filter, int hour)
        {
            while (waiting.TryPeek(out var first) && first.Hour + SeriesBook.FinalAfter <= hour)
            {
                waiting.Dequeue();
                filter.Forget(first.Sum);
                gains.Add(1 - Math.Sqrt(first.Sum.Variance / first.Live));
            }
        }
    }
}
