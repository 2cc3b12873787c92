using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Durability;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>A database of five households, the processes that a test starts on it, and a device for each household.</summary>
sealed class FaultScene : IAsyncDisposable
{
    /// <summary>The shortest that leaves room for the seconds that pass while a test does something.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromMinutes(2);

    readonly FaultServer server;
    readonly TemporaryFolder folder = new();
    readonly List<FaultNode> nodes = [];
    readonly List<StepClock> clocks = [];
    readonly Dictionary<HourWindow, int> seconds = [];
    bool hasMoved;

    FaultScene(FaultServer server, MortalPostgres postgres, string database, Random random)
    {
        (this.server, Postgres, Database, Random) = (server, postgres, database, random);
        // In the morning, so that the day's plan covers every hour of the test; of yesterday, because the server's clock is not set.
        var morning = new DateTimeOffset(TimeProvider.System.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero).AddHours(6 - 24);
        Clock = new StepClock(folder, "clock", morning + Lateness + TimeSpan.FromSeconds(30));
        Audit = new FaultAudit(AdministratorConnection);
    }

    public MortalPostgres Postgres { get; private set; }

    public string Database { get; }

    /// <summary>With all rights, past every proxy.</summary>
    public string AdministratorConnection => Postgres.ConnectionString(Database);

    public Random Random { get; }

    /// <summary>What the processes' clocks show, unless one has a clock of its own.</summary>
    public StepClock Clock { get; }

    public FaultAudit Audit { get; private set; }

    /// <summary>
    /// How long an ingest process may be silent before it counts as dead. So long that no machine is that slow; where one is to be missed,
    /// <see cref="SparedWaits.LetSilenceCountAsync"/> spares most of it.
    /// </summary>
    public TimeSpan IngestTimeout { get; set; } = TimeSpan.FromSeconds(60);

    public List<PersistentPublisher> Publishers { get; } = [];

    public TemporaryFolder Folder => folder;

    public static async Task<FaultScene> SetAsync(FaultServer server, Random random, string more = "")
    {
        var postgres = await server.GetAsync();
        return new FaultScene(server, postgres, await postgres.CreateDatabaseAsync(server.Template, more), random);
    }

