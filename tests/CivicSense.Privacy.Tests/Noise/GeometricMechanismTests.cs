namespace CivicSense.Privacy.Tests;

public sealed class GeometricMechanismTests
{
    [Theory]
    [InlineData("1/2", -3, 4, 0)]
    [InlineData("2/1", -3, 4, -3)]
    [InlineData("2/1", -3, 4, 4)]
    [InlineData("5/1", 1_000_000, 1_000_064, 1_000_010)]
    [InlineData("100/1", 0, 20, 7)]
    [InlineData("3/1", 0, 1, 1)]
    [InlineData("3/1", 9, 9, 9)]
    public void Answers_follow_the_limited_law(string scale, int lower, int upper, int value)
    {
        // At least 200,000 samples, chi-square, false alarm 1e-6.
        var mechanism = GeometricMechanism.Scalar(new AtomDomain<Int128>(lower, upper), Fraction.Parse(scale));
        var law = ExactLaw.Laplace(Fraction.Parse(scale));
        var counts = new double[upper - lower + 1];
        for (var i = 0; i < GoodnessOfFit.Samples; i++)
            counts[(int)(mechanism.Release(1, value).Value - lower)]++;

        var expected = new double[counts.Length];
        for (var answer = lower; answer <= upper; answer++)
        {
            var below = answer == lower ? 0 : law.Cumulative(answer - 1 - value);
            var upTo = answer == upper ? 1 : law.Cumulative(answer - value);
            expected[answer - lower] = (upTo - below) * GoodnessOfFit.Samples;
        }

        Statistics.AssertChiSquare(counts, expected);
    }

    [Fact]
    public void Answers_for_neighbours_are_as_far_apart_as_the_map_says_and_no_farther()
    {
        // At least 200,000 samples for each of two values; eleven log ratios, each with standard deviation sqrt(1/n + 1/m), and 6.2 of
        // them: false alarm below 1e-6. Every answer is expected more than 1,000 times.
        var mechanism = GeometricMechanism.Scalar(new AtomDomain<Int128>(0, 10), 4);
        double[] first = Histogram(4), second = Histogram(6);
        var stated = mechanism.Map(2).ToDouble();
        var largest = 0d;
        for (var answer = 0; answer <= 10; answer++)
        {
            var margin = 6.2 * Math.Sqrt((1 / first[answer]) + (1 / second[answer]));
            var loss = Math.Abs(Math.Log(first[answer] / second[answer]));
            Assert.InRange(loss, 0, stated + margin);
            largest = Math.Max(largest, loss + margin);
        }

        Assert.True(largest >= stated);

        double[] Histogram(int value)
        {
            var counts = new double[11];
            for (var i = 0; i < GoodnessOfFit.Samples; i++)
                counts[(int)mechanism.Release(2, value).Value]++;

            return counts;
        }
    }

    [Fact]
    public void Wide_bounds_and_the_ends_of_the_range_are_served()
    {
        var width = GeometricMechanism.LargestWidth;
        foreach (var (lower, upper) in new[] { (Int128.MinValue, Int128.MinValue + width), (Int128.MaxValue - width, Int128.MaxValue) })
        {
            var mechanism = GeometricMechanism.Scalar(new AtomDomain<Int128>(lower, upper), Rational.FromDyadic(1, 64));
            for (var i = 0; i < 200; i++)
            {
                Assert.InRange(mechanism.Release(1, lower).Value, lower, upper);
                Assert.InRange(mechanism.Release(1, upper).Value, lower, upper);
            }
        }
    }

    [Fact]
    public void Its_loss_is_pure_and_exact()
    {
        var mechanism = GeometricMechanism.Scalar(new AtomDomain<Int128>(0, 10), new Rational(7, 3));
        Assert.Equal(new MaxDivergence(), mechanism.Measure);
        Assert.Equal(new AbsoluteDistance(), mechanism.Input.Metric);
        Assert.Equal(new Rational(15, 14), mechanism.Map(new Rational(5, 2)));
        Assert.Equal(new Rational(3, 7), mechanism.Release(1, 5).Loss);
    }

    [Fact]
    public void Arguments_outside_their_range_are_refused_at_construction()
    {
        AtomDomain<Int128> bounded = new(0, 10), unbounded = new();
        var tooWide = new AtomDomain<Int128>(Int128.MinValue, Int128.MaxValue);
        Assert.Equal("scale", Assert.Throws<ArgumentOutOfRangeException>(() => GeometricMechanism.Scalar(bounded, 0)).ParamName);
        Assert.Equal("scale", Assert.Throws<ArgumentOutOfRangeException>(() => GeometricMechanism.Scalar(bounded, -1)).ParamName);
        Assert.Equal("domain", Assert.Throws<ArgumentException>(() => GeometricMechanism.Scalar(unbounded, 1)).ParamName);
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => GeometricMechanism.Scalar(tooWide, 1));
        Assert.Equal("domain", refused.ParamName);
        Assert.Contains("1152921504606846976 apart", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => GeometricMechanism.Scalar(null!, 1));
    }

    [Fact]
    public void Data_outside_the_bounds_are_refused() =>
        Assert.Throws<ArgumentException>(() => GeometricMechanism.Scalar(new AtomDomain<Int128>(0, 10), 1).Release(1, 11));
}
