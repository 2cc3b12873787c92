using System.Globalization;

namespace CivicSense.Estimation.Tests.Indices.Sound;

public sealed class DayPeriodsTests
{
    [Fact]
    public void Standard_is_twelve_four_and_eight_hours()
    {
        Assert.Equal((12.0, 4.0, 8.0), Hours(DayPeriods.Standard));
        Assert.Equal((12.0, 4.0, 8.0), Hours(DayPeriods.France));
        Assert.Equal(new TimeOnly(6, 0), DayPeriods.France.DayStart);
    }

    [Fact]
    public void Evening_may_be_shorter_and_the_night_begin_at_midnight()
    {
        Assert.Equal((14.0, 2.0, 8.0), Hours(Of(7, 21, 23)));
        Assert.Equal((13.0, 4.0, 7.0), Hours(Of(7, 20, 0)));
    }

    [Theory]
    [InlineData(7, 23, 19)] // in the wrong order
    [InlineData(7, 7, 7)]
    [InlineData(7, 22, 23)] // an evening of one hour
    [InlineData(7, 18, 23)] // an evening of five
    [InlineData(7, 7, 11)] // no day
    [InlineData(23, 19, 23)] // no night
    public void Periods_that_the_directive_does_not_allow_are_refused(int day, int evening, int night) =>
        Assert.Throws<ArgumentException>(() => Of(day, evening, night));

    [Theory]
    // Europe/London: the night before 29 March 2026 loses the hour from 1 to 2, that before 25 October gains one.
    [InlineData("Europe/London", "2026-03-27", 8)]
    [InlineData("Europe/London", "2026-03-28", 7)]
    [InlineData("Europe/London", "2026-10-24", 9)]
    // Lord Howe Island moves its clocks by half an hour: back on 5 April, forward on 4 October.
    [InlineData("Australia/Lord_Howe", "2026-04-04", 8.5)]
    [InlineData("Australia/Lord_Howe", "2026-10-03", 7.5)]
    [InlineData("Asia/Kolkata", "2026-03-28", 8)]
    public void Night_is_as_long_as_it_was(string zone, string date, double hours)
    {
        var boundaries = DayPeriods.Standard.Boundaries(
            DateOnly.Parse(date, CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal(hours, (boundaries.End - boundaries.Night).TotalHours);
        Assert.Equal(12, (boundaries.Evening - boundaries.Day).TotalHours);
        Assert.Equal(4, (boundaries.Night - boundaries.Evening).TotalHours);
    }

    [Fact]
    public void Nights_and_days_meet()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Australia/Lord_Howe");
        for (var date = new DateOnly(2026, 1, 1); date.Year == 2026; date = date.AddDays(1))
            Assert.Equal(DayPeriods.Standard.Boundaries(date, zone).End, DayPeriods.Standard.Boundaries(date.AddDays(1), zone).Day);
    }

    [Fact]
    public void Boundary_that_the_clock_skips_is_when_it_jumps()
    {
        // Beirut's clocks went from 0:00 to 1:00 on 29 March 2026: midnight did not happen.
        var boundaries = Of(6, 20, 0).Boundaries(new DateOnly(2026, 3, 28), TimeZoneInfo.FindSystemTimeZoneById("Asia/Beirut"));
        Assert.Equal(new DateTimeOffset(2026, 3, 28, 22, 0, 0, TimeSpan.Zero), boundaries.Night.ToUniversalTime());
        Assert.Equal(5, (boundaries.End - boundaries.Night).TotalHours);
    }

    [Fact]
    public void Boundary_that_the_clock_shows_twice_is_the_first()
    {
        // Havana's clocks went from 1:00 back to 0:00 on 1 November 2026: midnight came at 4:00 and at 5:00 UTC.
        var boundaries = Of(6, 20, 0).Boundaries(new DateOnly(2026, 10, 31), TimeZoneInfo.FindSystemTimeZoneById("America/Havana"));
        Assert.Equal(new DateTimeOffset(2026, 11, 1, 4, 0, 0, TimeSpan.Zero), boundaries.Night.ToUniversalTime());
        Assert.Equal(7, (boundaries.End - boundaries.Night).TotalHours);
    }

    static DayPeriods Of(int day, int evening, int night) => new(new TimeOnly(day, 0), new TimeOnly(evening, 0), new TimeOnly(night, 0));

    static (double Day, double Evening, double Night) Hours(DayPeriods periods) =>
        (periods.Day.TotalHours, periods.Evening.TotalHours, periods.Night.TotalHours);
}