    /// <summary>A process that is not started yet; without a name it is alone.</summary>
    public FaultNode Add(string? name, string role = "all", StepClock? clock = null)
    {
        var line = new DatabaseLine(Postgres.Port);
        var configuration = folder.Write(
            string.Create(CultureInfo.InvariantCulture, $"process-{nodes.Count}.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "neighbourhood": "Test neighbourhood",
              "http": { "address": "127.0.0.1", "port": 0 },
              "mqtt": { "address": "127.0.0.1", "port": 0 },
              "postgres": { "connection": {{JsonSerializer.Serialize(Postgres.ConnectionString(Database, MortalPostgres.NodeLogin, line.Port))}} },
              "release": { "latenessMinutes": {{Lateness.TotalMinutes}}, "ingestTimeoutSeconds": {{IngestTimeout.TotalSeconds}} }
            }
            """));
        string[] named = name is null ? [] : ["--name", name];
        string[] arguments = ["run", "--verbose", "--config", configuration, "--role", role, .. named];
        var node = new FaultNode(name ?? "", arguments, Path.Combine(folder.File("data"), name ?? ""), clock ?? Clock, line);
        nodes.Add(node);
        return node;
    }

    /// <summary>Starts a process of everything, to which all devices connect, and lets the first hour that has a plan begin.</summary>
    public async Task<FaultNode> StartOneAsync()
    {
        var node = Add("north");
        await node.StartAsync();
        Connect(node, server.Devices);
        await NextHourAsync();
        return node;
    }

    /// <summary>Lets devices connect to a process.</summary>
    public IReadOnlyList<PersistentPublisher> Connect(FaultNode node, IEnumerable<Enrolment> devices)
    {
        var publishers = devices.Select(device => new PersistentPublisher(device, node.PortAsync)).ToList();
        Publishers.AddRange(publishers);
        return publishers;
    }

    public IReadOnlyList<Enrolment> Devices => server.Devices;

    /// <summary>A device publishes what will be acknowledged only after its hour has been released, and so belongs to no release.</summary>
    public Task PublishLateAsync(PersistentPublisher publisher)
    {
        var hour = Clock.Hour;
        return publisher.PublishAsync(
            [.. Enumerable.Range(300, 10).Select(i => new TestMessage(hour.Start.AddSeconds(i), 4, 10) { IsLate = true })],
            TestContext.Current.CancellationToken);
    }

    /// <summary>How many ingest processes were missing when a window was released, as the ledger says.</summary>
    public async Task<int> AbsentAsync(HourWindow window) =>
        (await Audit.LedgerAsync()).Single(entry => entry.Kind == LedgerEntryKind.Window && entry.Window == window).AbsentIngestProcesses;

    /// <summary>
    /// Each device publishes so many messages of an hour, the present one by default; completes when all are acknowledged.
    /// </summary>
    public Task PublishAsync(int messages, IEnumerable<PersistentPublisher>? publishers = null, HourWindow? hour = null)
    {
        var window = hour ?? Clock.Hour;
        var first = seconds.GetValueOrDefault(window);
        seconds[window] = first + messages;
        return Task.WhenAll((publishers ?? Publishers).Select(publisher => publisher.PublishAsync(
            [.. Enumerable.Range(first, messages).Select(i => new TestMessage(
                window.Start.AddSeconds(i), Random.Next(4, 200) / 4.0, Random.Next(-40, 120) / 4.0))],
            TestContext.Current.CancellationToken)));
    }

    /// <summary>A clock that differs from <see cref="Clock"/>, and goes on with it.</summary>
    public StepClock AddClock(TimeSpan ahead, bool isSetBySomebody = false)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"clock-{clocks.Count}");
        var clock = new StepClock(folder, name, Clock.Now + ahead) { IsSetBySomebody = isSetBySomebody };
        clocks.Add(clock);
        return clock;
    }

    /// <summary>Lets time pass until <see cref="Clock"/> shows this.</summary>
    public void StepTo(DateTimeOffset instant)
    {
        var before = Clock.Ahead;
        Clock.StepTo(instant);
        foreach (var clock in clocks)
            clock.StepBy(Clock.Ahead - before);
    }

    /// <summary>Makes the present hour due.</summary>
    public HourWindow StepToDue()
    {
        var due = Clock.Hour;
        StepTo(due.End + Lateness + TimeSpan.FromSeconds(1));
        return due;
    }

    /// <summary>
    /// Makes the present hour due when a follower has seen, after the step by nearly an hour, that the leader vouches: over an hour
    /// nobody's word counts, over the last twenty seconds it does.
    /// </summary>
    public async Task<HourWindow> StepToDueAsync(FaultNode follower)
    {
        var due = Clock.Hour;
        StepTo(due.End + Lateness - TimeSpan.FromSeconds(20));
        // The first look may have begun before the step. When the third begins the second has been dealt with.
        var third = follower.Line.Looks + 3;
        await UntilAsync(() => Task.FromResult(follower.Line.Looks >= third), () => $"{follower.Name} does not follow.");
        StepTo(due.End + Lateness + TimeSpan.FromSeconds(1));
        return due;
    }

    /// <summary>Makes the present hour due and waits until it has been dealt with.</summary>
    public async Task<HourWindow> NextHourAsync()
    {
        var due = StepToDue();
        await ReleasedAsync(due);
        return due;
    }

    public Task ReleasedAsync(HourWindow window) =>
        UntilAsync(async () => await Audit.ReleasedThroughAsync() >= window, () => $"{window} was not released.");

    /// <summary>Waits until a process has the lease, and has found that its fence agrees with the database.</summary>
    public Task LeadsAsync(FaultNode node) => UntilAsync(
        async () => Equals(node.Name, await Audit.ScalarAsync(
            "SELECT holder FROM vault.release_lease WHERE vouched_for AND expires_at > clock_timestamp()")),
        () => $"{node.Name} does not lead.");

    /// <summary>Everything that must hold at any time, and that the fence of these processes agrees with the database.</summary>
    public async Task AuditAsync(params FaultNode[] fences)
    {
        await Audit.LookAsync(Publishers);
        foreach (var node in fences)
        {
            await UntilAsync(
                async () => node.FencedHead() == await Audit.HeadAsync(), () =>
                    $"The fence of {node.Name} does not agree with the database.");
        }
    }

    /// <summary>The node goes on: readings of another hour are taken, and it is released.</summary>
    public async Task GoesOnAsync(params FaultNode[] fences)
    {
        await PublishAsync(10);
        await AuditAsync();
        var window = await NextHourAsync();
        await AuditAsync(fences);
        var entries = await Audit.LedgerAsync();
        Assert.Contains(entries, entry => entry.Kind == LedgerEntryKind.Window && entry.Window == window);
    }

    /// <summary>Executes statements with all rights.</summary>
    public Task SqlAsync(string sql) => MortalPostgres.ExecuteAsync(AdministratorConnection, sql);

    /// <summary>Forgets what was published and released so far: somebody has put back an older state.</summary>
    public void BeginAnew(int daysGivenUp)
    {
        Audit = new FaultAudit(AdministratorConnection) { DaysGivenUp = daysGivenUp, From = new HourWindow(Clock.Hour.Index + 1) };
        foreach (var publisher in Publishers) publisher.Forget();
    }

    /// <summary>The database is on another server from now on.</summary>
    public void MoveTo(MortalPostgres server)
    {
        (Postgres, hasMoved) = (server, true);
        foreach (var node in nodes) node.Line.LeadTo(server.Port);
    }

    /// <summary>
    /// After somebody has put an older state in the database's place: the day is given up, nothing more of it is released, and everything
    /// of the next.
    /// </summary>
    /// <param name="published">The ledger as the public has seen it.</param>
    /// <param name="fences">Processes whose fence agrees with the database in the end.</param>
    public async Task GivesUpDayAsync(IReadOnlyList<LedgerRecord> published, params FaultNode[] fences)
    {
        BeginAnew(daysGivenUp: 1);
        await UntilAsync(
            async () => (await Audit.LedgerAsync()).Any(entry => entry.Kind == LedgerEntryKind.Restored), () =>
                "Nothing has been given up.");
        var ledger = await Audit.LedgerAsync();
        var older = ledger.TakeWhile(entry => entry.Kind != LedgerEntryKind.Restored).ToList();
        Assert.Equal(published.Take(older.Count), older);
        Assert.NotEqual(published.Count, older.Count);
        BeginAnew(daysGivenUp: 1);
        await NextDayAsync();
        await AuditAsync(fences);
        await GoesOnAsync(fences);
        var day = published[^1].Day;
        var after = (await Audit.LedgerAsync()).Skip(older.Count + 1).ToList();
        Assert.NotEmpty(after);
        Assert.DoesNotContain(after, entry => entry.Day == day);
    }

    /// <summary>Goes to the first hour of the next day that has a plan.</summary>
    public async Task NextDayAsync()
    {
        StepTo(new DateTimeOffset(Clock.Now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1) + Lateness + TimeSpan.FromSeconds(1));
        var day = PrivacyDay.Of(Clock.Hour, TimeZoneInfo.Utc);
        await UntilAsync(
            async () => (await Audit.LedgerAsync()).Any(entry => entry.Kind == LedgerEntryKind.Plan && entry.Day == day), () =>
                $"{day} has no plan.");
        await NextHourAsync();
    }

    /// <summary>Before and after a commit was made, in some order.</summary>
    public IReadOnlyList<Held> Moments()
    {
        Held[] moments = [Held.BeforeItIsMade, Held.BeforeItIsKnown];
        Random.Shuffle(moments);
        return moments;
    }

    /// <summary>A while between nothing and this.</summary>
    public Task PauseAsync(double milliseconds) => Task.Delay(
        TimeSpan.FromMilliseconds(Random.NextDouble() * milliseconds), TimeProvider.System, TestContext.Current.CancellationToken);

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > NodeProcess.Patience) Assert.Fail(otherwise());
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>What the processes have said, for the one who has to find out.</summary>
    public string Logs() => string.Join('\n', nodes.Select(node => $"== {node.Name}\n{node.Log}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var publisher in Publishers) await publisher.DisposeAsync();
        foreach (var node in nodes) await node.DisposeAsync();
        // Where it was moved to goes as a whole, and what it came from may have been killed.
        if (!hasMoved) await Postgres.DropDatabaseAsync(Database);
        folder.Dispose();
    }
}
