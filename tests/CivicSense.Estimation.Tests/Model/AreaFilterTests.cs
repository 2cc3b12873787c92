using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>The filter, and the sums that it tracks, against conditioning the whole distribution at once.</summary>
public sealed class AreaFilterTests
{
    /// <summary>Of a zone with half hours, and across midnight from a Friday: every component of the city has a part in it.</summary>
    static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata");

    static readonly HourWindow First = HourWindow.Containing(new DateTimeOffset(2026, 5, 1, 13, 0, 0, TimeSpan.Zero));
    /// <summary>Without the one thing that is not linear: see <see cref="Areas_differ_more_where_there_is_less"/>.</summary>
    static readonly ModelParameters Parameters = ModelParameters.Prior(Quantity.Pm25) with { StationLocalMemory = 4, LevelExponent = 0 };
    static readonly AreaSpread Own = new(Spread.Of(Parameters, default, 12), Spread.Of(Parameters, default, 80));

    /// <summary>
    /// Inside, outside and the stations, by the number of their <see cref="Signal"/>. What the surroundings have in one hour alone is noise.
    /// </summary>
    static readonly Spread[] Places = [Own.Inside, Own.Outside with { White = 0 }, Spread.OfStations(Parameters)];

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { 1, 1, 1 })]
    [InlineData(new[] { 0, 1, 2, 3, 3, 2, 1, 0 })]
    public void Smoothed_hours_and_weighted_sums_equal_conditioning_the_joint_normal_distribution(int[] stationDelays)
    {
        const int hours = 12;
        var random = new Random(5);
        var layout = stationDelays.Length == 0 ? StateLayout.WithoutStations : StateLayout.WithStations;
        var (filter, joint) = (AreaFilter.Start(layout, Quantity.Pm25, Parameters, Own), new JointNormal(Parameters, Zone, Places));
        var arrivals = stationDelays.Select((delay, hour) => (Hour: hour, Arrives: hour + delay)).ToList();
        var tracked = new List<TrackedSum>();
        var sum = filter.Track();
        for (var hour = 0; hour < hours; hour++)
        {
            Advance(filter, layout, hour);
            foreach (var (measured, _) in arrivals.Where(arrival => arrival.Arrives == hour))
                Tell(filter, joint, Signal.Station, measured, hour - measured, random.Normal(), 0.03);
            // An hour in which nothing was released, and one in which the area alone was measured.
            if (hour is not (4 or 7))
                Tell(filter, joint, Signal.Outside, hour, 0, random.Normal(), 0.05);
            if (hour != 4)
                Tell(filter, joint, Signal.Inside, hour, 0, random.Normal(), 0.09);
            tracked.Add(filter.Track());
            filter.AddTo(tracked[^1], filter.Current(Signal.Inside).Mean, slope: 1);
            if (hour < 8)
                filter.AddTo(sum, (hour + 1) * filter.Current(Signal.Inside).Mean, hour + 1);
        }

        for (var hour = 0; hour < hours; hour++)
            AssertEqual(joint.Of(((int)Signal.Inside, Window(hour), 1)), tracked[hour].Mean - filter.Level, tracked[hour].Variance);
        AssertEqual(
            joint.Of([.. Enumerable.Range(0, 8).Select(hour => ((int)Signal.Inside, Window(hour), hour + 1.0))]),
                sum.Mean - 36 * filter.Level, sum.Variance);
        foreach (var signal in stationDelays.Length == 0 ? [Signal.Inside, Signal.Outside] : Enum.GetValues<Signal>())
        {
            var current = filter.Current(signal);
            AssertEqual(joint.Of(((int)signal, Window(hours - 1), 1)), current.Mean - filter.Level, current.Variance);
        }
    }

    [Fact]
    public void What_the_updates_return_adds_up_to_the_density_of_everything_measured()
    {
        var random = new Random(6);
        var (filter, joint) = (AreaFilter.Start(StateLayout.WithStations, Quantity.Pm25, Parameters, Own),
            new JointNormal(Parameters, Zone, Places));
        var sum = 0.0;
        for (var hour = 0; hour < 10; hour++)
        {
            Advance(filter, StateLayout.WithStations, hour);
            sum += Tell(filter, joint, Signal.Station, hour, 0, 0.5 * random.Normal(), 0.1);
            sum += Tell(filter, joint, Signal.Inside, hour, 0, 0.5 * random.Normal(), 0.2);
        }
        Assert.Equal(joint.LogDensity(), sum, 9);
    }

    [Fact]
    public void A_measurement_far_out_counts_less_in_the_density_than_a_normal_distribution_has_it()
    {
        double Density(double value)
        {
            var filter = AreaFilter.Start(StateLayout.WithoutStations, Quantity.Pm25, Parameters, Own);
            Advance(filter, StateLayout.WithoutStations, 0);
            return filter.Update(Signal.Inside, new Moments(filter.Level + value, 0.1));
        }
        var deviation = Math.Sqrt(Prior().Variance + 0.1);
        // The root of twenty deviations is the edge: -20/2. Thirty would be -900/2.
        Assert.Equal(-4.5, Density(3 * deviation) - Density(0), 9);
        Assert.Equal(-10, Density(Math.Sqrt(20) * deviation) - Density(0), 9);
        Assert.InRange(Density(30 * deviation) - Density(0), -60, -10);
        Assert.True(Density(30 * deviation) < Density(20 * deviation));
    }

    [Fact]
    public void A_bridge_over_hours_without_measurements_is_the_same_as_going_hour_by_hour()
    {
        AreaFilter Start()
        {
            var filter = AreaFilter.Start(StateLayout.WithoutStations, Quantity.Pm25, Parameters, Own);
            Advance(filter, StateLayout.WithoutStations, 0);
            filter.Update(Signal.Inside, new Moments(filter.Level + 1, 0.05));
            return filter;
        }
        var (steps, bridge) = (Start(), Start());
        for (var hour = 1; hour <= 6; hour++)
            Advance(steps, StateLayout.WithoutStations, hour);
        Advance(bridge, StateLayout.WithoutStations, 6, hours: 6);
        AssertEqual(steps.Current(Signal.Inside), bridge.Current(Signal.Inside).Mean, bridge.Current(Signal.Inside).Variance);
    }

    [Fact]
    public void A_filter_that_does_not_smooth_leaves_past_hours_as_they_were()
    {
        var filter = AreaFilter.Start(StateLayout.WithoutStations, Quantity.Pm25, Parameters, Own, smooths: false);
        Advance(filter, StateLayout.WithoutStations, 0);
        var sum = filter.Track();
        filter.AddTo(sum, filter.Current(Signal.Inside).Mean, slope: 1);
        var before = new Moments(sum.Mean, sum.Variance);
        Advance(filter, StateLayout.WithoutStations, 1);
        filter.Update(Signal.Inside, new Moments(filter.Level + 2, 0.01));
        Assert.Equal(before, new Moments(sum.Mean, sum.Variance));
    }

    [Fact]
    public void Areas_differ_more_where_there_is_less()
    {
        double Variance(double city, double exponent)
        {
            var filter = AreaFilter.Start(StateLayout.WithStations, Quantity.Pm25, Parameters with { LevelExponent = exponent }, Own);
            Advance(filter, StateLayout.WithStations, 0);
            // Told again and again, the city is known.
            for (var hour = 1; hour <= 500; hour++)
            {
                Advance(filter, StateLayout.WithStations, hour);
                filter.Update(Signal.Outside, new Moments(filter.Level + city, 1e-4));
            }
            return filter.Current(Signal.Inside).Variance;
        }
        Assert.Equal(Variance(0, 0.2), Variance(0, 0), 0.01 * Variance(0, 0));
        Assert.InRange(Variance(-1, 0.2), 1.1 * Variance(0, 0.2), Math.Exp(0.4) * Variance(0, 0.2));
        Assert.InRange(Variance(1, 0.2), Math.Exp(-0.4) * Variance(0, 0.2), 0.9 * Variance(0, 0.2));
        // Nobody knows the law far out.
        Assert.Equal(Variance(-2.5, 0.2), Variance(-6, 0.2), 0.05 * Variance(-2.5, 0.2));
    }

    [Fact]
    public void What_an_area_has_in_one_hour_alone_is_forgotten_in_the_next()
    {
        var calm = Parameters with
        {
            OffsetDeviation = 1e-4, LocalDeviation = 1e-4, SlowDeviation = 1e-4, HouseholdBias = 0, HouseholdVariation = 0,
        };
        var white = calm with { WhiteDeviation = 0.5 };
        var filter = AreaFilter.Start(
            StateLayout.WithoutStations, Quantity.Pm25, white, new AreaSpread(Spread.Of(white, default, 12), Spread.Of(calm, default, 80)));
        for (var hour = 0; hour < 100; hour++)
        {
            Advance(filter, StateLayout.WithoutStations, hour, parameters: white);
            filter.Update(Signal.Outside, new Moments(filter.Level, 1e-4));
        }
        filter.Update(Signal.Inside, new Moments(filter.Level + 1, 1e-4));
        Assert.Equal(1, filter.Current(Signal.Inside).Mean - filter.Level, 0.05);
        Assert.Equal(0, filter.Current(Signal.Outside).Mean - filter.Level, 0.05);
        Advance(filter, StateLayout.WithoutStations, 100, parameters: white);
        Assert.Equal(0, filter.Current(Signal.Inside).Mean - filter.Level, 0.05);
    }

    [Fact]
    public void A_fork_expects_what_its_origin_expects_and_is_less_sure()
    {
        var filter = AreaFilter.Start(StateLayout.WithStations, Quantity.Pm25, Parameters, Own);
        Advance(filter, StateLayout.WithStations, 0);
        filter.Update(Signal.Inside, new Moments(filter.Level + 1, 0.02));
        var fork = filter.Fork(Parameters, Own);
        var (origin, copy) = (filter.Current(Signal.Inside), fork.Current(Signal.Inside));
        Assert.Equal(origin.Mean, copy.Mean, 12);
        // What an area has in one hour alone is the hour's, and begins anew in the next.
        Assert.Equal(origin.Variance + Own.Inside.Total - Own.Inside.White, copy.Variance, 12);
        // They go on apart.
        fork.Update(Signal.Inside, new Moments(filter.Level - 1, 0.02));
        Assert.Equal(origin, filter.Current(Signal.Inside));
    }

    /// <remarks>
    /// Seven areas, of which each hour has a noise of 2.2 on the model scale: three owners at epsilon 1, some of them clipped. The station
    /// is told nearly without noise, so how sure a day is depends on how well its lasting difference is known.
    /// </remarks>
    [Fact]
    public void How_a_stations_instrument_differs_is_learnt_from_three_owners_an_area_and_not_forgotten_within_weeks()
    {
        var lasting = DayDeviation(Parameters);
        Assert.InRange(lasting, 0, 0.97 * DayDeviation(Parameters with { StationOffsetMemory = 1500 }));
        Assert.InRange(lasting, 0, 1.04 * DayDeviation(Parameters with { StationOffsetDeviation = 0.001 }));
    }

    /// <summary>How unsure the mean of the hundredth day is, three owners an area and a station, as a standard deviation.</summary>
    static double DayDeviation(ModelParameters parameters)
    {
        const double noise = 4.7;
        var own = Spread.Of(parameters, default, owners: 3);
        var others = new Spread(own.Offset / 6, own.Local / 6, own.Slow / 6, own.White / 6);
        var filter = AreaFilter.Start(StateLayout.WithStations, Quantity.Pm25, parameters, new AreaSpread(own, others));
        var day = filter.Track();
        for (var hour = 0; hour < 100 * 24; hour++)
        {
            Advance(filter, StateLayout.WithStations, hour, parameters: parameters);
            filter.Update(Signal.Station, new Moments(filter.Level, 0.0004));
            filter.Update(Signal.Outside, new Moments(filter.Level, noise / 6));
            filter.Update(Signal.Inside, new Moments(filter.Level, noise));
            if (hour >= 99 * 24)
                filter.AddTo(day, filter.Level, slope: 1);
        }
        return Math.Sqrt(day.Variance) / 24;
    }

    static Moments Prior()
    {
        var joint = new JointNormal(Parameters, Zone, Places);
        return joint.Of(((int)Signal.Inside, First, 1));
    }

    static HourWindow Window(int hour) => new(First.Index + hour);

    static void Advance(AreaFilter filter, StateLayout layout, int hour, int hours = 1, ModelParameters? parameters = null)
    {
        var row = StateLayout.CityRow(Window(hour), Zone);
        filter.Advance(
            new Transition(layout, parameters ?? Parameters, StateLayout.CityRow(Window(hour - hours), Zone), hours),
            [layout.Row(Signal.Inside, row), layout.Row(Signal.Outside, row), layout.HasStations ? layout.Row(Signal.Station, row) : []]);
    }

    static double Tell(AreaFilter filter, JointNormal joint, Signal signal, int hour, int delay, double value, double noise)
    {
        joint.Observe((int)signal, Window(hour), value, signal == Signal.Outside ? noise + Own.Outside.White : noise);
        var measured = new Moments(filter.Level + value, noise);
        return delay == 0 ? filter.Update(signal, measured) : filter.UpdatePast(delay, measured);
    }

    static void AssertEqual(Moments expected, double mean, double variance)
    {
        Assert.Equal(expected.Mean, mean, 9);
        Assert.Equal(expected.Variance, variance, 9);
    }
}
