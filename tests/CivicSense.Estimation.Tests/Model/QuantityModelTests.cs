using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>All areas of a quantity together.</summary>
public sealed class QuantityModelTests
{
    static readonly PrivacyDay Friday = PrivacyDay.Parse("2026-05-01");
    /// <summary>All that is linear.</summary>
    static readonly ModelParameters Parameters = ModelParameters.Prior(Quantity.Pm25) with { LevelExponent = 0 };

    /// <summary>The second area lies nearly twice as far from the city as the first.</summary>
    static readonly ModelParameters OfAKind = Parameters with { AreaFactors = Parameters.AreaFactors.Add(Area.Parse("0311"), 1.7) };

    [Fact]
    public void A_neighbourhood_of_two_areas_that_differ_in_kind_is_exact()
    {
        var (context, model, random) = (Context(12, 40), Model(StateLayout.WithStations, OfAKind), new Random(7));
        var joint = Joint(context, OfAKind);
        for (var hour = 0; hour < 10; hour++)
        {
            var window = context.Windows[hour];
            model.Advance(context, window, _ => context);
            Stations(model, joint, window, random.Normal());
            model.Measure([Measured(joint, window, 0, random.Normal(), 0.2), Measured(joint, window, 1, random.Normal(), 0.05)]);
            model.Track(isReleased: true);
            for (var area = 0; area < 2; area++)
                AssertEqual(joint.Of((area, window, 1)), Current(model, context.Plan.Areas[area].Area));
        }
    }

