using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

public sealed class DatasetMonthTests
{
    [Theory]
    [InlineData("Etc/UTC", "2026-10-31T23:00:00Z")]
    [InlineData("America/New_York", "2026-11-01T03:00:00Z")]
    // At the node the month has ended by then, but not in UTC.
    [InlineData("Asia/Tokyo", "2026-10-31T23:00:00Z")]
    public void A_month_ends_when_it_has_ended_in_UTC_and_at_the_node(string zone, string lastHour) =>
        Assert.Equal(lastHour, DatasetMonth.Parse("2026-10").LastHour(TimeZoneInfo.FindSystemTimeZoneById(zone)).ToString());

    [Fact]
    public void Months_follow_each_other()
    {
        var december = DatasetMonth.Parse("2026-12");
        Assert.Equal("2027-01", december.Next.ToString());
        Assert.Equal("2026-12-01T00:00:00Z", december.FirstHour.ToString());
        Assert.Equal(december, DatasetMonth.Of(new HourWindow(december.Next.FirstHour.Index - 1)));
    }
}
