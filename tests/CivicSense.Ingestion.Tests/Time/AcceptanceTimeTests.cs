using CivicSense.Commons;

namespace CivicSense.Ingestion.Tests.Time;

public sealed class AcceptanceTimeTests
{
    const long Minute = 60_000;
    const long Hour = 60 * Minute;

    readonly ManualClock clock = new();

    [Theory]
    [InlineData(0, nameof(ReadingOutcome.Accepted))]
    [InlineData(5 * Minute, nameof(ReadingOutcome.Accepted))]
    [InlineData(5 * Minute + 1, nameof(ReadingOutcome.AheadOfTime))]
    [InlineData(365 * 24 * Hour, nameof(ReadingOutcome.AheadOfTime))]
    public void Five_minutes_ahead_is_accepted_and_a_millisecond_more_is_not(long ahead, string outcome) =>
        Assert.Equal(outcome, Check(new AcceptanceTime(clock, TimeSpan.FromMinutes(10)), clock.Milliseconds + ahead).ToString());

    [Theory]
    [InlineData(-1, nameof(ReadingOutcome.Accepted))]
    [InlineData(0, nameof(ReadingOutcome.Late))]
    public void Window_takes_readings_until_its_lateness_has_passed(long past, string outcome)
    {
        var window = HourWindow.OfUnixMilliseconds(clock.Milliseconds);
        var acceptance = new AcceptanceTime(clock, TimeSpan.FromMinutes(10));
        clock.Milliseconds = window.End.ToUnixTimeMilliseconds() + 10 * Minute + past;
        Assert.Equal(outcome, Check(acceptance, window.Start.ToUnixTimeMilliseconds()).ToString());
        Assert.Equal(outcome, Check(acceptance, window.End.ToUnixTimeMilliseconds() - 1).ToString());
        Assert.Equal(ReadingOutcome.Accepted, Check(acceptance, window.End.ToUnixTimeMilliseconds()));
    }

    [Fact]
    public void Event_time_drives_the_event_clock_forward_and_never_back()
    {
        var events = new EventClock(ManualClock.Start);
        var acceptance = new AcceptanceTime(events, TimeSpan.FromMinutes(10));
        var start = ManualClock.Start.ToUnixTimeMilliseconds();

        Assert.Equal(ReadingOutcome.Accepted, Check(acceptance, start + 20 * Minute));
        Assert.Equal(start + 20 * Minute, acceptance.Now);
        Assert.Equal(ReadingOutcome.Accepted, Check(acceptance, start - Minute));
        Assert.Equal(start + 20 * Minute, acceptance.Now);
        events.AdvanceTo(ManualClock.Start);
        Assert.Equal(start + 20 * Minute, acceptance.Now);

        Assert.Equal(ReadingOutcome.Accepted, Check(acceptance, start + 45 * Minute));
        Assert.Equal(ReadingOutcome.Late, Check(acceptance, start));
    }

    [Fact]
    public void Device_whose_clock_is_a_year_ahead_does_not_drive_the_event_clock()
    {
        var events = new EventClock(ManualClock.Start);
        var acceptance = new AcceptanceTime(events, TimeSpan.FromMinutes(10));
        Assert.Equal(ReadingOutcome.AheadOfTime, Check(acceptance, ManualClock.Start.AddYears(1).ToUnixTimeMilliseconds()));
        Assert.Equal(ManualClock.Start, events.GetUtcNow());
    }

    [Fact]
    public void Event_clock_shows_the_newest_of_times_set_by_many_threads()
    {
        var events = new EventClock(ManualClock.Start);
        Parallel.For(0, 10_000, i =>
        {
            var instant = ManualClock.Start.AddSeconds(i * 7919 % 10_000);
            events.AdvanceTo(instant);
            Assert.True(events.GetUtcNow() >= instant);
        });
        Assert.Equal(ManualClock.Start.AddSeconds(9_999), events.GetUtcNow());
    }

    static ReadingOutcome Check(AcceptanceTime acceptance, long time) =>
        acceptance.Check(time, HourWindow.OfUnixMilliseconds(time), acceptance.Now);
}
