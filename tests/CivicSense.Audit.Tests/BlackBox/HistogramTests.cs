using System.Globalization;
using CivicSense.Privacy;

namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>
/// A stochastic tester in the manner of Google's differential-privacy library: the published values of single keys, in bins, with and
/// without the target. For each epsilon the probability that the privacy loss exceeds it must stay under the stated delta(epsilon).
/// </summary>
[Collection(AttackedRunsCollection.Name)]
public sealed class HistogramTests(AttackedRuns runs, ITestOutputHelper output)
{
    const int Bins = 24;

    static readonly double[] Epsilons = [0, 0.1, 0.25, 0.5, 1, 2, 4];

    [Theory]
    [InlineData("informative", 0)]
    [InlineData("informative", 1)]
    [InlineData("informative", 12)]
    [InlineData("informative", -1)]
    [InlineData("usual", 0)]
    [InlineData("usual", 5)]
    [InlineData("usual", -1)]
    public async Task No_key_exceeds_the_stated_delta_at_any_epsilon(string name, int key)
    {
        var run = await runs.OfAsync(name);
        foreach (var epsilon in Epsilons)
        {
            var stated = GaussianAccounting.Delta((double)run.Record.Rho, epsilon);
            var found = Math.Max(Delta(run, key, epsilon, targetFirst: true), Delta(run, key, epsilon, targetFirst: false));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"rho {run.Record.Rho}, key {key}, epsilon {epsilon}: delta >= {found:F4}, stated {stated:F4}"));
            Assert.True(found <= stated);
        }
    }

    [Fact]
    public async Task A_key_with_half_the_noise_would_be_found()
    {
        var run = await runs.InformativeAsync();
        // The whole day in one number, as the first key would show it if its owner's whole norm went there, with half the noise. 1,365
        // evaluation trials: at epsilon 0 the lower limit scatters by 0.02 around 0.67, more than seven standard deviations above the
        // stated 0.52, so that failing by chance is less likely than 1e-12.
        var random = new Random(5);
        var leaking = run with
        {
            Trials =
            [
                .. run.Trials.Select(trial => trial with
                {
                    Residual = [(trial.TargetMeasured ? trial.Distance : 0) + MathNet.Numerics.Distributions.Normal.Sample(random, 0, 0.5)],
                    Signal = [trial.Distance],
                }),
            ],
        };
        Assert.Contains(
            Epsilons,
            epsilon => Delta(leaking, 0, epsilon, targetFirst: true) > GaussianAccounting.Delta((double)run.Record.Rho, epsilon));
    }

    /// <summary>
    /// A lower limit of P(bins) - e^epsilon Q(bins), over the bins in which the training trials speak for the first hypothesis, on the
    /// evaluation trials. Two limits per call.
    /// </summary>
    static double Delta(AttackedRun run, int key, double epsilon, bool targetFirst)
    {
        var factor = Math.Exp(epsilon);
        var training = Histogram.Of(run.Trials.Where((_, index) => index % 3 == 0), key, targetFirst);
        var evaluation = Histogram.Of(run.Trials.Where((_, index) => index % 3 != 0), key, targetFirst);
        long first = 0, second = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            if ((double)training.First[bin] / training.FirstTotal <= factor * training.Second[bin] / training.SecondTotal)
                continue;
            first += evaluation.First[bin];
            second += evaluation.Second[bin];
        }
        return Confidence.Lower(first, evaluation.FirstTotal) - (factor * Confidence.Upper(second, evaluation.SecondTotal));
    }

    sealed record Histogram(int[] First, int[] Second)
    {
        public int FirstTotal => First.Sum();

        public int SecondTotal => Second.Sum();

        /// <summary>Bins of half a standard deviation; the outermost take what lies beyond.</summary>
        public static Histogram Of(IEnumerable<Trial> trials, int key, bool targetFirst)
        {
            int[] first = new int[Bins], second = new int[Bins];
            foreach (var trial in trials)
            {
                var index = key < 0 ? trial.Residual.Length + key : key;
                var centred = trial.Residual[index] - (trial.Signal[index] / 2);
                var bin = Math.Clamp((int)Math.Floor(2 * centred) + (Bins / 2), 0, Bins - 1);
                (trial.TargetMeasured == targetFirst ? first : second)[bin]++;
            }
            return new Histogram(first, second);
        }
    }
}
