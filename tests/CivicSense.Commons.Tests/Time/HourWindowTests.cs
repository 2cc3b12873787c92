namespace CivicSense.Commons.Tests.Time;

public sealed class HourWindowTests
{
    const long Hour = 3_600_000;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(Hour - 1, 0)]
    [InlineData(Hour, 1)]
    [InlineData(-1, -1)]
    [InlineData(-Hour, -1)]
    [InlineData(-Hour - 1, -2)]
    [InlineData(long.MaxValue, long.MaxValue / Hour)]
    [InlineData(long.MinValue, long.MinValue / Hour - 1)]
    public void Window_holds_its_start_and_not_its_end(long milliseconds, long index) =>
        Assert.Equal(index, HourWindow.OfUnixMilliseconds(milliseconds).Index);

    [Fact]
    public void Instants_of_any_offset_and_before_1970_lie_in_their_window()
    {
        for (var i = -5000; i < 5000; i++)
        {
            var instant = DateTimeOffset.UnixEpoch.AddMinutes(17.3 * i).AddTicks(i);
            var window = HourWindow.Containing(instant.ToOffset(TimeSpan.FromMinutes(345)));
            Assert.True(window.Start <= instant && instant < window.End);
            Assert.Equal(window.Next.Start, window.End);
        }
    }

    [Fact]
    public void Text_is_the_start_in_utc()
    {
        Assert.Equal("2026-11-22T07:00:00Z",
            HourWindow.Containing(new DateTimeOffset(2026, 11, 22, 8, 59, 59, TimeSpan.FromHours(1))).ToString());
        Assert.Equal("1969-12-31T23:00:00Z", new HourWindow(-1).ToString());
    }

    [Fact]
    public void Order_is_that_of_time()
    {
        var (earlier, later) = (new HourWindow(-1), new HourWindow(0));
        Assert.True(earlier < later && later > earlier && earlier <= later && later >= earlier && earlier.CompareTo(later) < 0);
        Assert.False(later < earlier || earlier > later || later <= earlier || earlier >= later);
        Assert.Equal(later, earlier.Next);
    }
}
