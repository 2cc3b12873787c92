namespace CivicSense.Commons.Tests.Planning;

/// <summary>Which share of an owner's budget a quantity may take in an hour: docs/decisions/0011-pacing.md.</summary>
public sealed class PaceTests
{
    /// <summary>21 windows; 0.40 for particles and 0.30 for sound, so 4/7 and 3/7 of what is left.</summary>
    static readonly ReleasePlan Plan = Sample.Plan();

    static readonly ReleasePlan OneQuantity = Plan with { Quantities = [Plan.Quantities[0]] };

    [Fact]
    public void The_default_is_two_and_a_quarter_times_an_even_part()
    {
        Assert.Equal(1.5m, Plan.Pacing);
        Assert.Equal(2.25 / 21 * 4 / 7, Plan.Pace(0, Plan.FirstWindow), 1e-15);
        Assert.Equal(2.25 / 21 * 3 / 7, Plan.Pace(1, Plan.FirstWindow), 1e-15);
        Assert.Equal(2.25 / 20 * 4 / 7, Plan.Pace(0, Plan.FirstWindow.Next), 1e-15);
    }

    [Fact]
    public void A_single_quantity_may_take_all_in_the_last_window() => Assert.All(
        (decimal[])[0, 1, 1.5m, 5], pacing => Assert.Equal(1, (OneQuantity with { Pacing = pacing }).Pace(0, Plan.LastWindow)));

    [Fact]
    public void The_paces_of_an_hour_never_ask_for_more_than_there_is()
    {
        foreach (var pacing in (decimal[])[1, 1.5m, 5])
        {
            var plan = Plan with { Pacing = pacing };
            Assert.All(plan.Windows(), window => Assert.InRange(plan.Pace(0, window) + plan.Pace(1, window), 1.0 / 21, 1 + 1e-15));
            // What is over for one quantity does not go to the other.
            Assert.Equal(4.0 / 7, plan.Pace(0, plan.LastWindow), 1e-15);
            Assert.Equal(3.0 / 7, plan.Pace(1, plan.LastWindow), 1e-15);
        }
    }

    [Fact]
    public void Whoever_takes_an_even_pace_all_day_takes_the_same_in_every_hour()
    {
        var plan = OneQuantity with { Pacing = 1 };
        var left = 1.0;
        foreach (var window in plan.Windows())
        {
            var taken = plan.Pace(0, window) * left;
            Assert.Equal(1.0 / 21, taken, 1e-12);
            left -= taken;
        }
    }

    [Fact]
    public void A_day_that_began_late_is_paced_over_what_there_is_of_it()
    {
        var late = OneQuantity with { FirstWindow = new HourWindow(Plan.LastWindow.Index - 2) };
        Assert.Equal(2.25 / 3, late.Pace(0, late.FirstWindow), 1e-15);
    }

    [Theory]
    [InlineData("2026-03-29", 23)]
    [InlineData("2026-06-01", 24)]
    [InlineData("2026-10-25", 25)]
    public void Days_of_a_changed_clock_are_paced_by_the_windows_that_they_have(string date, int hours)
    {
        var windows = PrivacyDay.Parse(date).Windows(TimeZoneInfo.FindSystemTimeZoneById("Europe/London"));
        var plan = OneQuantity with { Day = PrivacyDay.Parse(date), FirstWindow = windows[0], LastWindow = windows[^1] };
        Assert.Equal(2.25 / hours, plan.Pace(0, windows[0]), 1e-15);
        Assert.Equal(2.25 / (hours - 5), plan.Pace(0, windows[5]), 1e-15);
    }

    [Fact]
    public void Without_pacing_any_hour_may_take_all()
    {
        var plan = Plan with { Pacing = 0 };
        Assert.All(plan.Windows(), window => Assert.Equal((1, 1), (plan.Pace(0, window), plan.Pace(1, window))));
    }

    [Fact]
    public void A_window_of_another_day_has_no_pace()
    {
        foreach (var plan in (ReleasePlan[])[Plan, Plan with { Pacing = 0 }])
        {
            Assert.Throws<ArgumentOutOfRangeException>("window", () => plan.Pace(0, plan.LastWindow.Next));
            Assert.Throws<ArgumentOutOfRangeException>("window", () => plan.Pace(0, new HourWindow(plan.FirstWindow.Index - 1)));
        }
    }
}
