using CivicSense.Benchmarks.Utility;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Tests.Utility.Comparison;

public sealed class OtherMethodsTests
{
    const int Owners = 10;

    /// <remarks>
    /// |Laplace noise| of scale b has mean b and standard deviation b. 20,000 draws: six standard errors are 4.3 % of b, false-positive
    /// rate 2e-9. b = 200 * 24 / (epsilon n), privacy literature: Dwork, McSherry, Nissim, Smith 2006.
    /// </remarks>
    [Fact]
    public void Hourly_Laplace_noise_errs_by_the_closed_form()
    {
        var noise = new BoundedNoise(1, OtherMethods.Window);
        const int Draws = 20_000;

        var error = Enumerable.Range(0, Draws).Average(_ => Math.Abs((double)noise.Draw(2))) / BoundedNoise.Grid / Owners;

        var expected = 200.0 * 24 / Owners;
        Assert.InRange(error / expected, 1 - (6 / Math.Sqrt(Draws)), 1 + (6 / Math.Sqrt(Draws)));
    }

    /// <remarks>
    /// Air at 100 is far from both bounds at this cost, so nothing is moved into them and the interval is the normal one. At least 4 areas
    /// of 30 days: 2,880 hours; the coverage has a standard error of 0.5 % at most, the bounds are six of them wide.
    /// </remarks>
    [Fact]
    public void Intervals_of_methods_with_known_noise_cover()
    {
        var (scene, plan) = SmallScenes.Steady(100, days: 60, areas: 4, Owners);
        var sums = new AreaSums(scene, plan);
        var truth = Answers.OfHours(scene, sums.Truth, PeriodMeans.TruthNeeds, (_, mean, _) => Answer.Of(mean));
        var methods = new OtherMethods(scene, sums, new DayCost(100, 1e-6))
            .All().ToDictionary(method => method.Name, method => method.Answers);

        foreach (var method in new[] { "laplace-hours", "gaussian-day" })
        {
            var score = Score.Of(scene, truth, OtherMethods.Reference(scene, 4), [methods[method]], Resolution.Hour, null, 5)!;
            Assert.InRange(score.Coverage, 0.91, 0.98);
            Assert.InRange(score.Bias, -1, 1);
        }
    }

    [Fact]
    public void Everything_is_answered_within_the_bounds()
    {
        var (scene, plan) = SmallScenes.Steady(12, days: 12, areas: 2, Owners);

        foreach (var (name, answers) in new OtherMethods(scene, new AreaSums(scene, plan), new DayCost(1, 1e-6)).All())
        {
            Assert.NotEmpty(name);
            foreach (var resolution in PeriodMeans.Resolutions)
                Assert.All(answers[resolution].SelectMany(area => area), answer => Assert.InRange(answer.Value, 0, 200));
        }
    }
}
