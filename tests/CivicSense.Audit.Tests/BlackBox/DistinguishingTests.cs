using System.Globalization;

namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>
/// Attacks that try to tell from a node's public answers whether one household measured. None may do better than the ledger's epsilon.
/// </summary>
/// <remarks>
/// Sample: see <see cref="AttackedRuns"/>; a third of the trials trains, two thirds decide. A correct node fails with probability at most
/// 1e-6 in all (<see cref="Confidence"/>). A node that passes may still leak in a way that these attacks do not look for:
/// docs/privacy/audits.md.
/// </remarks>
[Collection(AttackedRunsCollection.Name)]
public sealed class DistinguishingTests(AttackedRuns runs, ITestOutputHelper output)
{
    [Theory]
    [InlineData("informative")]
    [InlineData("usual")]
    public async Task The_likelihood_ratio_of_a_day_shows_no_more_than_the_stated_epsilon(string name)
    {
        var run = await runs.OfAsync(name);
        AssertUnderStated(run, MatchedFilter(run.Training, run.Evaluation, run.Record.Delta));
    }

    [Theory]
    [InlineData("informative")]
    [InlineData("usual")]
    public async Task A_trained_classifier_shows_no_more_than_the_stated_epsilon(string name)
    {
        var run = await runs.OfAsync(name);
        var classifier = LogisticRegression.Train(run.Training);
        AssertUnderStated(run, EpsilonLowerBound.Of(
            "logistic regression", Scores(run.Training, classifier.Score), Scores(run.Evaluation, classifier.Score), run.Record.Delta));
    }

    [Fact]
    public async Task The_attacks_have_power_where_rho_is_large()
    {
        // Otherwise the two tests above would say nothing. The ideal distance is sqrt(2 rho) = 1.41. With 1,365 trials the lower limits
        // scatter by about 0.08 around 0.7, so that an eighth of the ideal is more than six standard deviations below.
        var run = await runs.InformativeAsync();
        var ideal = Math.Sqrt(2 * (double)run.Record.Rho);
        var classifier = LogisticRegression.Train(run.Training);
        Assert.InRange(MatchedFilter(run.Training, run.Evaluation, run.Record.Delta).Mu, ideal / 8, ideal);
        var (training, evaluation) = (Scores(run.Training, classifier.Score), Scores(run.Evaluation, classifier.Score));
        Assert.InRange(EpsilonLowerBound.Of("logistic regression", training, evaluation, run.Record.Delta).Mu, ideal / 8, ideal);
    }

    [Theory]
    [InlineData("informative")]
    [InlineData("usual")]
    [InlineData("several quantities")]
    public async Task The_attacker_knows_the_noise_and_what_the_target_adds(string name)
    {
        // The filter's output has mean 0 or the distance, and variance 1. Each limit is 5.5 standard errors: 4e-8 a side, six sides a run.
        const double Limit = 5.5;
        var run = await runs.OfAsync(name);
        foreach (var measured in new[] { false, true })
        {
            var errors = run.Trials.Where(trial => trial.TargetMeasured == measured)
                .Select(trial => trial.MatchedFilter - (measured ? trial.Distance : 0)).ToArray();
            var standardError = 1 / Math.Sqrt(errors.Length);
            Assert.InRange(errors.Average(), -Limit * standardError, Limit * standardError);
            Assert.InRange(errors.Average(error => error * error), 1 - (1.6 * Limit * standardError), 1 + (1.6 * Limit * standardError));
        }
    }

    [Theory]
    [InlineData("informative")]
    [InlineData("usual")]
    [InlineData("several quantities")]
    public async Task The_target_fills_its_norm_bound_and_no_more(string name)
    {
        // The paces of an hour add up to all that is left in the last two hours of a day, also where there are several quantities.
        var run = await runs.OfAsync(name);
        var bound = Math.Sqrt(2 * (double)run.Record.Rho);
        Assert.All(run.Trials, trial => Assert.InRange(trial.Distance, 0.999 * bound, bound * (1 + 1e-12)));
    }

    [Fact]
    public async Task Eight_times_too_little_noise_would_be_found_by_counting_alone()
    {
        // 10,920 simulated evaluation trials. The lower limit scatters by 0.10 around 2.64, fifteen standard deviations above the stated
        // 1.08: a control that fails by chance is less likely than 1e-40.
        var run = await runs.UsualAsync();
        var (training, evaluation) = (WithNoise(run.Training, 1d / 8, 16, seed: 1), WithNoise(run.Evaluation, 1d / 8, 16, seed: 2));
        var found = Print(run, MatchedFilter(training, evaluation, run.Record.Delta) with { Attack = "control: noise / 8" });
        Assert.True(found.Epsilon > run.Record.EpsilonBound);
    }

    [Fact]
    public async Task Noise_that_is_a_third_too_small_would_be_found()
    {
        // 5,460 simulated evaluation trials. The lower limit of mu scatters by 0.04 around 1.73, more than eight standard deviations above
        // the stated 1.41: failing by chance is less likely than 1e-15.
        var run = await runs.InformativeAsync();
        var (training, evaluation) = (WithNoise(run.Training, 2d / 3, 4, seed: 3), WithNoise(run.Evaluation, 2d / 3, 4, seed: 4));
        var found = Print(run, MatchedFilter(training, evaluation, run.Record.Delta) with { Attack = "control: noise * 2/3" });
        Assert.True(found.Mu > Math.Sqrt(2 * (double)run.Record.Rho));
        Assert.True(found.GaussianEpsilon > run.Record.Epsilon);
    }

    void AssertUnderStated(AttackedRun run, EpsilonLowerBound found)
    {
        Print(run, found);
        Assert.True(found.Epsilon <= run.Record.EpsilonBound, "The attack contradicts the stated epsilon.");
        Assert.True(found.GaussianEpsilon <= run.Record.EpsilonBound, "The attack contradicts the stated Gaussian trade-off.");
    }

    EpsilonLowerBound Print(AttackedRun run, EpsilonLowerBound found)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"rho {run.Record.Rho}, {found.Attack}: epsilon >= {found.Epsilon:F2} by counting, >= {found.GaussianEpsilon:F2} for Gaussian "
            + $"noise (mu >= {found.Mu:F3} of {Math.Sqrt(2 * (double)run.Record.Rho):F3}); stated {run.Record.EpsilonBound:F2}, "
            + $"ideal attack {run.Record.Epsilon:F2}; {found.Trials} evaluation trials, delta {run.Record.Delta:G1}"));
        return found;
    }

    static EpsilonLowerBound MatchedFilter(IReadOnlyList<Trial> training, IReadOnlyList<Trial> evaluation, double delta) =>
        EpsilonLowerBound.Of(
            "likelihood ratio", Scores(training, trial => trial.MatchedFilter), Scores(evaluation, trial => trial.MatchedFilter), delta);

    static (bool, double)[] Scores(IReadOnlyList<Trial> trials, Func<Trial, double> score) =>
        [.. trials.Select(trial => (trial.TargetMeasured, score(trial)))];

    /// <summary>
    /// The same days, several times over, as a node would have published them that added noise of the given size instead of 1, in standard
    /// deviations.
    /// </summary>
    static Trial[] WithNoise(IReadOnlyList<Trial> trials, double size, int copies, int seed)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Repeat(trials, copies).SelectMany(copy => copy).Select(trial => trial with
            {
                Residual = [.. trial.Signal.Select(signal => (trial.TargetMeasured ? signal : 0) + (size * Gaussian(random)))],
            }),
        ];
    }

    static double Gaussian(Random random) => MathNet.Numerics.Distributions.Normal.Sample(random, 0, 1);
}
