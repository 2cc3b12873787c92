using Xunit.Sdk;

namespace CivicSense.Privacy.Tests;

/// <summary>What is said of samples: of the tails and of the moments two things, each with a false-positive rate of at most 1e-6.</summary>
enum Statement
{
    Frequencies,
    LogRatios,
    Distribution,
    Signs,
    Tails,
    Moments,
}

/// <summary>
/// Samples against the law that they are said to have. That the statements reject wrong samplers is shown by
/// <see cref="StatisticalPowerTests"/>.
/// </summary>
static class GoodnessOfFit
{
    /// <summary>The number of samples of a point: 200,000, and ten times as many in a long run.</summary>
    public static int Samples { get; } = 200_000 * (Environment.GetEnvironmentVariable("CIVICSENSE_AUDIT") == "1" ? 10 : 1);

    // Two-sided normal quantile of 1e-6, and of 1e-6 / 1000 for up to a thousand comparisons at once.
    const double Deviations = 4.9;
    const double DeviationsOfMany = 6.2;

    public static void AssertFollows(ExactLaw law, IEnumerable<Int128> drawn)
    {
        foreach (var assert in Statements(law, drawn).Values)
            assert();
    }

    /// <summary>The statements that do not hold of the samples.</summary>
    public static IReadOnlyList<Statement> Rejected(ExactLaw law, IEnumerable<Int128> drawn) =>
    [
        .. Statements(law, drawn).Where(statement => Record.Exception(statement.Value) is XunitException)
            .Select(statement => statement.Key),
    ];

    static Dictionary<Statement, Action> Statements(ExactLaw law, IEnumerable<Int128> drawn)
    {
        var sorted = drawn.Select(value => (double)value).Order().ToArray();
        var (counts, expected) = Count(sorted, law);
        Assert.True(counts.Length > 1, "A test of frequencies needs at least two bins.");
        return new()
        {
            [Statement.Frequencies] = () => Statistics.AssertChiSquare(counts, expected),
            [Statement.LogRatios] = () => AssertLogRatios(counts, expected),
            [Statement.Distribution] = () => AssertKolmogorovSmirnov(sorted, law),
            [Statement.Signs] = () => AssertSymmetricSigns(sorted),
            [Statement.Tails] = () => AssertTails(sorted, law),
            [Statement.Moments] = () => AssertMoments(sorted, law),
        };
    }

    static (double[] Counts, double[] Expected) Count(double[] sorted, ExactLaw law)
    {
        var ends = law.Bins(Statistics.LeastMean / sorted.Length);
        double[] counts = new double[ends.Count + 1], expected = new double[ends.Count + 1];
        var (index, below) = (0, 0d);
        for (var bin = 0; bin <= ends.Count; bin++)
        {
            var start = index;
            while (index < sorted.Length && (bin == ends.Count || sorted[index] <= ends[bin]))
                index++;

            var cumulative = bin == ends.Count ? 1 : law.Cumulative(ends[bin]);
            counts[bin] = index - start;
            expected[bin] = (cumulative - below) * sorted.Length;
            below = cumulative;
        }

        return (counts, expected);
    }

    /// <summary>
    /// The slope of the logarithm of the mass function, which is the privacy loss of neighbours: between bins next to each other of which
    /// at least 1,000 samples are expected, so that the logarithm of a count is nearly normal with standard deviation 1 / sqrt(count).
    /// </summary>
    static void AssertLogRatios(double[] counts, double[] expected)
    {
        for (var bin = 1; bin < counts.Length; bin++)
        {
            if (expected[bin - 1] >= 1_000 && expected[bin] >= 1_000)
            {
                var error = Math.Log(counts[bin] / counts[bin - 1]) - Math.Log(expected[bin] / expected[bin - 1]);
                Assert.InRange(error / Math.Sqrt((1 / expected[bin]) + (1 / expected[bin - 1])), -DeviationsOfMany, DeviationsOfMany);
            }
        }
    }

    static void AssertKolmogorovSmirnov(double[] sorted, ExactLaw law)
    {
        var largest = 0d;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i + 1 == sorted.Length || sorted[i + 1] > sorted[i])
            {
                // Both distribution functions are constant between consecutive values that occur, so the right ends suffice up to gaps,
                // where the law is compared just below the next value as well.
                largest = Math.Max(largest, Math.Abs(((i + 1d) / sorted.Length) - law.Cumulative(sorted[i])));
                if (i + 1 < sorted.Length)
                    largest = Math.Max(largest, Math.Abs(((i + 1d) / sorted.Length) - law.Cumulative(sorted[i + 1] - 1)));
            }
        }

        Statistics.AssertKolmogorovSmirnov(largest, sorted.Length);
    }

    static void AssertSymmetricSigns(double[] values)
    {
        int positive = values.Count(value => value > 0), negative = values.Count(value => value < 0);
        Assert.InRange(positive - negative, -Deviations * Math.Sqrt(positive + negative), Deviations * Math.Sqrt(positive + negative));
    }

    /// <summary>
    /// The largest magnitude m of n samples. P(largest >= m) is at most n P(|X| >= m); P(largest &lt;= m) is at most exp(-n P(|X| > m)).
    /// </summary>
    static void AssertTails(double[] sorted, ExactLaw law)
    {
        var largest = Math.Max(-sorted[0], sorted[^1]);
        Assert.True(sorted.Length * law.Tail(largest) > Statistics.FalsePositiveRate, $"Too far out: {largest}");
        Assert.True(sorted.Length * law.Tail(largest + 1) < -Math.Log(Statistics.FalsePositiveRate), $"Too short a tail: {largest}");
    }

    static void AssertMoments(double[] values, ExactLaw law)
    {
        var mean = values.Average();
        Assert.InRange(mean / Math.Sqrt(law.Variance / values.Length), -Deviations, Deviations);

        // Squares are skewed, markedly so for small sigma and for Laplace, so seven standard deviations: with this many samples the
        // correction to the normal tail, at most exp(skewness 7^3 / (6 sqrt(n))), leaves it far below 1e-6.
        var secondMoment = values.Average(value => value * value);
        var deviation = Math.Sqrt((law.FourthMoment - (law.Variance * law.Variance)) / values.Length);
        Assert.InRange((secondMoment - law.Variance) / deviation, -7, 7);
    }
}
