using CivicSense.Node.Hosting;

namespace CivicSense.Node.Tests.Hosting;

public sealed class GuardedClockTests
{
    static readonly DateTimeOffset Begin = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    readonly Machine machine = new();
    readonly GuardedClock clock;
    readonly List<(JumpNews News, TimeSpan Length)> told = [];

    public GuardedClockTests() => clock = new GuardedClock(machine) { Told = (news, length) => told.Add((news, length)) };

    [Fact]
    public void Ordinary_time_and_small_corrections_are_followed()
    {
        for (var minute = 0; minute < 600; minute++)
        {
            machine.Pass(TimeSpan.FromMinutes(1));
            machine.Shift += TimeSpan.FromSeconds(minute % 2 == 0 ? 4 : -2);
            Assert.Equal(machine.GetUtcNow(), clock.GetUtcNow());
        }
        machine.Shift += GuardedClock.Tolerance;
        Assert.Equal(machine.GetUtcNow(), clock.GetUtcNow());
        Assert.Empty(told);
    }

    [Fact]
    public void Jump_ahead_is_not_followed_and_nothing_is_noticed_when_it_is_put_right()
    {
        machine.Shift = TimeSpan.FromHours(3);
        Assert.Equal(Begin, clock.GetUtcNow());
        machine.Pass(TimeSpan.FromMinutes(59));
        Assert.Equal(Begin.AddMinutes(59), clock.GetUtcNow());

        machine.Shift = TimeSpan.Zero;
        Assert.Equal(Begin.AddMinutes(59), clock.GetUtcNow());
        machine.Pass(TimeSpan.FromHours(10));
        Assert.Equal(machine.GetUtcNow(), clock.GetUtcNow());
        Assert.Equal([(JumpNews.Held, TimeSpan.FromHours(3)), (JumpNews.PutRight, TimeSpan.Zero)], told);
    }

    [Fact]
    public void Jump_ahead_that_lasts_for_an_hour_is_believed()
    {
        machine.Shift = TimeSpan.FromHours(3);
        Assert.Equal(Begin, clock.GetUtcNow());
        machine.Pass(GuardedClock.Patience);

        Assert.Equal(machine.GetUtcNow(), clock.GetUtcNow());
        machine.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(machine.GetUtcNow(), clock.GetUtcNow());
        Assert.Equal([JumpNews.Held, JumpNews.Believed], told.Select(one => one.News));
    }

    [Fact]
    public void Step_back_is_followed_and_the_way_forward_again_is_no_jump()
    {
        machine.Shift = TimeSpan.FromHours(-3);
        Assert.Equal(Begin.AddHours(-3), clock.GetUtcNow());
        machine.Pass(TimeSpan.FromMinutes(30));
        Assert.Equal(machine.GetUtcNow(), clock.GetUtcNow());

        machine.Shift = TimeSpan.Zero;
        Assert.Equal(Begin.AddMinutes(30), clock.GetUtcNow());
        Assert.Empty(told);
    }

    [Fact]
    public void Many_small_jumps_are_no_way_around()
    {
        for (var second = 0; second < 30; second++)
        {
            machine.Shift += TimeSpan.FromMinutes(4);
            machine.Pass(TimeSpan.FromMilliseconds(100));
            clock.GetUtcNow();
        }
        Assert.InRange(clock.GetUtcNow(), Begin, Begin + GuardedClock.Tolerance + TimeSpan.FromSeconds(10));
    }

    /// <summary>A machine whose clock can be set; its counter cannot.</summary>
    sealed class Machine : TimeProvider
    {
        TimeSpan passed;

        public TimeSpan Shift { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => passed += time;

        public override long GetTimestamp() => passed.Ticks;

        public override DateTimeOffset GetUtcNow() => Begin + passed + Shift;
    }
}
