using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>
/// A neighbourhood of households and the release of DESIGN section 4, with normal instead of discrete noise. Knows the truth.
/// </summary>
sealed class SimulatedNeighbourhood
{
    readonly Random random;
    readonly List<Household> households = [];
    readonly HashSet<HourWindow> outages = [];
    readonly Dictionary<(Quantity, int), double> areaDeviations = [];
    readonly Dictionary<(Quantity, int), double> areaOffsets = [];
    readonly Dictionary<Quantity, double> cityDeviations = [];
    readonly Dictionary<(Area Area, Quantity Quantity, Period Period), List<double>> hoursOfPeriods = [];
    readonly int seed;
    SimulatedStations? stations;
    double episode;
    long sequence;

    public required PrivacyDay FirstDay { get; init; }
    public string TimeZone { get; init; } = "Europe/London";
    public int Days { get; init; } = 14;
    public required (string QuadKey, int Enrolled)[] Areas { get; init; }
    public (Quantity Quantity, decimal Share)[] Quantities { get; init; } = [(Quantity.Pm25, 0.95m)];
    public double ActiveShare { get; init; } = 0.9;

    /// <summary>The same by day, from 0 on, where it is not always <see cref="ActiveShare"/>.</summary>
    public Func<int, double>? ActiveShareOf { get; init; }

    /// <summary>In how many of a household's hours its sensors see twice as much as there is outside.</summary>
    public double SpikeShare { get; init; } = 0.01;

    /// <summary>In how many of a household's hours nothing comes from it.</summary>
    public double MissingShare { get; init; } = 0.05;

    /// <summary>A field to replay: the area's value in the n-th hour, or null where the simulated one is wanted.</summary>
    public Func<int, int, double>? Field { get; init; }

    /// <summary>
    /// The areas from a day on, where they differ from <see cref="Areas"/>; households go to the finest area that contains them.
    /// </summary>
    public Func<PrivacyDay, string[]>? AreasOf { get; init; }

    public SimulatedStation[] Stations { get; init; } = [];

    public bool TellsDaysTwice { get; init; }

    public EstimatorOptions Options { get; init; } = new() { Fitting = false };

    public Dictionary<(Area, Quantity, Resolution, DateTimeOffset), double> Truth { get; } = [];

    /// <summary>The natural-scale baselines that were used, by the key of the truth.</summary>
    public Dictionary<(Area, Quantity, Resolution, DateTimeOffset), double> Baselines { get; } = [];

    public MemoryCommons Commons { get; } = new();

    public SimulatedNeighbourhood(int seed) => (this.seed, random) = (seed, new Random(seed));

    /// <summary>An estimator that knows nothing yet.</summary>
    public NeighbourhoodEstimator CreateEstimator()
    {
        stations ??= Stations.Length == 0 ? null : new SimulatedStations(Stations, seed + 1000, Commons);
        return new NeighbourhoodEstimator(Commons, stations, Commons, Options);
    }

    public void SwitchNodeOff(HourWindow from, int hours)
    {
        for (var i = 0; i < hours; i++)
            outages.Add(new HourWindow(from.Index + i));
    }

    /// <summary>Runs all days. <paramref name="betweenWindows"/> may replace the estimator, as a restart does.</summary>
    public async Task<NeighbourhoodEstimator> RunAsync(
        Func<NeighbourhoodEstimator, HourWindow, Task<NeighbourhoodEstimator>>? betweenWindows = null)
    {
        var estimator = CreateEstimator();
        Populate();
        var hour = 0;
        var day = FirstDay;
        for (var i = 0; i < Days; i++, day = day.Next)
        {
            var plan = PlanOf(day);
            Commons.Plans[day] = plan;
            foreach (var household in households)
                household.StartDay(plan, random.NextDouble() < (ActiveShareOf?.Invoke(i) ?? ActiveShare));
            foreach (var window in plan.Windows())
            {
                MoveOn(window, hour);
                if (!outages.Contains(window))
                {
                    await estimator.PrepareAsync(plan, window, CancellationToken.None);
                    var released = ReleaseWindow(plan, window, estimator);
                    await estimator.WindowReleasedAsync(plan, window, released, CancellationToken.None);
                }
                RecordTruth(plan, window);
                hour++;
                if (betweenWindows is not null)
                    estimator = await betweenWindows(estimator, window);
            }
            var activity = ReleaseActivity(plan);
            for (var told = 0; told < (TellsDaysTwice ? 2 : 1); told++)
                await estimator.DayReleasedAsync(plan, activity, CancellationToken.None);
        }
        RecordPeriods();
        return estimator;
    }

    void Populate()
    {
        for (var area = 0; area < Areas.Length; area++)
        {
            for (var i = 0; i < Areas[area].Enrolled; i++)
                households.Add(new Household(area, Area.Parse(Areas[area].QuadKey)));
        }
        foreach (var (quantity, _) in Quantities)
        {
            cityDeviations[quantity] = 0;
            for (var area = 0; area < Areas.Length; area++)
            {
                areaOffsets[(quantity, area)] = 0.12 * random.Normal();
                areaDeviations[(quantity, area)] = 0;
            }
            foreach (var household in households)
                household.Start(quantity, 0.15 * random.Normal());
        }
    }

