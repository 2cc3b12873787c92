using CivicSense.Privacy;
using MathNet.Numerics.Distributions;

namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>What an attack has shown.</summary>
/// <param name="Attack">Its name.</param>
/// <param name="Epsilon">
/// Every mechanism whose output the attack tells apart as well as it did has at least this epsilon. Assumes nothing about the noise.
/// </param>
/// <param name="GaussianEpsilon">
/// The same where the trade-off of the two errors is that of Gaussian noise, which is what the node states: mu-Gaussian differential
/// privacy (Dong, Roth, Su 2022). Much sharper, because one threshold in the middle decides about the whole curve.
/// </param>
/// <param name="Mu">The number of standard deviations behind <paramref name="GaussianEpsilon"/>.</param>
/// <param name="Trials">How many evaluation trials it rests on.</param>
sealed record EpsilonLowerBound(string Attack, double Epsilon, double GaussianEpsilon, double Mu, int Trials)
{
    /// <summary>The thresholds that are tried on the training half; one is kept for each of the two figures.</summary>
    const int Candidates = 200;

    /// <summary>
    /// Chooses thresholds on the training scores and evaluates them on the others. Both events count: score above, and not above.
    /// </summary>
    public static EpsilonLowerBound Of(
        string attack, IReadOnlyList<(bool Measured, double Score)> training, IReadOnlyList<(bool Measured, double Score)> evaluation,
        double delta)
    {
        var candidates = training.Select(trial => trial.Score).Order().Chunk(Math.Max(1, training.Count / Candidates))
            .Select(chunk => chunk[0]).ToArray();
        var forEpsilon = candidates.MaxBy(threshold => Counts.Of(training, threshold).Epsilon(delta));
        var forMu = candidates.MaxBy(threshold => Counts.Of(training, threshold).Mu);
        var mu = Math.Max(0, Counts.Of(evaluation, forMu).Mu);
        return new EpsilonLowerBound(
            attack, Counts.Of(evaluation, forEpsilon).Epsilon(delta), mu > 0 ? GaussianAccounting.Epsilon(mu * mu / 2, delta) : 0, mu,
            evaluation.Count);
    }

    /// <summary>How often the score was above a threshold with and without the target.</summary>
    readonly record struct Counts(int Hits, int With, int FalseAlarms, int Without)
    {
        public static Counts Of(IReadOnlyList<(bool Measured, double Score)> trials, double threshold)
        {
            int hits = 0, with = 0, falseAlarms = 0;
            foreach (var (measured, score) in trials)
            {
                if (measured) with++;
                if (score <= threshold) continue;
                if (measured) hits++;
                else falseAlarms++;
            }
            return new Counts(hits, with, falseAlarms, trials.Count - with);
        }

        /// <summary>max over both events and directions of ln((P - delta) / Q) with P at its lower and Q at its upper limit.</summary>
        public double Epsilon(double delta) => Math.Max(
            0,
            Math.Max(
                LogRatio(Confidence.Lower(Hits, With), delta, Confidence.Upper(FalseAlarms, Without)),
                LogRatio(Confidence.Lower(Without - FalseAlarms, Without), delta, Confidence.Upper(With - Hits, With))));

        static double LogRatio(double p, double delta, double q) => Math.Log(Math.Max(p - delta, double.Epsilon) / q);

        /// <summary>
        /// The distance of two unit Gaussians that are at least as easy to tell apart at this threshold; may be negative.
        /// </summary>
        public double Mu
        {
            get
            {
                var hit = Math.Clamp(Confidence.Lower(Hits, With), 1e-300, 1 - 1e-15);
                var alarm = Math.Clamp(Confidence.Upper(FalseAlarms, Without), 1e-300, 1 - 1e-15);
                return Normal.InvCDF(0, 1, hit) - Normal.InvCDF(0, 1, alarm);
            }
        }
    }
}
