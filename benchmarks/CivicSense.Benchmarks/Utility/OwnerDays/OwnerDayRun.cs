using CivicSense.Commons;
using CivicSense.Estimation;
using CivicSense.Privacy;
using CivicSense.Release;
using CivicSense.Vault;

namespace CivicSense.Benchmarks.Utility;

/// <summary>
/// Takes a scene through the release and the estimator that a node runs: plan, clip, discrete Gaussian noise from the operating system,
/// activity, estimates. Only the database, the ledger and MQTT are left out.
/// </summary>
/// <param name="scene">What happens.</param>
/// <param name="options">What is released and at what cost.</param>
/// <param name="references">Whether the estimator gets the values of the official stations.</param>
/// <param name="referenceDelay">How many hours late it gets them.</param>
/// <param name="ablation">What is switched off.</param>
sealed class OwnerDayRun(Scene scene, ReleaseOptions options, bool references, int referenceDelay, Ablation ablation)
{
    long sequence;

    /// <summary>Makes the plan of a day, as a node would.</summary>
    /// <exception cref="UtilityException">There are too few households for an area.</exception>
    public static PrivatePlan PlanOf(Scene scene, ReleaseOptions options, PrivacyDay day)
    {
        var windows = day.Windows(scene.Calendar.Zone);
        return new PlanBuilder(options).Build(day, windows[0], windows[^1], scene.Devices)
            ?? throw new UtilityException("there are too few households for a single area.");
    }

    /// <summary>Runs all days.</summary>
    /// <param name="dayDone">Is told of each day that is over.</param>
    /// <param name="cancellationToken">Stops between two hours.</param>
    public async Task<EstimateRecorder> RunAsync(Action dayDone, CancellationToken cancellationToken)
    {
        var areas = PlanOf(scene, options, scene.Calendar.Days[0]).Public.Areas;
        var recorder = new EstimateRecorder(scene.Quantity, scene.Calendar, [.. areas.Select(planned => planned.Area)]);
        var estimator = ablation.Estimator(recorder, references ? new SceneReferences(scene, referenceDelay) : null, scene.FirstCounted);
        var days = scene.Calendar.Periods(Resolution.Day);
        for (var day = 0; day < days.Count; day++)
        {
            await ReleaseDayAsync(scene.Calendar.Days[day], days[day], estimator, recorder, cancellationToken);
            dayDone();
        }
        return recorder;
    }

    async ValueTask ReleaseDayAsync(
        PrivacyDay day, Period hours, NeighbourhoodEstimator estimator, EstimateRecorder recorder, CancellationToken cancellationToken)
    {
        var plan = ablation.Plan(PlanOf(scene, options, day));
        var mechanism = WindowRelease.MechanismOf(plan.Public);
        var baseline = ablation.Baseline(estimator);
        var budgets = new Dictionary<int, long>();
        var active = new HashSet<ActiveOwner>();
        for (var hour = hours.FirstHour; hour < hours.FirstHour + hours.Hours; hour++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var window = scene.Calendar.Windows[hour];
            recorder.Now = window;
            await baseline.PrepareAsync(plan.Public, window, cancellationToken);
            var baselines = new double[plan.Public.KeyCount];
            baseline.Predict(plan.Public, window, baselines);

            var sums = WindowSums.Compute(mechanism, plan, window, Contributions(hour), budgets, baselines);
            foreach (var (owner, left) in sums.Budgets)
                budgets[owner] = left;
            active.UnionWith(sums.ActiveOwners);
            await estimator.WindowReleasedAsync(
                plan.Public, window, Measurements(plan.Public, window, mechanism.Publish(sums.Sums), baselines), cancellationToken);
        }
        var activity = mechanism.Publish(mechanism.ActivitySums(
            plan.Public.Areas.Length, plan.OwnerDays(), active.Select(owner => (owner.OwnerId, owner.AreaIndex))));
        sequence++;
        await estimator.DayReleasedAsync(
            plan.Public,
            [.. activity.Select((value, area) => new NoisyActivity(day, plan.Public.Areas[area].Area, (long)value, sequence))],
            cancellationToken);
    }

    List<Contribution> Contributions(int hour)
    {
        var contributions = new List<Contribution>(scene.Devices.Count);
        for (var device = 0; device < scene.Devices.Count; device++)
        {
            var value = scene.Values[device][hour];
            if (!double.IsNaN(value))
                contributions.Add(new Contribution(
                    scene.Devices[device].Id, scene.Quantity.Ordinal, scene.Calendar.Windows[hour], 1, OfOneReading(value), 0));
        }
        return contributions;
    }

    double OfOneReading(double value) => scene.Quantity.Averaging == Averaging.Energetic ? Math.Pow(10, value / 10) : value;

    NoisyMeasurement[] Measurements(ReleasePlan plan, HourWindow window, IReadOnlyList<Int128> values, double[] baselines)
    {
        sequence++;
        return [.. values.Select((value, key) => new NoisyMeasurement(
            window, plan.Areas[key / plan.Quantities.Length].Area, plan.Quantities[key % plan.Quantities.Length].Quantity, (long)value,
            baselines[key], sequence))];
    }
}