    [Fact]
    public void The_parent_of_two_equal_areas_is_exact()
    {
        var (context, model, random) = (Context(25, 25), Model(StateLayout.WithStations), new Random(8));
        var joint = Joint(context);
        var parent = context.Nodes.Single(node => node.Key.IsJoint).Key;
        for (var hour = 0; hour < 10; hour++)
        {
            var window = context.Windows[hour];
            model.Advance(context, window, _ => context);
            Stations(model, joint, window, random.Normal());
            model.Measure([Measured(joint, window, 0, random.Normal(), 0.1), Measured(joint, window, 1, random.Normal(), 0.1)]);
            model.Track(isReleased: true);
            AssertEqual(joint.Of((0, window, 0.5), (1, window, 0.5)), Current(model, parent));
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(30, false)]
    public void A_station_value_counts_while_it_is_at_most_three_hours_late(int delay, bool counts)
    {
        var (context, model) = (Context(20, 20), Model(StateLayout.WithStations));
        model.Advance(context, context.Windows[0], _ => context);
        for (var hour = 1; hour <= 5; hour++)
            model.Advance(context, context.Windows[hour], _ => context);
        var before = Current(model, context.Plan.Areas[0].Area);
        model.MeasureStations(new HourWindow(context.Windows[5].Index - delay), new Moments(5, 0.01));
        var after = Current(model, context.Plan.Areas[0].Area);
        Assert.Equal(counts, after != before);
        Assert.Equal(counts, after.Variance < before.Variance);
    }

    [Fact]
    public void A_station_value_from_before_the_first_hour_is_ignored()
    {
        var (context, model) = (Context(20, 20), Model(StateLayout.WithStations));
        model.Advance(context, context.Windows[0], _ => context);
        var before = Current(model, context.Plan.Areas[0].Area);
        model.MeasureStations(new HourWindow(context.Windows[0].Index - 1), new Moments(5, 0.01));
        Assert.Equal(before, Current(model, context.Plan.Areas[0].Area));
    }

    [Fact]
    public void A_station_value_from_a_gap_that_was_crossed_in_one_step_is_ignored()
    {
        var (context, model) = (Context(20, 20), Model(StateLayout.WithStations));
        model.Advance(context, context.Windows[0], _ => context);
        var later = new PlanContext(
            Plan(new PrivacyDay(Friday.Date.AddDays(4)), 20, 20), [new OwnerCount(20, 0), new OwnerCount(20, 0)]);
        model.Advance(later, later.Windows[0], _ => null);
        var before = Current(model, context.Plan.Areas[0].Area);
        model.MeasureStations(new HourWindow(later.Windows[0].Index - 1), new Moments(5, 0.01));
        Assert.Equal(before, Current(model, context.Plan.Areas[0].Area));
    }

    /// <remarks>A plan may leave out a quantity that the stations go on to have: its model then stays behind.</remarks>
    [Fact]
    public void A_station_value_of_an_hour_that_the_model_has_not_reached_is_ignored()
    {
        var (context, model) = (Context(20, 20), Model(StateLayout.WithStations));
        model.Advance(context, context.Windows[0], _ => context);
        Moments[] All() => Array.ConvertAll(Enum.GetValues<Signal>(),
            model[new FilterKey(context.Plan.Areas[0].Area, IsJoint: false)].Current);
        var before = All();
        foreach (var ahead in context.Windows[1..12])
            model.MeasureStations(ahead, new Moments(5, 0.01));
        Assert.Equal(before, All());
    }

    [Fact]
    public void An_area_of_which_nothing_was_released_learns_from_the_other()
    {
        var (context, model) = (Context(20, 20), Model(StateLayout.WithoutStations));
        var joint = Joint(context);
        model.Advance(context, context.Windows[0], _ => context);
        model.Measure([null, Measured(joint, context.Windows[0], 1, 1, 0.05)]);
        AssertEqual(joint.Of((0, context.Windows[0], 1)), Current(model, context.Plan.Areas[0].Area));
    }

    [Fact]
    public void An_area_that_has_gone_keeps_its_own_kind()
    {
        var gone = Area.Parse("0312");
        var parameters = Parameters with { AreaFactors = OfAKind.AreaFactors.Add(Area.Parse("0310"), 3).Add(gone, 0.5) };
        var pooling = new AreaPooling(Context(20, 20), 0, parameters);
        var inside = pooling.Bystander(new FilterKey(gone, IsJoint: false)).Spread.Inside;
        Assert.Equal(0.25 * Parameters.SlowDeviation * Parameters.SlowDeviation, inside.Slow, 12);
        Assert.Equal(9 * Parameters.SlowDeviation * Parameters.SlowDeviation, pooling.Spreads[0].Slow, 12);
    }

    static QuantityModel Model(StateLayout layout, ModelParameters? parameters = null) =>
        new(Quantity.Pm25, Friday.Windows(TimeZoneInfo.Utc)[0], parameters ?? Parameters, layout, new EstimatorOptions());

    static PlanContext Context(params int[] owners) =>
        new(Plan(Friday, owners), Array.ConvertAll(owners, count => new OwnerCount(count, 0)));

    /// <summary>The two areas are the first two places, the stations the third.</summary>
    static JointNormal Joint(PlanContext context, ModelParameters? parameters = null)
    {
        var of = parameters ?? Parameters;
        var areas = context.Plan.Areas.Zip(context.Owners, (area, count) => Spread.Of(of, area.Area, count.Value));
        return new JointNormal(of, context.Zone, [.. areas, Spread.OfStations(of)]);
    }

    static ReleasePlan Plan(PrivacyDay day, params int[] owners) => new()
    {
        Day = day, TimeZone = "UTC", FirstWindow = day.Windows(TimeZoneInfo.Utc)[0], LastWindow = day.Windows(TimeZoneInfo.Utc)[^1],
        Areas = [.. owners.Select((count, area) => new PlannedArea(Area.Parse($"031{area}"), count))],
        Quantities = [new(Quantity.Pm25, 0.95m, 0.78, Math.Log(3))],
        Rho = 0.028m, Sigma = 4.2, Grid = 1 << 20, ActivityWeight = 1 << 17,
    };

    static Moments Current(QuantityModel model, Area area) => Current(model, new FilterKey(area, IsJoint: false));

    /// <summary>The present value, as a deviation from the prior mean.</summary>
    static Moments Current(QuantityModel model, FilterKey key)
    {
        var current = model[key].Current(Signal.Inside);
        return current with { Mean = current.Mean - Level };
    }

    static double Level => Quantity.Pm25.ToModelScale(Quantity.Pm25.PriorMean);

    static void Stations(QuantityModel model, JointNormal joint, HourWindow window, double value)
    {
        joint.Observe(2, window, value, 0.02);
        model.MeasureStations(window, new Moments(Level + value, 0.02));
    }

    static StraightMeasurement Measured(JointNormal joint, HourWindow window, int area, double value, double noise)
    {
        joint.Observe(area, window, value, noise);
        return new StraightMeasurement(new Moments(Level + value, noise));
    }

    static void AssertEqual(Moments expected, Moments actual)
    {
        Assert.Equal(expected.Mean, actual.Mean, 9);
        Assert.Equal(expected.Variance, actual.Variance, 9);
    }

    sealed class StraightMeasurement(Moments measured) : IAreaMeasurement
    {
        public Moments Straight(Moments expected) => measured;
    }
}
