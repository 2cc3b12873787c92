using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

public sealed class AreaMeasurementTests
{
    static readonly PrivacyDay Day = PrivacyDay.Parse("2026-05-01");

    /// <remarks>With room for everybody's residuals the response is straight: its slope is the share of hours with a value.</remarks>
    [Fact]
    public void Far_below_the_limits_a_sum_is_read_as_it_stands()
    {
        var plan = Plan(weight: 0.05, cap: 3);
        var straight = Measure(plan, new OwnerCount(40, 0), residual: 0.2).Straight(new Moments(Baseline + 0.1, 0.01));
        // The households' own differences average out nearly: to 0.02.
        Assert.InRange(straight.Mean - Baseline - 0.2 / ImaginedHouseholds.Presence, -0.02, 0.02);
        Assert.Equal(Math.Pow(4.2 / (0.05 * 40 * ImaginedHouseholds.Presence), 2), straight.Variance, 2);
    }

    [Fact]
    public void More_owners_make_a_sum_more_precise()
    {
        double Noise(double owners) => Measure(Plan(0.05, 3), new OwnerCount(owners, 0), 0.2)
            .Straight(new Moments(Baseline, 0.01)).Variance;
        Assert.Equal(4, Noise(20) / Noise(40), 3);
    }

    [Fact]
    public void Not_knowing_the_owners_adds_noise_in_proportion_to_the_residual()
    {
        double Added(double residual)
        {
            var expected = new Moments(Baseline + residual, 1e-6);
            return Measure(Plan(0.05, 3), new OwnerCount(40, 10), residual).Straight(expected).Variance
                - Measure(Plan(0.05, 3), new OwnerCount(40, 0), residual).Straight(expected).Variance;
        }
        Assert.InRange(Added(0.4), 0.9 * Math.Pow(0.25 * 0.4, 2), 1.1 * Math.Pow(0.25 * 0.4, 2));
        Assert.InRange(Added(0.4) / Added(0.2), 3.5, 4.5);
    }

    [Fact]
    public void Where_everybody_is_clipped_a_sum_says_nothing()
    {
        var straight = Measure(Plan(0.78, 0.1), new OwnerCount(40, 0), residual: 0.1).Straight(new Moments(Baseline + 3, 0.01));
        Assert.Equal(double.PositiveInfinity, straight.Variance);
    }

    [Fact]
    public void Where_most_are_clipped_a_sum_says_little()
    {
        double Noise(double cap) => Measure(Plan(0.78, cap), new OwnerCount(40, 0), 0.3)
            .Straight(new Moments(Baseline + 0.4, 0.01)).Variance;
        Assert.True(Noise(0.3) > 2 * Noise(2));
    }

    /// <remarks>Of 4,000 owners, so that the noise of the release is next to nothing beside what is told apart here.</remarks>
    [Fact]
    public void At_noon_of_a_day_that_has_spent_much_a_clipped_sum_says_less_than_its_noise_and_its_line_claim()
    {
        var plan = Plan(0.78, cap: 3) with { Pacing = 1.5m };
        var context = new PlanContext(plan, [new OwnerCount(4000, 0)]);
        var noon = plan.Windows().ElementAt(12);
        foreach (var window in plan.Windows().TakeWhile(window => window <= noon))
        {
            context.Households.Begin(window);
            if (window < noon)
                context.Households.Spend(0, 0, Baseline, new Moments(1, 1e-6));
        }
        var (residual, sum) = (new Moments(0.3, 0.04), (long)(plan.Grid * 0.78 * 4000 * 0.3));
        var released = new NoisyMeasurement(noon, plan.Areas[0].Area, Quantity.Pm25, sum, 15, 1);
        var straight = new AreaMeasurement(context, 0, 0, released).Straight(residual with { Mean = Baseline + residual.Mean });

        var line = StraightLine.Of(residual, context.Households.Response(0, 0, Baseline + residual.Mean).At);
        var noise = Math.Pow(4.2 / (0.78 * 4000), 2);
        Assert.True(straight.Variance * line.Slope * line.Slope > 1.05 * (noise + line.Variance));
    }

    /// <remarks>Each of 40 owners adds at most the cap, and noise seldom adds more than three of its deviations.</remarks>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_sum_that_the_active_owners_cannot_have_contributed_counts_as_the_most_that_they_can(int sign)
    {
        const double Cap = 0.3, Weight = 0.78;
        double Read(double residual) => Measure(Plan(Weight, Cap), new OwnerCount(40, 0), sign * residual)
            .Straight(new Moments(Baseline, 0.04)).Mean;
        var most = Cap + 3 * 4.2 / (Weight * 40);
        Assert.Equal(Read(most), Read(20 * Cap), 6);
        Assert.True(sign * (Read(most) - Read(0.95 * most)) > 0.001);
    }

    static double Baseline => Quantity.Pm25.ToModelScale(15);

    static AreaMeasurement Measure(ReleasePlan plan, OwnerCount owners, double residual)
    {
        var context = new PlanContext(plan, [owners]);
        context.Households.Begin(plan.FirstWindow);
        var sum = (long)(plan.Grid * plan.Quantities[0].Weight * owners.Value * residual);
        return new AreaMeasurement(context, 0, 0, new NoisyMeasurement(plan.FirstWindow, plan.Areas[0].Area, Quantity.Pm25, sum, 15, 1));
    }

    static ReleasePlan Plan(double weight, double cap) => new()
    {
        Day = Day, TimeZone = "UTC", FirstWindow = Day.Windows(TimeZoneInfo.Utc)[0], LastWindow = Day.Windows(TimeZoneInfo.Utc)[^1],
        Areas = [new(Area.Parse("0310"), 40)], Quantities = [new(Quantity.Pm25, 0.95m, weight, cap)],
        Rho = 0.028m, Sigma = 4.2, Grid = 1 << 20, ActivityWeight = 1 << 17, Pacing = 0,
    };
}
