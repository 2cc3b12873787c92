using BenchmarkDotNet.Attributes;
using CivicSense.Commons;
using CivicSense.Estimation;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace CivicSense.Benchmarks;

/// <summary>
/// One hour's update of a whole city: prediction, measurement, estimates of the hour and revision of the 48 hours, the day, the week and
/// the month before. What is revised is smoothed by that, so thirty days of smoothing are 720 such updates.
/// </summary>
[MemoryDiagnoser]
public class EstimationBenchmark
{
    const int WarmUpHours = 60;

    static readonly Quantity[] All = [Quantity.Pm25, Quantity.Pm10, Quantity.Laeq, Quantity.Temperature];

    NeighbourhoodEstimator estimator = null!;
    IEnumerator<(ReleasePlan Plan, HourWindow Window)> hours = null!;
    Xoshiro256StarStar random = null!;

    /// <summary>The number of release areas; there are about a third as many parents.</summary>
    [Params(250, 1000)]
    public int Areas { get; set; }

    /// <summary>The number of quantities.</summary>
    [Params(1, 4)]
    public int Quantities { get; set; }

    /// <summary>Two and a half days go by, so that as much as ever is being revised.</summary>
    [GlobalSetup]
    public async Task SetUpAsync()
    {
        random = new Xoshiro256StarStar(1, threadSafe: false);
        estimator = new NeighbourhoodEstimator(new NoStore());
        hours = Hours().GetEnumerator();
        for (var hour = 0; hour < WarmUpHours; hour++)
            await HourAsync();
    }

    /// <summary>The next hour, and at midnight the day.</summary>
    [Benchmark]
    public async Task HourAsync()
    {
        hours.MoveNext();
        var (plan, window) = hours.Current;
        await estimator.PrepareAsync(plan, window, CancellationToken.None);
        var baselines = new double[plan.KeyCount];
        estimator.Predict(plan, window, baselines);
        var measurements = new NoisyMeasurement[plan.KeyCount];
        for (var key = 0; key < measurements.Length; key++)
        {
            measurements[key] = new NoisyMeasurement(
                window, plan.Areas[key / Quantities].Area, All[key % Quantities],
                (long)(plan.Sigma * plan.Grid * Normal.Sample(random, 0, 1)), baselines[key], 1);
        }
        await estimator.WindowReleasedAsync(plan, window, measurements, CancellationToken.None);
        if (window == plan.LastWindow)
            await estimator.DayReleasedAsync(
                plan, [.. plan.Areas.Select(area => new NoisyActivity(plan.Day, area.Area, 20 * plan.ActivityWeight, 1))],
                CancellationToken.None);
    }

    IEnumerable<(ReleasePlan Plan, HourWindow Window)> Hours()
    {
        for (var day = PrivacyDay.Parse("2026-01-01"); ; day = day.Next)
        {
            var windows = day.Windows(TimeZoneInfo.Utc);
            var plan = new ReleasePlan
            {
                Day = day, TimeZone = "UTC", FirstWindow = windows[0], LastWindow = windows[^1],
                Areas = [.. Enumerable.Range(0, Areas).Select(number => new PlannedArea(CellOf(number), 20)).OrderBy(area => area.Area)],
                Quantities = [.. All.Take(Quantities).Select(quantity => new PlannedQuantity(
                    quantity, 0.2m, Math.Sqrt(0.2) / quantity.TypicalDayNorm, quantity.ResidualCap))],
                Rho = 0.028m, Sigma = 1 / Math.Sqrt(2 * 0.028), Grid = 1 << 16, ActivityWeight = (long)(Math.Sqrt(0.05) * (1 << 16)),
            };
            foreach (var window in windows)
                yield return (plan, window);
        }
    }

    static Area CellOf(int number)
    {
        var digits = "";
        for (var rest = number; digits.Length < 6; rest /= 4)
            digits = (char)('0' + rest % 4) + digits;
        return Area.Parse("03131023" + digits);
    }

    sealed class NoStore : IEstimateStore
    {
        public ValueTask WriteAsync(IReadOnlyList<Estimate> estimates, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