    ReleasePlan PlanOf(PrivacyDay day)
    {
        var names = AreasOf?.Invoke(day) ?? [.. Areas.Select(area => area.QuadKey)];
        var areas = names.Select(Area.Parse).Order().ToArray();
        foreach (var household in households)
            household.Area = areas.Where(area => area.Contains(household.Home)).OrderByDescending(area => area.Zoom).First();
        var plan = new ReleasePlan
        {
            Day = day, TimeZone = TimeZone, FirstWindow = day.Windows(TimeZoneInfo.FindSystemTimeZoneById(TimeZone))[0],
            LastWindow = day.Windows(TimeZoneInfo.FindSystemTimeZoneById(TimeZone))[^1],
            Areas = [.. areas.Select(area => new PlannedArea(area, households.Count(household => household.Area == area)))],
            Quantities = [.. Quantities.Select(q => new PlannedQuantity(
                q.Quantity, q.Share, Math.Sqrt((double)q.Share) / q.Quantity.TypicalDayNorm, q.Quantity.ResidualCap))],
            Rho = 0.028m, Sigma = 1 / Math.Sqrt(2 * 0.028), Grid = 1 << 20, ActivityWeight = (long)(Math.Sqrt(0.05) * (1 << 20)),
        };
        return plan;
    }

    /// <summary>
    /// One hour of weather: a daily cycle, a slow city component, now and then an episode, and each area's and household's own way.
    /// </summary>
    void MoveOn(HourWindow window, int hour)
    {
        episode *= 0.93;
        if (random.NextDouble() < 0.006)
            episode += 0.9;
        var wave = Math.Cos(2 * Math.PI * (window.Start.Hour - 20) / 24);
        foreach (var (quantity, _) in Quantities)
        {
            cityDeviations[quantity] = 0.97 * cityDeviations[quantity] + 0.09 * random.Normal();
            for (var area = 0; area < Areas.Length; area++)
                areaDeviations[(quantity, area)] = 0.75 * areaDeviations[(quantity, area)] + 0.1 * random.Normal();
            var city = quantity.ToModelScale(quantity.PriorMean) - 0.2 + cityDeviations[quantity]
                + (quantity == Quantity.Laeq ? 0.4 : 0.15) * wave + (quantity.IsLogarithmic ? episode : 0);
            stations?.Measure(
                window, hour, quantity, city + Enumerable.Range(0, Areas.Length).Average(
                    area => areaOffsets[(quantity, area)] + areaDeviations[(quantity, area)]));
            foreach (var household in households)
            {
                var model = city + areaOffsets[(quantity, household.Number)] + areaDeviations[(quantity, household.Number)];
                if (Field is not null)
                    model = quantity.ToModelScale(Field(household.Number, hour));
                var spike = random.NextDouble() < SpikeShare ? 0.8 : 0;
                household.Measure(
                    quantity, At(quantity, model, household.Deviate(quantity, random.Normal()) + 0.1 * random.Normal() + spike),
                    present: random.NextDouble() >= MissingShare);
            }
        }
    }

    /// <summary>What a household has: concentrations times a factor, other quantities with a difference on the model scale.</summary>
    static double At(Quantity quantity, double model, double difference) => quantity.IsLogarithmic
        ? Math.Min(quantity.Maximum, quantity.FromModelScale(model) * Math.Exp(difference))
        : quantity.FromModelScale(model + difference);

    List<NoisyMeasurement> ReleaseWindow(ReleasePlan plan, HourWindow window, NeighbourhoodEstimator estimator)
    {
        var baselines = new double[plan.KeyCount];
        estimator.Predict(plan, window, baselines);
        var released = new List<NoisyMeasurement>();
        sequence++;
        for (var area = 0; area < plan.Areas.Length; area++)
        {
            for (var q = 0; q < plan.Quantities.Length; q++)
            {
                var baseline = baselines[plan.KeyIndex(area, q)];
                var pace = plan.Pace(q, window);
                var planned = plan.Quantities[q];
                Baselines[(plan.Areas[area].Area, planned.Quantity, Resolution.Hour, window.Start)] = baseline;
                var sum = households.Where(household => household.Area == plan.Areas[area].Area)
                    .Sum(household => household.Contribute(plan, planned, baseline, pace));
                released.Add(new NoisyMeasurement(
                    window, plan.Areas[area].Area, planned.Quantity, sum + (long)Math.Round(plan.Sigma * plan.Grid * random.Normal()),
                    baseline, sequence));
            }
        }
        Commons.Measurements.AddRange(released);
        return released;
    }

    List<NoisyActivity> ReleaseActivity(ReleasePlan plan)
    {
        sequence++;
        var released = plan.Areas.Select(area => new NoisyActivity(
            plan.Day, area.Area,
            plan.ActivityWeight * households.Count(household => household.Area == area.Area && household.Active)
                + (long)Math.Round(plan.Sigma * plan.Grid * random.Normal()), sequence)).ToList();
        Commons.Activity.AddRange(released);
        return released;
    }

    void RecordTruth(ReleasePlan plan, HourWindow window)
    {
        foreach (var node in AreaTree.Build(plan.Areas.Select(area => area.Area)).Nodes)
        {
            foreach (var (quantity, _) in Quantities)
            {
                var inside = households.Where(
                    household => household.Active && node.Area.Contains(household.Home) && household.IsPresent(quantity)).ToList();
                if (inside.Count == 0)
                    continue;
                var mean = inside.Average(household => household.Value(quantity));
                Truth[(node.Area, quantity, Resolution.Hour, window.Start)] = mean;
                foreach (var period in Period.Of(plan.Day))
                {
                    if (!hoursOfPeriods.TryGetValue((node.Area, quantity, period), out var list))
                        hoursOfPeriods[(node.Area, quantity, period)] = list = [];
                    list.Add(mean);
                }
            }
        }
    }

    void RecordPeriods()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
        foreach (var ((area, quantity, period), hours) in hoursOfPeriods)
        {
            Truth[(area, quantity, period.Resolution, period.Start(zone))] = quantity.Averaging == Averaging.Energetic
                ? 10 * Math.Log10(hours.Average(level => Math.Pow(10, level / 10)))
                : hours.Average();
        }
    }
}
