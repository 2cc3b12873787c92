namespace CivicSense.Commons.Tests.Time;

public sealed class PrivacyDayTests
{
    [Theory]
    // Clocks go forward on 2026-03-29 and back on 2026-10-25 (IANA time zone database).
    [InlineData("Europe/London", "2026-03-28", 24, "2026-03-28T00:00:00Z")]
    [InlineData("Europe/London", "2026-03-29", 23, "2026-03-29T00:00:00Z")]
    [InlineData("Europe/London", "2026-03-30", 24, "2026-03-29T23:00:00Z")]
    [InlineData("Europe/London", "2026-10-25", 25, "2026-10-24T23:00:00Z")]
    [InlineData("Europe/London", "2026-10-26", 24, "2026-10-26T00:00:00Z")]
    // Offset +05:30: the window that starts at 18:00Z starts at 23:30 of the day before.
    [InlineData("Asia/Kolkata", "2026-06-01", 24, "2026-05-31T19:00:00Z")]
    [InlineData("Asia/Kathmandu", "2026-06-01", 24, "2026-05-31T19:00:00Z")]
    // The furthest offsets there are, and a day that a zone left out.
    [InlineData("Pacific/Kiritimati", "2026-06-01", 24, "2026-05-31T10:00:00Z")]
    [InlineData("Pacific/Pago_Pago", "2026-06-01", 24, "2026-06-01T11:00:00Z")]
    [InlineData("Pacific/Apia", "2011-12-30", 0, null)]
    // Clocks go back by half an hour, from +11:00 to +10:30: 24 and a half hours, in which 25 windows start.
    [InlineData("Australia/Lord_Howe", "2026-04-05", 25, "2026-04-04T13:00:00Z")]
    [InlineData("UTC", "2026-06-01", 24, "2026-06-01T00:00:00Z")]
    public void Day_has_the_windows_that_start_in_it(string zone, string date, int count, string? first)
    {
        var windows = PrivacyDay.Parse(date).Windows(Zone(zone));
        Assert.Equal(count, windows.Count);
        Assert.Equal(first, windows.Count == 0 ? null : windows[0].ToString());
        Assert.All(windows.Zip(windows.Skip(1)), pair => Assert.Equal(pair.First.Next, pair.Second));
    }

    [Theory]
    [InlineData("Europe/London")]
    [InlineData("Asia/Kolkata")]
    [InlineData("America/St_Johns")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Pacific/Chatham")]
    public void Every_window_of_two_years_belongs_to_exactly_one_day(string name)
    {
        var zone = Zone(name);
        var next = PrivacyDay.Parse("2025-12-31").Windows(zone)[0];
        for (var day = PrivacyDay.Parse("2025-12-31"); day < PrivacyDay.Parse("2028-01-01"); day = day.Next)
        {
            foreach (var window in day.Windows(zone))
            {
                Assert.Equal(next, window);
                Assert.Equal(day, PrivacyDay.Of(window, zone));
                next = next.Next;
            }
        }
    }

    [Fact]
    public void Text_is_the_date_and_reads_back()
    {
        var day = new PrivacyDay(new DateOnly(2028, 2, 29));
        Assert.Equal("2028-02-29", day.ToString());
        Assert.Equal(day, PrivacyDay.Parse("2028-02-29"));
        Assert.Equal("2028-03-01", day.Next.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-02-29")]
    [InlineData("2026-1-1")]
    [InlineData("2026-01-01T00:00:00Z")]
    [InlineData(" 2026-01-01")]
    [InlineData("01/01/2026")]
    public void Other_texts_are_refused(string text) => Assert.Throws<FormatException>(() => PrivacyDay.Parse(text));

    static TimeZoneInfo Zone(string name)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
            Assert.Skip($"This machine does not know the time zone {name}.");
        return zone;
    }
}
