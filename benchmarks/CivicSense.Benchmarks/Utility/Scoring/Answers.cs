using CivicSense.Commons;

namespace CivicSense.Benchmarks.Utility;

/// <summary>What a method says about one area and period.</summary>
/// <param name="Value">The estimate; NaN where it says nothing.</param>
/// <param name="StandardError">Its standard error; NaN where the method gives none.</param>
/// <param name="Lower">The lower end of the 95 % interval; NaN where the method gives none.</param>
/// <param name="Upper">The upper end.</param>
readonly record struct Answer(double Value, double StandardError, double Lower, double Upper)
{
    /// <summary>Nothing is said.</summary>
    public static Answer None { get; } = Of(double.NaN);

    /// <summary>A value alone.</summary>
    public static Answer Of(double value) => new(value, double.NaN, double.NaN, double.NaN);

    /// <summary>
    /// A value with noise of a known standard deviation, moved into the bounds that are known of it; the interval is the normal one.
    /// </summary>
    public static Answer Noisy(double value, double deviation, double least, double most) => new(
        Math.Clamp(value, least, most), deviation, Math.Clamp(value - (1.96 * deviation), least, most),
        Math.Clamp(value + (1.96 * deviation), least, most));
}

/// <summary>What a method says about every area and period.</summary>
sealed class Answers
{
    readonly Dictionary<Resolution, Answer[][]> answers;

    /// <summary>Nothing is said yet.</summary>
    public Answers(Calendar calendar, int areas) => answers = PeriodMeans.Resolutions.ToDictionary(
        resolution => resolution,
        resolution => Enumerable.Range(0, areas)
            .Select(_ => Enumerable.Repeat(Answer.None, calendar.Periods(resolution).Count).ToArray()).ToArray());

    /// <summary>The answers by area and period.</summary>
    public Answer[][] this[Resolution resolution] => answers[resolution];

    /// <summary>An hourly series for each area, and its means over what it has of days, weeks and months.</summary>
    /// <param name="scene">The hours, and how they are averaged.</param>
    /// <param name="hourly">By area and hour; NaN where nothing is said.</param>
    /// <param name="needed">The share of a period's hours without which nothing is said about it.</param>
    /// <param name="answer">Makes the answer from the number of the area, the mean and the number of hours in it.</param>
    public static Answers OfHours(Scene scene, double[][] hourly, double needed, Func<int, double, int, Answer> answer)
    {
        var made = new Answers(scene.Calendar, hourly.Length);
        foreach (var resolution in PeriodMeans.Resolutions)
        {
            var periods = scene.Calendar.Periods(resolution);
            for (var area = 0; area < hourly.Length; area++)
            {
                for (var period = 0; period < periods.Count; period++)
                {
                    var (mean, hours) = PeriodMeans.Over(hourly[area], periods[period], needed, scene.Quantity.Averaging);
                    made[resolution][area][period] = double.IsNaN(mean) ? Answer.None : answer(area, mean, hours);
                }
            }
        }
        return made;
    }
}
