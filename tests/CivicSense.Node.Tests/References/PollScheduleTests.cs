using CivicSense.Node.References;

namespace CivicSense.Node.Tests.References;

public sealed class PollScheduleTests
{
    [Fact]
    public void Pauses_double_while_a_source_fails_up_to_two_hours_and_begin_again_with_the_interval()
    {
        var schedule = new PollSchedule(TimeSpan.FromMinutes(10));
        Assert.Equal(
            [10, 10, 20, 40, 80, 120, 120, 10, 10],
            new[] { true, false, false, false, false, false, false, true, false }.Select(
                succeeded => schedule.Next(succeeded, 0.5).TotalMinutes));
    }

    [Fact]
    public void An_interval_of_more_than_two_hours_stays_as_it_is()
    {
        var schedule = new PollSchedule(TimeSpan.FromHours(24));
        Assert.Equal([24.0, 24], new[] { false, false }.Select(succeeded => schedule.Next(succeeded, 0.5).TotalHours));
    }

    [Fact]
    public void Chance_moves_a_pause_by_up_to_a_tenth()
    {
        var schedule = new PollSchedule(TimeSpan.FromMinutes(10));
        Assert.Equal(9, schedule.Next(true, 0).TotalMinutes, 1e-9);
        Assert.Equal(11, schedule.Next(true, 1).TotalMinutes, 1e-9);
    }

    [Fact]
    public void Any_number_of_failures_has_a_pause()
    {
        var schedule = new PollSchedule(TimeSpan.FromMinutes(1));
        Assert.All(Enumerable.Range(0, 5_000), _ =>
            Assert.InRange(schedule.Next(false, 0.5), TimeSpan.FromMinutes(1), PollSchedule.LongestPause));
    }
}
