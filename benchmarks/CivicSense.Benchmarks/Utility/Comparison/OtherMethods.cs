using CivicSense.Commons;
using CivicSense.Privacy;

namespace CivicSense.Benchmarks.Utility;

/// <summary>
/// What else could be done with the same sensors and the same cost of an owner-day. The definitions stand in docs/utility.md.
/// </summary>
sealed class OtherMethods(Scene scene, AreaSums sums, DayCost cost)
{
    /// <summary>The w of w-event privacy and the hours that a day's budget is divided into.</summary>
    public const int Window = 24;

    /// <summary>The reference station alone, as it stands.</summary>
    public static Answers Reference(Scene scene, int areas)
    {
        var reference = scene.Reference();
        return Answers.OfHours(scene, [.. Enumerable.Repeat(reference, areas)], 0, (_, mean, _) => Answer.Of(mean));
    }

    /// <summary>Every method that spends the budget, by name.</summary>
    public IEnumerable<(string Name, Answers Answers)> All()
    {
        var noise = new BoundedNoise(cost.Epsilon, Window);
        yield return ("laplace-hours", IndependentHours(() => noise.Draw(2), noise.Deviation(2)));
        var sigma = GaussianAccounting.Sigma((double)cost.Epsilon, cost.Delta);
        var gaussian = new DiscreteGaussian(
            Rational.FromDouble(sigma) * Rational.FromDouble(sigma) * (BoundedNoise.Bound * BoundedNoise.Bound * Window));
        yield return ("gaussian-day", IndependentHours(() => (long)gaussian.Sample(), sigma * BoundedNoise.Bound * Math.Sqrt(Window)));
        yield return ("laplace-day", OneValueADay(noise));
        yield return ("uniform", Streams(() => new UniformStream(noise)));
        yield return ("sample", Streams(() => new SampleStream(noise)));
        yield return ("budget-absorption", Streams(() => new BudgetAbsorptionStream(noise)));
    }

    /// <summary>
    /// Every hour's mean with noise of its own. Means of hours are taken before they are moved into the bounds: that is better for days and
    /// longer, because the noise averages out.
    /// </summary>
    Answers IndependentHours(Func<long> draw, double deviation) => Answers.OfHours(
        scene,
        Hourly((area, hour) => Mean(area, sums.OfHour(area, hour) + draw())),
        0,
        (area, mean, hours) => Answer.Noisy(mean, Mean(area, deviation) / Math.Sqrt(hours), 0, BoundedNoise.MostValue));

    /// <summary>
    /// One mean a day with the whole budget. It also stands for each hour of the day, though nobody knows it before the day ends.
    /// </summary>
    Answers OneValueADay(BoundedNoise noise)
    {
        var hourly = Enumerable.Range(0, sums.Areas).Select(_ => new double[scene.Calendar.Windows.Length]).ToArray();
        foreach (var day in scene.Calendar.Periods(Resolution.Day))
        {
            for (var area = 0; area < sums.Areas; area++)
            {
                var value = sums.OfMeans(area, day) is { } sum ? Mean(area, sum + noise.Draw(2 * Window)) : double.NaN;
                hourly[area].AsSpan(day.FirstHour, day.Hours).Fill(value);
            }
        }
        return Answers.OfHours(scene, hourly, 0, (area, mean, hours) => hours == 1
            ? Answer.Of(Math.Clamp(mean, 0, BoundedNoise.MostValue))
            : Answer.Noisy(mean, Mean(area, noise.Deviation(2 * Window)) / Math.Sqrt(Math.Max(1, hours / 24.0)), 0,
                BoundedNoise.MostValue));
    }

    /// <summary>A stream for each area, as it is published: moved into the bounds hour by hour, days and longer from that.</summary>
    Answers Streams(Func<IEventStream> create)
    {
        var streams = Enumerable.Range(0, sums.Areas).Select(_ => create()).ToArray();
        return Answers.OfHours(
            scene,
            Hourly((area, hour) => Math.Clamp(Mean(area, streams[area].Publish(sums.OfHour(area, hour))), 0, BoundedNoise.MostValue)),
            0,
            (_, mean, _) => Answer.Of(mean));
    }

    double Mean(int area, double sum) => sum / BoundedNoise.Grid / sums.Households(area);

    double[][] Hourly(Func<int, int, double> value) =>
    [
        .. sums.Truth.Select((truth, area) =>
            Enumerable.Range(0, truth.Length).Select(hour => double.IsNaN(truth[hour]) ? double.NaN : value(area, hour)).ToArray()),
    ];
}
