using CivicSense.Commons;
using Calendar = CivicSense.Benchmarks.Utility.Calendar;

namespace CivicSense.Benchmarks.Tests.Utility.Scenes;

public sealed class CalendarTests
{
    [Fact]
    public void Only_whole_weeks_and_months_are_periods()
    {
        // From Friday 1 March to Tuesday 16 April 2013.
        var calendar = new Calendar(TimeZoneInfo.Utc, PrivacyDay.Parse("2013-03-01"), 47);

        Assert.Equal(47, calendar.Periods(Resolution.Day).Count);
        Assert.Equal(47 * 24, calendar.Periods(Resolution.Hour).Count);
        Assert.Equal(Enumerable.Range(0, 6).Select(week => (3 + (7 * week)) * 24),
            calendar.Periods(Resolution.Week).Select(week => week.FirstHour));
        var month = Assert.Single(calendar.Periods(Resolution.Month));
        Assert.Equal((0, 31 * 24), (month.FirstHour, month.Hours));
    }

    [Fact]
    public void A_day_on_which_clocks_change_has_23_hours()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

        var calendar = new Calendar(zone, PrivacyDay.Parse("2019-03-30"), 3);

        Assert.Equal([24, 23, 24], calendar.Periods(Resolution.Day).Select(day => day.Hours));
        Assert.Equal(new DateTimeOffset(2019, 3, 31, 23, 0, 0, TimeSpan.Zero), calendar.Periods(Resolution.Day)[2].Start);
    }
}
