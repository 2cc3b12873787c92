using MathNet.Numerics;

namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>Exact one-sided limits for a probability from counted events (Clopper and Pearson 1934), and how sure they are.</summary>
static class Confidence
{
    /// <summary>
    /// The false-positive rate of one confidence limit. No run computes more than a thousand, so one in a million runs of a correct node
    /// is accused.
    /// </summary>
    public const double FalsePositiveRate = 1e-6 / 1000;

    /// <summary>A probability that the true one is below with probability at most <see cref="FalsePositiveRate"/>.</summary>
    public static double Lower(long events, long trials) =>
        events == 0 ? 0 : Root(p => SpecialFunctions.BetaRegularized(events, trials - events + 1, p) >= FalsePositiveRate).Low;

    /// <summary>A probability that the true one is above with probability at most <see cref="FalsePositiveRate"/>.</summary>
    public static double Upper(long events, long trials) => 1 - Lower(trials - events, trials);

    /// <summary>Halves the unit interval around the place from which on a monotone condition holds.</summary>
    static (double Low, double High) Root(Predicate<double> holds)
    {
        var (low, high) = (0d, 1d);
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = holds(middle) ? (low, middle) : (middle, high);
        }
        return (low, high);
    }
}
