using System.Collections.Concurrent;
using System.Globalization;
using CivicSense.Commons;
using CivicSense.OpenData;

namespace CivicSense.Benchmarks.Utility;

/// <summary>Runs a scene through ours and the other methods and scores them.</summary>
/// <param name="settings">What is compared.</param>
/// <param name="clock">For the durations told on the way.</param>
/// <param name="progress">Where to tell how far it is.</param>
sealed class Experiment(ExperimentSettings settings, TimeProvider clock, TextWriter progress)
{
    readonly TextWriter progress = TextWriter.Synchronized(progress);

    /// <summary>Runs every configuration over some scenes, at most two at once.</summary>
    /// <param name="scenes">The scenes with the number of households that each stands for.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<ResultRow>> RunAsync(
        IReadOnlyList<(int Owners, Lazy<Scene> Scene)> scenes, CancellationToken cancellationToken)
    {
        var work = new List<Func<CancellationToken, Task<IReadOnlyList<ResultRow>>>>();
        foreach (var (owners, scene) in scenes)
        {
            var setting = new Lazy<Setting>(() => new Setting(scene.Value, settings, owners));
            work.Add(_ => Task.FromResult(setting.Value.Rows("reference-alone", null, "", EstimateStatus.Live, [setting.Value.Reference])));
            foreach (var cost in settings.Costs)
            {
                work.AddRange(
                    from ablation in settings.Ablations
                    from reference in settings.References
                    select (Func<CancellationToken, Task<IReadOnlyList<ResultRow>>>)(token =>
                        OursAsync(setting.Value, cost, reference, ablation, token)));
                if (settings.OtherMethods)
                    work.Add(token => Task.FromResult(OtherRows(setting.Value, cost, token)));
            }
        }
        var results = new ConcurrentDictionary<int, IReadOnlyList<ResultRow>>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, work.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Min(2, Environment.ProcessorCount), CancellationToken = cancellationToken },
            async (number, token) => results[number] = await work[number](token));
        return [.. Enumerable.Range(0, work.Count).SelectMany(number => results[number])];
    }

    IReadOnlyList<ResultRow> OtherRows(Setting setting, DayCost cost, CancellationToken cancellationToken)
    {
        var repetitions = new List<(string Name, Answers Answers)>();
        for (var repetition = 0; repetition < settings.Repeats; repetition++)
        {
            foreach (var method in new OtherMethods(setting.Scene, setting.Sums, cost).All())
            {
                cancellationToken.ThrowIfCancellationRequested();
                repetitions.Add(method);
            }
        }
        progress.WriteLine($"done: other methods, {setting.Owners} owners, epsilon {Text(cost.Epsilon)}");
        return
        [
            .. repetitions.GroupBy(method => method.Name, method => method.Answers)
                .SelectMany(method => setting.Rows(method.Key, cost, "", EstimateStatus.Live, [.. method])),
        ];
    }

    async Task<IReadOnlyList<ResultRow>> OursAsync(
        Setting setting, DayCost cost, bool reference, Ablation ablation, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var scene = setting.Scene;
        var name = ablation.Name == Ablation.None ? "civicsense" : $"civicsense/without-{ablation.Name}";
        var title = $"{name}, {setting.Owners} owners, epsilon {Text(cost.Epsilon)}, {(reference ? "with" : "without")} reference";
        var (live, final) = (new List<Answers>(), new List<Answers>());
        var options = cost.Release(scene.Quantity, scene.Calendar.Zone.Id, settings.LeastOwners(setting.Owners));
        for (var (repetition, days) = (0, 0); repetition < settings.Repeats; repetition++)
        {
            var run = new OwnerDayRun(scene, options, reference, settings.ReferenceDelay, ablation);
            var recorded = await run.RunAsync(
                () =>
                {
                    if (++days % 200 == 0)
                        progress.WriteLine($"{title}: {days} of {scene.Calendar.Days.Length * settings.Repeats} days");
                },
                cancellationToken);
            live.Add(recorded.Live);
            final.Add(recorded.Final);
        }
        progress.WriteLine($"done: {title} in {clock.GetElapsedTime(started).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)} s");
        var uses = reference ? "first" : "none";
        return
        [
            .. setting.Rows(name, cost, uses, EstimateStatus.Live, live),
            .. setting.Rows(name, cost, uses, EstimateStatus.Final, final),
        ];
    }

    static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The truth of a scene, and what it is compared with.</summary>
    sealed class Setting
    {
        readonly Answers truth;
        readonly IReadOnlyList<Area> areas;
        readonly double displayLimit;

        public Setting(Scene scene, ExperimentSettings settings, int owners)
        {
            (Scene, Owners) = (scene, owners);
            displayLimit = new OpenDataOptions().DisplayLimits[scene.Quantity.Id];
            // The areas follow from the enrolment, which is the same every day and whatever it costs.
            var plan = OwnerDayRun.PlanOf(
                scene, settings.Costs[0].Release(scene.Quantity, scene.Calendar.Zone.Id, settings.LeastOwners(owners)),
                scene.Calendar.Days[0]);
            areas = [.. plan.Public.Areas.Select(planned => planned.Area)];
            Sums = new AreaSums(scene, plan);
            truth = Answers.OfHours(scene, Sums.Truth, PeriodMeans.TruthNeeds, (_, mean, _) => Answer.Of(mean));
            Reference = Utility.OtherMethods.Reference(scene, Sums.Areas);
        }

        public Scene Scene { get; }

        public int Owners { get; }

        public AreaSums Sums { get; }

        public Answers Reference { get; }

        public IReadOnlyList<ResultRow> Rows(
            string method, DayCost? cost, string reference, EstimateStatus status, IReadOnlyList<Answers> answers) =>
        [
            .. from resolution in PeriodMeans.Resolutions
               from area in Enumerable.Range(-1, areas.Count + 1).Select(area => area < 0 ? (int?)null : area)
               let score = Score.Of(Scene, truth, Reference, answers, resolution, area, displayLimit)
               where score is not null
               select new ResultRow(
                   method, Owners, cost, reference, status, resolution,
                   area is { } number ? Scene.NameOf(areas[number]) : ResultRow.AllAreas, score),
        ];
    }
}

/// <summary>What is compared.</summary>
/// <param name="Costs">What an owner-day may cost.</param>
/// <param name="References">Whether ours uses the official stations: either or both.</param>
/// <param name="ReferenceDelay">How many hours late it gets them.</param>
/// <param name="Ablations">What of ours is switched off, each in a run of its own.</param>
/// <param name="Repeats">How often each method runs, with fresh noise; its errors are put together.</param>
/// <param name="OtherMethods">Whether other methods run beside it.</param>
/// <param name="MayMerge">Whether areas are merged as a node merges them; otherwise each cell is an area with few households, too.</param>
sealed record ExperimentSettings(
    IReadOnlyList<DayCost> Costs, IReadOnlyList<bool> References, int ReferenceDelay, IReadOnlyList<Ablation> Ablations, int Repeats,
    bool OtherMethods, bool MayMerge)
{
    /// <summary>How many households an area must have at least.</summary>
    public int LeastOwners(int owners) => MayMerge ? int.MaxValue : owners;
}
