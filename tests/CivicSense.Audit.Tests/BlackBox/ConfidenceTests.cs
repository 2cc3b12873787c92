namespace CivicSense.Audit.Tests.BlackBox;

public sealed class ConfidenceTests
{
    [Fact]
    public void No_event_in_n_trials_is_the_root_of_the_rate() =>
        Assert.Equal(1 - Math.Pow(Confidence.FalsePositiveRate, 1 / 1000d), Confidence.Upper(0, 1000), 9);

    [Theory]
    [InlineData(1, 10)]
    [InlineData(37, 400)]
    [InlineData(9_000, 10_000)]
    public void The_limits_lie_on_either_side_of_the_share(int events, int trials)
    {
        Assert.InRange((double)events / trials, Confidence.Lower(events, trials), Confidence.Upper(events, trials));
        Assert.True(Confidence.Lower(events, trials) < Confidence.Upper(events, trials));
    }

    [Fact]
    public void All_and_nothing_are_possible()
    {
        Assert.Equal(0, Confidence.Lower(0, 50));
        Assert.Equal(1, Confidence.Upper(50, 50));
    }
}
