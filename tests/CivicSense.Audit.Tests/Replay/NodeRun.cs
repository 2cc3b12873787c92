using CivicSense.Commons;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>Takes a node through the days of a data set, and records it.</summary>
sealed class NodeRun
{
    static readonly string[] Addresses =
    [
        "/", "/ledger", "/about", "/api/v1/areas", "/api/v1/measurements?limit=10000", "/api/v1/activity", "/api/v1/ledger",
        "/api/v1/quantities",
    ];

    readonly ReplayNode node;
    readonly Traffic traffic;
    readonly IReadOnlyList<Incident> incidents;
    readonly MechanismTape tape;
    readonly Sabotage sabotage;
    readonly Dictionary<string, List<string>> deviceAnswers = new(StringComparer.Ordinal);
    readonly List<PrivateState> kept = [];
    readonly List<(string Address, string Answer)> publicAnswers = [];

    NodeRun(ReplayNode node, Traffic traffic, IReadOnlyList<Incident> incidents, MechanismTape tape, Sabotage sabotage) =>
        (this.node, this.traffic, this.incidents, this.tape, this.sabotage) = (node, traffic, incidents, tape, sabotage);

    /// <summary>Runs a node over a data set.</summary>
    /// <param name="traffic">The data set.</param>
    /// <param name="incidents">What happens to the node meanwhile.</param>
    /// <param name="frozen">The run whose published values are given again, or null to draw.</param>
    /// <param name="sabotage">What leaks.</param>
    public static async Task<Recording> RecordAsync(
        Traffic traffic, IReadOnlyList<Incident> incidents, Recording? frozen, Sabotage sabotage)
    {
        var recorder = new MechanismTape(traffic.Place.Seed, frozen?.Calls) { Tamper = sabotage.Inputs };
        await using var replayed = new ReplayNode(traffic.Place, recorder, sabotage);
        var run = new NodeRun(replayed, traffic, incidents, recorder, sabotage);
        await run.WalkAsync();
        return await run.EndAsync();
    }

    async Task WalkAsync()
    {
        var place = traffic.Place;
        await node.StartAsync();
        var steps = new List<(DateTimeOffset Time, int Order, Func<Task> Do)>();
        steps.AddRange(incidents.Select(incident => (incident.At, 0, (Func<Task>)(() => incident.What(node)))));
        steps.AddRange(traffic.Arriving.Select(message => (message.Arrival, 1, (Func<Task>)(() => DeliverAsync(message)))));
        for (var time = place.Start.AddMinutes(7); time <= place.End; time = time.AddMinutes(10))
            steps.Add((time, 2, ReleaseAsync));
        foreach (var (time, _, step) in steps.OrderBy(step => step.Time).ThenBy(step => step.Order))
        {
            if (node.HasStopped || time > place.End)
                break;
            node.Clock.Now = time + node.Offset;
            await step();
        }
        node.Clock.Now = place.End;
    }

    async Task DeliverAsync(Transmission message)
    {
        var answer = await node.DeliverAsync(message);
        if (!deviceAnswers.TryGetValue(message.Sensor.Name, out var answers))
            deviceAnswers.Add(message.Sensor.Name, answers = []);
        answers.Add(answer);
    }

    async Task ReleaseAsync()
    {
        if (await node.ReleaseDueAsync() == 0 || node.HasStopped)
            return;
        await sabotage.AfterRelease(node);
        await KeepAsync();
        await AskAsync("/healthz");
    }

    async Task KeepAsync()
    {
        await node.SettleAsync();
        kept.Add(new PrivateState(
            node.Clock.Now, tape.Calls.Count, node.Cycle.Progress.Newest, DatabaseText.Read(node.DatabasePath, DatabaseText.IsPrivate),
            File.ReadAllText(node.FencePath)));
    }

    async Task AskAsync(string address, string accept = "*/*") =>
        publicAnswers.Add(($"{address} at {node.Clock.Now:u}", await node.Server.GetAsync(address, accept)));

    async Task<Recording> EndAsync()
    {
        await KeepAsync();
        var commons = node.Database.Commons;
        var plans = new Dictionary<PrivacyDay, ReleasePlan>();
        for (var offset = -2; offset <= traffic.Place.DaysAfter + 2; offset++)
        {
            var day = new PrivacyDay(traffic.Place.Day.Date.AddDays(offset));
            if (await commons.FindPlanAsync(day, CancellationToken.None) is { } plan)
                plans.Add(day, plan);
        }
        foreach (var address in Addresses.Concat(AddressesOf(plans.Values)))
            await AskAsync(address, address.StartsWith("/a", StringComparison.Ordinal) ? "*/*" : "text/html");

        var measurements = await commons.ReadMeasurementsAsync(new MeasurementQuery(), CancellationToken.None);
        var activity = await commons.ReadActivityAsync(plans.Keys.Min(), plans.Keys.Max().Next, CancellationToken.None);
        var verdict = await new LedgerVerifier(commons).VerifyAsync(CancellationToken.None);
        var published = DatabaseText.Read(node.DatabasePath, table => !DatabaseText.IsPrivate(table));
        await node.StopAsync();
        return new Recording
        {
            Place = traffic.Place,
            Incidents = incidents,
            Calls = tape.Calls,
            DeviceAnswers = deviceAnswers,
            Kept = kept,
            Published = published,
            PublicAnswers = publicAnswers,
            Logs = node.Logs.Lines,
            Failures = node.Failures,
            Plans = plans,
            ReleasedValues = [.. measurements.Select(measurement => measurement.Value)],
            ReleasedActivity = [.. activity.Select(value => value.Value)],
            Problems = [.. tape.Problems, .. verdict.Problems.Select(problem => "ledger: " + problem)],
        };
    }

    IEnumerable<string> AddressesOf(IEnumerable<ReleasePlan> plans)
    {
        var areas = plans.SelectMany(plan => plan.Areas).Select(planned => planned.Area.QuadKey).Distinct(StringComparer.Ordinal).ToArray();
        return areas.Select(area => $"/api/v1/areas/{area}/estimates?quantity=pm2_5")
            .Append("/areas/" + areas[0]).Append($"/api/v1/plan?day={traffic.Place.Day}");
    }
}
