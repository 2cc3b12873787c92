using CivicSense.Benchmarks.Utility;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Tests.Utility.Scoring;

public sealed class ScoreTests
{
    [Fact]
    public void Figures_are_those_of_the_second_half()
    {
        var (scene, _) = SmallScenes.Steady(10, days: 4, areas: 2, owners: 5);
        var truth = All(scene, 10, 10);
        var reference = All(scene, 14, 14);
        // The second area is only right before anything counts.
        var answers = All(scene, 11, 7, firstHalfOfSecondArea: 10);

        var score = Score.Of(scene, truth, reference, [answers], Resolution.Hour, null, displayLimit: 1)!;

        Assert.Equal(2 * 48, score.Count);
        Assert.Equal(2, score.MeanAbsoluteError, 12);
        Assert.Equal(Math.Sqrt(5), score.RootMeanSquareError, 12);
        Assert.Equal(-1, score.Bias, 12);
        Assert.Equal(0.5, score.Skill, 12);
        Assert.Equal((0.5, 0, 1), (score.Coverage, score.LeastAreaCoverage, score.MostAreaCoverage));
        Assert.Equal(4, score.IntervalWidth, 12);
        Assert.Equal(1, score.Shown);
    }

    [Fact]
    public void A_mean_needs_three_quarters_of_its_hours_where_the_truth_is_asked_for()
    {
        var period = new Period(0, 4, default, default);

        Assert.Equal((2, 3), PeriodMeans.Over([1, 2, 3, double.NaN], period, PeriodMeans.TruthNeeds, Averaging.Arithmetic));
        var (mean, _) = PeriodMeans.Over([1, 2, double.NaN, double.NaN], period, PeriodMeans.TruthNeeds, Averaging.Arithmetic);
        Assert.True(double.IsNaN(mean));
        Assert.Equal((1.5, 2), PeriodMeans.Over([1, 2, double.NaN, double.NaN], period, 0, Averaging.Arithmetic));
    }

    [Fact]
    public void Levels_of_sound_are_averaged_by_their_energy()
    {
        var (mean, _) = PeriodMeans.Over([60, 60, 70, double.NaN], new Period(0, 4, default, default), 0, Averaging.Energetic);

        // The third hour has ten times the energy: 10 log10((1 + 1 + 10) / 3) above 60.
        Assert.Equal(60 + (10 * Math.Log10(4)), mean, 9);
    }

    /// <summary>Hourly answers with a standard error of 1 and an interval of two to either side.</summary>
    static Answers All(Scene scene, double first, double second, double? firstHalfOfSecondArea = null)
    {
        var hours = scene.Calendar.Windows.Length;
        double[][] hourly =
        [
            [.. Enumerable.Repeat(first, hours)],
            [.. Enumerable.Repeat(firstHalfOfSecondArea ?? second, hours / 2), .. Enumerable.Repeat(second, hours / 2)],
        ];
        return Answers.OfHours(scene, hourly, 0, (_, mean, _) => new Answer(mean, 1, mean - 2, mean + 2));
    }
}
