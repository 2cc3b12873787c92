using CivicSense.Benchmarks.Utility;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Benchmarks.Tests.Utility.Comparison;

public sealed class EventStreamTests
{
    const int Window = 24;

    /// <remarks>
    /// Levels that stay, jump and come back. The noise is the operating system's, so every run sees other streams; the law holds for all.
    /// </remarks>
    [Theory]
    [InlineData("uniform")]
    [InlineData("sample")]
    [InlineData("budget-absorption")]
    public void No_window_of_24_steps_spends_more_than_epsilon(string method) =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>(),
            levels =>
            {
                var stream = Create(method, new BoundedNoise(50, Window));
                var spent = levels.SelectMany(level => Enumerable.Repeat((long)level << 16, 7)).Concat(Enumerable.Repeat(0L, 100))
                    .Select(level =>
                    {
                        stream.Publish(level);
                        return stream.Spent;
                    }).ToArray();
                return Enumerable.Range(0, spent.Length).All(start => spent.Skip(start).Take(Window).Sum() <= 2 * Window);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sample_repeats_itself_for_24_steps()
    {
        var stream = new SampleStream(new BoundedNoise(1, Window));

        var published = Enumerable.Range(0, 3 * Window).Select(step => stream.Publish(step * BoundedNoise.Bound)).ToArray();

        Assert.All(published.Chunk(Window), values => Assert.Single(values.Distinct()));
        Assert.Equal(3, published.Distinct().Count());
    }

    /// <remarks>With an epsilon of 10^12 the noise is 0 but with probability e^-100,000: decisions are those of the algorithm without
    /// noise.</remarks>
    [Fact]
    public void Budget_absorption_takes_up_what_was_saved_and_then_publishes_nothing_for_as_long()
    {
        var stream = new BudgetAbsorptionStream(new BoundedNoise(1_000_000_000_000, Window));

        // Nothing moves for nine steps; the tenth takes up ten shares; the nine after it are nullified; the one after those has one share.
        int[] spent = [.. Enumerable.Range(1, 20).Select(step => Publish(step < 10 ? 0 : step * 1000 * BoundedNoise.Grid))];

        Assert.Equal([.. Enumerable.Repeat(1, 9), 11, .. Enumerable.Repeat(1, 9), 2], spent);

        int Publish(long level)
        {
            stream.Publish(level);
            return stream.Spent;
        }
    }

    [Fact]
    public void Budget_absorption_repeats_what_has_not_moved()
    {
        var stream = new BudgetAbsorptionStream(new BoundedNoise(1_000_000_000_000, Window));

        var published = Enumerable.Range(0, 100).Select(_ => stream.Publish(5_000_000)).ToArray();

        Assert.Single(published.Distinct());
    }

    static IEventStream Create(string method, BoundedNoise noise) => method switch
    {
        "uniform" => new UniformStream(noise),
        "sample" => new SampleStream(noise),
        _ => new BudgetAbsorptionStream(noise),
    };
}
