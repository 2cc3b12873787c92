using System.Globalization;
using CivicSense.Commons;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Estimation.Tests;

public sealed class PeriodTests
{
    static TimeZoneInfo London => TimeZoneInfo.FindSystemTimeZoneById("Europe/London");

    [Theory]
    [InlineData("2026-12-31", "2026-12-28", "2027-01-03")]
    [InlineData("2027-01-01", "2026-12-28", "2027-01-03")]
    [InlineData("2027-01-04", "2027-01-04", "2027-01-10")]
    [InlineData("2024-12-30", "2024-12-30", "2025-01-05")]
    public void A_week_goes_from_Monday_to_Sunday_also_over_the_end_of_a_year(string day, string first, string last)
    {
        var week = Of(day, Resolution.Week);
        Assert.Equal((PrivacyDay.Parse(first), PrivacyDay.Parse(last)), (week.First, week.Last));
    }

    [Theory]
    [InlineData("2026-02-14", "2026-02-01", "2026-02-28")]
    [InlineData("2028-02-14", "2028-02-01", "2028-02-29")]
    [InlineData("2026-12-31", "2026-12-01", "2026-12-31")]
    public void A_month_is_a_month_of_the_calendar(string day, string first, string last)
    {
        var month = Of(day, Resolution.Month);
        Assert.Equal((PrivacyDay.Parse(first), PrivacyDay.Parse(last)), (month.First, month.Last));
    }

    /// <remarks>Two days are of one week if ISO 8601 numbers their weeks alike, year included.</remarks>
    [Fact]
    public void Weeks_are_those_of_ISO_8601() => Prop.ForAll(
        Gen.Choose(0, 40_000).Select(number => new DateOnly(1990, 1, 1).AddDays(number)).ToArbitrary(), date =>
        {
            var week = Period.Of(new PrivacyDay(date)).Single(period => period.Resolution == Resolution.Week);
            Assert.Equal(Number(date), Number(week.First.Date));
            Assert.Equal(Number(date), Number(week.Last.Date));
            Assert.NotEqual(Number(date), Number(week.First.Date.AddDays(-1)));
            Assert.NotEqual(Number(date), Number(week.Last.Date.AddDays(1)));

            static (int, int) Number(DateOnly day) =>
                (ISOWeek.GetYear(day.ToDateTime(TimeOnly.MinValue)), ISOWeek.GetWeekOfYear(day.ToDateTime(TimeOnly.MinValue)));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("2026-05-01", 24, 7 * 24, 31 * 24)]
    [InlineData("2026-03-29", 23, 7 * 24 - 1, 31 * 24 - 1)]
    [InlineData("2026-10-25", 25, 7 * 24 + 1, 31 * 24 + 1)]
    public void Days_on_which_clocks_change_have_an_hour_less_or_more(string day, int dayHours, int weekHours, int monthHours)
    {
        Assert.Equal(dayHours, Of(day, Resolution.Day).Hours(London));
        Assert.Equal(weekHours, Of(day, Resolution.Week).Hours(London));
        Assert.Equal(monthHours, Of(day, Resolution.Month).Hours(London));
    }

    [Fact]
    public void A_period_begins_and_ends_at_the_zones_midnight()
    {
        var may = Of("2026-05-20", Resolution.Month);
        Assert.Equal(new DateTimeOffset(2026, 4, 30, 23, 0, 0, TimeSpan.Zero), may.Start(London));
        Assert.Equal(new DateTimeOffset(2026, 5, 31, 23, 0, 0, TimeSpan.Zero), may.End(London));
    }

    static Period Of(string day, Resolution resolution) =>
        Period.Of(PrivacyDay.Parse(day)).Single(period => period.Resolution == resolution);
}
