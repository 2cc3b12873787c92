using CivicSense.Commons;

namespace CivicSense.Benchmarks.Utility;

/// <summary>How far answers are from the truth.</summary>
/// <param name="Count">How many were compared.</param>
/// <param name="MeanAbsoluteError">In the unit of the quantity, as all that is not a share.</param>
/// <param name="RootMeanSquareError">Of the same errors.</param>
/// <param name="Bias">The mean of answer less truth.</param>
/// <param name="Coverage">The share of truths in their 95 % interval; NaN where the method gives no intervals.</param>
/// <param name="IntervalWidth">The mean width of the intervals; NaN where there are none.</param>
/// <param name="Shown">
/// The share of answers whose standard error is within the display limit; NaN where the method gives no standard errors.
/// </param>
/// <param name="Skill">
/// The mean absolute error over that of the reference alone, where the reference has a value: below 1 is better. NaN if it has none.
/// </param>
/// <param name="LeastAreaCoverage">The coverage of the area where it is least.</param>
/// <param name="MostAreaCoverage">The coverage of the area where it is most.</param>
sealed record Score(
    int Count, double MeanAbsoluteError, double RootMeanSquareError, double Bias, double Coverage, double IntervalWidth, double Shown,
    double Skill, double LeastAreaCoverage, double MostAreaCoverage)
{
    /// <summary>Compares the answers about one area, or about all, with the truth.</summary>
    /// <param name="scene">Says which hours count: periods that begin earlier are left out.</param>
    /// <param name="truth">The truth.</param>
    /// <param name="reference">What the reference alone says.</param>
    /// <param name="answers">One set of answers, or several from repetitions with fresh noise.</param>
    /// <param name="resolution">The resolution.</param>
    /// <param name="area">The number of the area; null for all.</param>
    /// <param name="displayLimit">The largest standard error at which a number is shown.</param>
    /// <returns>Null if nothing could be compared.</returns>
    public static Score? Of(
        Scene scene, Answers truth, Answers reference, IReadOnlyList<Answers> answers, Resolution resolution, int? area,
        double displayLimit)
    {
        var periods = scene.Calendar.Periods(resolution);
        var counted = Enumerable.Range(0, periods.Count).Where(period => periods[period].FirstHour >= scene.FirstCountedHour).ToArray();
        var areas = area is { } one ? [one] : Enumerable.Range(0, truth[resolution].Length).ToArray();
        var pairs = (
            from number in areas
            from repetition in answers
            from period in counted
            let pair = new Pair(
                number, truth[resolution][number][period].Value, reference[resolution][number][period].Value,
                repetition[resolution][number][period])
            where !double.IsNaN(pair.Truth) && !double.IsNaN(pair.Answer.Value)
            select pair).ToArray();
        if (pairs.Length == 0)
            return null;
        var coverages = areas.Select(number => Coverages(pairs.Where(pair => pair.Area == number))).ToArray();
        return new Score(
            pairs.Length,
            pairs.Average(pair => Math.Abs(pair.Error)),
            Math.Sqrt(pairs.Average(pair => pair.Error * pair.Error)),
            pairs.Average(pair => pair.Error),
            Coverages(pairs),
            PeriodMeans.Of(pairs.Select(pair => pair.Answer.Upper - pair.Answer.Lower)),
            PeriodMeans.Of(pairs.Select(
                pair => double.IsNaN(pair.Answer.StandardError) ? double.NaN : One(pair.Answer.StandardError <= displayLimit))),
            Skills(pairs),
            coverages.Min(), coverages.Max());
    }

    static double Skills(IEnumerable<Pair> pairs)
    {
        var common = pairs.Where(pair => !double.IsNaN(pair.Reference)).ToArray();
        return common.Sum(pair => Math.Abs(pair.Error)) / common.Sum(pair => Math.Abs(pair.Reference - pair.Truth));
    }

    static double Coverages(IEnumerable<Pair> pairs) => PeriodMeans.Of(
        pairs.Where(pair => !double.IsNaN(pair.Answer.Lower))
            .Select(pair => One(pair.Answer.Lower <= pair.Truth && pair.Truth <= pair.Answer.Upper)));

    static double One(bool condition) => condition ? 1 : 0;

    readonly record struct Pair(int Area, double Truth, double Reference, Answer Answer)
    {
        public double Error => Answer.Value - Truth;
    }
}
