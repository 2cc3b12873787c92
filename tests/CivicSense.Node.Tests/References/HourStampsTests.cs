using System.Globalization;
using CivicSense.Commons;
using CivicSense.Node.References;

namespace CivicSense.Node.Tests.References;

/// <summary>Times of a local clock; in 2026 that of Amsterdam goes back on 25 October at 3:00 and forward on 29 March at 2:00.</summary>
public sealed class HourStampsTests
{
    static readonly ReferenceFormat Amsterdam = new() { TimeZone = "Europe/Amsterdam" };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_rows_with_the_repeated_hour_are_the_earlier_and_the_later_in_the_order_of_the_source(bool newestFirst)
    {
        string[] rows = ["2026-10-25 01:00", "2026-10-25 02:00", "2026-10-25 02:00", "2026-10-25 03:00"];
        string[] windows = ["2026-10-24T23:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"];
        if (newestFirst)
        {
            Array.Reverse(rows);
            Array.Reverse(windows);
        }
        Assert.Equal(windows, Resolve(rows).Select(hour => hour.Window.ToString()));
    }

    [Fact]
    public void One_row_with_the_repeated_hour_is_refused()
    {
        var hours = Resolve("2026-10-25 01:00", "2026-10-25 02:00", "2026-10-25 03:00");
        Assert.Equal([true, false, true], hours.Select(hour => hour.Window is not null));
        Assert.Contains("show this time twice", hours[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_that_the_clock_skips_is_refused()
    {
        var hour = Assert.Single(Resolve("2026-03-29 02:00"));
        Assert.Null(hour.Window);
        Assert.Contains("format.timeZone", hour.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_zone_of_half_hours_no_full_hour_is_one_in_utc()
    {
        var stamps = new HourStamps(new ReferenceFormat { TimeZone = "Asia/Kolkata" });
        Assert.Null(Assert.Single(stamps.Resolve([stamps.Read("2026-06-01 10:00")!.Value])).Window);
        Assert.NotNull(Assert.Single(stamps.Resolve([stamps.Read("2026-06-01 10:30")!.Value])).Window);
    }

    [Theory]
    [InlineData("Europe/Amsterdam", "0001-01-01 00:00")]
    [InlineData("Europe/Amsterdam", "9999-12-31 23:00")]
    [InlineData("Europe/Amsterdam", "9999-12-31 24:00")]
    [InlineData("Europe/Amsterdam", "1969-12-31 23:00")]
    [InlineData("Europe/Amsterdam", "2199-12-31 24:00")]
    [InlineData("America/New_York", "0001-01-01 00:00")]
    [InlineData("America/New_York", "9999-12-31 23:00")]
    [InlineData("America/New_York", "9999-12-31 24:00")]
    [InlineData("America/New_York", "9999-12-31T23:00Z")]
    public void A_time_outside_of_1970_to_2199_is_refused_and_the_others_count(string zoneName, string time)
    {
        var stamps = new HourStamps(new ReferenceFormat { TimeZone = zoneName, Hour = HourMark.Ending });
        var hours = stamps.Resolve([stamps.Read(time)!.Value, stamps.Read("2026-06-01 10:00")!.Value]);
        Assert.Equal((null, "its year is not one of 1970 to 2199."), hours[0]);
        Assert.NotNull(hours[1].Window);
    }

    [Theory]
    [InlineData("Europe/Amsterdam", false)]
    [InlineData("Europe/Amsterdam", true)]
    [InlineData("Europe/London", false)]
    [InlineData("America/New_York", true)]
    public void A_year_written_by_a_local_clock_is_read_as_every_hour_once(string zoneName, bool newestFirst)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        var first = HourWindow.Containing(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var windows = Enumerable.Range(0, 365 * 24).Select(hour => new HourWindow(first.Index + hour)).ToList();
        if (newestFirst)
            windows.Reverse();
        var stamps = new HourStamps(new ReferenceFormat { TimeZone = zoneName });

        var read = stamps.Resolve([.. windows.Select(window => stamps.Read(
            TimeZoneInfo.ConvertTime(window.Start, zone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture))!.Value)]);

        Assert.Equal(windows.Select(window => (HourWindow?)window), read.Select(hour => hour.Window));
    }

    static IReadOnlyList<(HourWindow? Window, string Reason)> Resolve(params string[] times)
    {
        var stamps = new HourStamps(Amsterdam);
        return stamps.Resolve([.. times.Select(time => stamps.Read(time)!.Value)]);
    }
}
