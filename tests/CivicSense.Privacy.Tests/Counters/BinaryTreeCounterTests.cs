using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace CivicSense.Privacy.Tests;

public sealed class BinaryTreeCounterTests
{
    // Noise so small that a draw other than 0 has probability below 1e-80.
    static readonly Rational NoNoise = new(1, 200);

    [Fact]
    public void Without_noise_it_counts() => Prop.ForAll<int[]>(counts =>
    {
        if (counts.Length > 0)
        {
            var counter = BinaryTreeCounter.Laplace(counts.Length, NoNoise);
            BigInteger sum = 0;
            foreach (var count in counts)
            {
                sum += count;
                Assert.Equal(sum, (BigInteger)counter.Add(count));
            }

            Assert.Equal(counts.Length, counter.Step);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_interval_gets_one_draw_which_every_answer_with_it_reuses()
    {
        // Twelve steps by hand: the interval that ends at a step has as many steps as the largest power of two that divides it.
        var counter = BinaryTreeCounter.Gaussian(12, 100, new ScriptedBytes(9));
        var sampler = new DiscreteGaussian(100, new ScriptedBytes(9));
        var noise = new Int128[13];
        for (var step = 1; step <= 12; step++)
        {
            noise[step] = sampler.Sample();
            Int128 expected = 10 * step;
            for (var end = step; end > 0; end -= end & -end)
                expected += noise[end];

            Assert.Equal(expected, counter.Add(10));
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    [InlineData(1_000, 10)]
    [InlineData(1L << 62, 63)]
    public void The_loss_is_that_of_the_most_intervals_an_event_can_be_in(long steps, int levels)
    {
        var pure = BinaryTreeCounter.Laplace(steps, new Rational(7, 3));
        var concentrated = BinaryTreeCounter.Gaussian(steps, new Rational(5, 2));
        Assert.Equal(levels, pure.Levels);
        Assert.Equal(new MaxDivergence(), pure.Measure);
        Assert.Equal(new ZeroConcentratedDivergence(), concentrated.Measure);
        Assert.Equal(new Rational(3 * levels, 7), pure.Map(1));
        Assert.Equal(new Rational(15 * levels, 7), pure.Map(5));
        Assert.Equal(new Rational(levels, 5), concentrated.Map(1));
        Assert.Equal(new Rational(25 * levels, 5), concentrated.Map(5));
        Assert.Equal(Rational.Zero, pure.Map(0));
    }

    [Fact]
    public void The_exact_intervals_of_neighbours_differ_by_no_more_than_the_map_says() => Prop.ForAll(Neighbours, pair =>
    {
        var (first, second) = (Intervals(pair.First), Intervals(pair.Second));
        var events = pair.First.Zip(pair.Second, (a, b) => Math.Abs(a - b)).Sum();
        var differences = first.Zip(second, (a, b) => (long)Int128.Abs(a - b)).ToArray();
        var counter = BinaryTreeCounter.Laplace(pair.First.Length, 1);
        Assert.Equal(pair.First.Length, differences.Length);
        Assert.True(differences.Sum() <= counter.Levels * events);
        Assert.True(differences.Sum(value => value * value) <= counter.Levels * events * events);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_map_is_reached_by_an_event_at_the_first_step()
    {
        foreach (var steps in new[] { 1, 2, 3, 7, 8, 100 })
        {
            var moved = Intervals([1, .. new long[steps - 1]]).Zip(Intervals(new long[steps]), (a, b) => a - b);
            Assert.Equal(BinaryTreeCounter.Laplace(steps, 1).Levels, moved.Count(difference => difference == 1));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Errors_have_the_stated_variance(bool laplace)
    {
        // 20,000 counters of seven steps; at step 7 three intervals. The mean square of 20,000 errors lies within 7 standard deviations of
        // its expectation (kurtosis below 6: standard deviation at most sqrt(5 / 20,000) of it): false alarm below 1e-6.
        const int Counters = 20_000;
        var squares = new double[7];
        var example = Create();
        for (var i = 0; i < Counters; i++)
        {
            var counter = Create();
            for (var step = 0; step < squares.Length; step++)
            {
                var error = (double)counter.Add(1) - (step + 1);
                squares[step] += error * error;
            }
        }

        for (var step = 0; step < squares.Length; step++)
        {
            var relative = squares[step] / Counters / example.VarianceAt(step + 1);
            Assert.InRange(relative, 1 - (7 * Math.Sqrt(5d / Counters)), 1 + (7 * Math.Sqrt(5d / Counters)));
        }

        BinaryTreeCounter Create() => laplace ? BinaryTreeCounter.Laplace(7, 3) : BinaryTreeCounter.Gaussian(7, 9);
    }

    [Fact]
    public void The_variance_is_that_of_one_interval_for_each_binary_digit()
    {
        var counter = BinaryTreeCounter.Gaussian(1_000, 9);
        Assert.Equal([9d, 9d, 18d, 9d, 18d, 18d, 27d], Enumerable.Range(1, 7).Select(step => counter.VarianceAt(step)));
        Assert.Equal(9 * 9, counter.VarianceAt(511), 9);

        // Two-sided geometric noise of scale 1: 2 e / (e - 1)^2.
        Assert.Equal(2 * Math.E / ((Math.E - 1) * (Math.E - 1)), BinaryTreeCounter.Laplace(1, 1).NodeVariance, 12);
    }

    [Fact]
    public void A_step_too_many_is_refused_and_changes_nothing()
    {
        var counter = BinaryTreeCounter.Laplace(2, NoNoise);
        counter.Add(1);
        counter.Add(1);
        Assert.Contains("2 steps", Assert.Throws<InvalidOperationException>(() => counter.Add(1)).Message, StringComparison.Ordinal);
        Assert.Equal(2, counter.Step);
    }

    [Fact]
    public void A_step_whose_noise_could_not_be_drawn_has_not_been_made()
    {
        // 1,000 steps read at least 3,000 words: the buffer of 512 words is filled at least five times.
        var source = new FailingEverySecondTime();
        var counter = BinaryTreeCounter.Laplace(1_000, NoNoise, source);
        for (var step = 1; step <= 1_000; step++)
        {
            Int128 answer;
            try
            {
                answer = counter.Add(3);
            }
            catch (InvalidOperationException)
            {
                Assert.Equal(step - 1, counter.Step);
                answer = counter.Add(3);
            }

            Assert.Equal(3 * step, answer);
        }

        Assert.True(source.Failures >= 5);
    }

    [Fact]
    public void The_largest_counts_do_not_overflow()
    {
        // Sums reach 500 x 2^63. The noise of an answer has a standard deviation of at most 1,000 sqrt(10); 20 of them are exceeded by one
        // of 1,000 answers with probability below 1e-80. A sum that wrapped or stopped at 64 bits would be off by 2^63 or more.
        var counter = BinaryTreeCounter.Gaussian(1_000, 1_000_000);
        Int128 exact = 0, limit = 20 * 3_163;
        foreach (var count in Enumerable.Repeat(long.MaxValue, 500).Concat(Enumerable.Repeat(long.MinValue, 500)))
        {
            exact += count;
            Assert.InRange(counter.Add(count) - exact, -limit, limit);
        }
    }

    [Fact]
    public void Arguments_outside_their_range_are_refused_by_name()
    {
        Assert.Equal("steps", Refused(() => BinaryTreeCounter.Laplace(0, 1)));
        Assert.Equal("steps", Refused(() => BinaryTreeCounter.Gaussian(-5, 1)));
        Assert.Equal("steps", Refused(() => BinaryTreeCounter.Laplace(BinaryTreeCounter.LargestSteps + 1, 1)));
        Assert.Equal("scale", Refused(() => BinaryTreeCounter.Laplace(1, 0)));
        Assert.Equal("sigmaSquared", Refused(() => BinaryTreeCounter.Gaussian(1, -1)));
        Assert.Equal("events", Refused(() => BinaryTreeCounter.Laplace(1, 1).Map(-1)));
        Assert.Equal("step", Refused(() => BinaryTreeCounter.Laplace(5, 1).VarianceAt(0)));
        Assert.Equal("step", Refused(() => BinaryTreeCounter.Laplace(5, 1).VarianceAt(6)));

        static string? Refused(Func<object> act) => Assert.Throws<ArgumentOutOfRangeException>(() => { act(); }).ParamName;
    }

    /// <summary>Streams of the same length that differ at any number of steps.</summary>
    static Arbitrary<(long[] First, long[] Second)> Neighbours { get; } = Arb.From(
        from length in Gen.Choose(1, 70)
        from first in Gen.ArrayOf(Gen.Choose(0, 9).Select(count => (long)count), length)
        from changes in Gen.ArrayOf(Gen.Frequency((5, Gen.Constant(0L)), (1, Gen.Choose(-3, 3).Select(change => (long)change))), length)
        select (first, first.Zip(changes, (count, change) => count + change).ToArray()));

    /// <summary>
    /// The exact counts of all intervals, in the order of the steps at which they end, read from a counter without noise.
    /// </summary>
    static Int128[] Intervals(IReadOnlyList<long> counts)
    {
        var counter = BinaryTreeCounter.Laplace(counts.Count, NoNoise);
        var prefixes = new Int128[counts.Count + 1];
        for (var step = 1; step <= counts.Count; step++)
            prefixes[step] = counter.Add(counts[step - 1]);

        return [.. Enumerable.Range(1, counts.Count).Select(step => prefixes[step] - prefixes[step & (step - 1)])];
    }

    sealed class FailingEverySecondTime : IRandomBytes
    {
        bool fails;

        public int Failures { get; private set; }

        public void Fill(Span<byte> destination)
        {
            fails = !fails;
            if (fails)
            {
                Failures++;
                throw new InvalidOperationException("No entropy.");
            }

            OperatingSystemRandomBytes.Instance.Fill(destination);
        }
    }
}
