using System.Text;
using CivicSense.Commons;
using CivicSense.Estimation;
using CivicSense.Ingestion;
using CivicSense.Mqtt;
using CivicSense.Node.Hosting;
using CivicSense.OpenData;
using CivicSense.Release;
using CivicSense.Storage;
using CivicSense.Vault;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>
/// A whole node without sockets and timers: the rooms as the node's host wires them, on a real database and fence, with a clock that the
/// test moves. The process may be ended and begun again; files and clock stay.
/// </summary>
sealed class ReplayNode : IAsyncDisposable
{
    readonly DirectoryInfo folder;
    readonly Neighbourhood place;
    readonly MechanismTape tape;
    readonly Sabotage sabotage;
    readonly Dictionary<string, IMqttSession> sessions = new(StringComparer.Ordinal);
    readonly List<string> failures = [];
    readonly CancellationTokenSource stuck = new(TimeSpan.FromSeconds(60));
    WebApplication? application;
    SqliteNodeDatabase? database;
    InterruptibleStore? store;
    MemoryServer? server;
    long newestTicket;

    public ReplayNode(Neighbourhood place, MechanismTape tape, Sabotage sabotage)
    {
        (this.place, this.tape, this.sabotage) = (place, tape, sabotage);
        // What a disk keeps after power loss is not the subject here, so where there is a file system in memory no time goes into flushing.
        folder = Directory.Exists("/dev/shm")
            ? Directory.CreateDirectory(Path.Combine("/dev/shm", "civicsense-replay-" + Guid.NewGuid().ToString("N")))
            : Directory.CreateTempSubdirectory("civicsense-replay-");
        Clock = new ManualClock(place.Start);
        Logs = new CapturedLogs(Clock, folder.FullName);
    }

    public ManualClock Clock { get; }

    /// <summary>How far the node's clock is ahead of the true time.</summary>
    public TimeSpan Offset { get; set; }

    public CapturedLogs Logs { get; }

    /// <summary>What was thrown to the parts of the node that run by themselves, and what they made of it.</summary>
    public IReadOnlyList<string> Failures => failures;

    /// <summary>Whether the node has stopped for good.</summary>
    public bool HasStopped { get; private set; }

    public bool IsRunning => application is not null;

    public string DatabasePath => Path.Combine(folder.FullName, "node.db");

    public string BackupPath => Path.Combine(folder.FullName, "backup.db");

    public string FencePath => Path.Combine(folder.FullName, "fence.json");

    public SqliteNodeDatabase Database => database ?? throw new InvalidOperationException("The node does not run.");

    public InterruptibleStore Store => store ?? throw new InvalidOperationException("The node does not run.");

    public MemoryServer Server => server ?? throw new InvalidOperationException("The node does not run.");

    public ReleaseCycle Cycle => Service<ReleaseCycle>();

    T Service<T>()
        where T : notnull => application!.Services.GetRequiredService<T>();

    public async Task StartAsync()
    {
        database = SqliteNodeDatabase.Open(new SqliteOptions { Path = DatabasePath }, Clock, Logs.CreateLogger("CivicSense.Storage"));
        store = new InterruptibleStore(database.Releases);
        server = new MemoryServer();
        if (!(await database.Vault.ReadDevicesAsync(stuck.Token)).Any())
            await database.Vault.EnrolAsync(place.Enrolment(), stuck.Token);

        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "civicsense" });
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(Logs).AddFilter("Microsoft", LogLevel.Warning);
        AddRooms(builder.Services);
        application = builder.Build();
        application.MapOpenData();
        await Guarded(async () =>
        {
            await Service<NeighbourhoodEstimator>().RestoreAsync(Service<ICommons>(), stuck.Token);
            await application.StartAsync(stuck.Token);
            EndWhenIngestionFails(Service<GroupCommit>());
            Cycle.MechanismOf = tape.MechanismOf;
            await Cycle.StartAsync(stuck.Token);
            return 0;
        });
    }

    void AddRooms(IServiceCollection services)
    {
        services.AddSingleton<TimeProvider>(Clock).AddSingleton<IServer>(Server);
        services.AddSingleton(Database.Vault).AddSingleton(Database.Commons).AddSingleton(Database.Estimates);
        services.AddSingleton<IReleaseStore>(Store);
        services.AddIngestion(Clock, place.Options.Lateness);
        services.AddSingleton<NeighbourhoodEstimator>();
        services.AddSingleton(provider => sabotage.Baseline(provider.GetRequiredService<NeighbourhoodEstimator>(), tape));
        services.AddSingleton<IReleaseSubscriber>(provider => provider.GetRequiredService<NeighbourhoodEstimator>());
        services.AddSingleton(place.Options);
        services.AddSingleton(ReleaseFence.Open(FencePath));
        services.AddSingleton<ReleaseCycle>();
        services.AddSingleton<IPrivacyLossTable, PrivacyLossTable>();
        services.AddSingleton<INodeStatus, NodeStatusSource>();
        services.AddOpenData(options => options.TimeZone = place.Options.TimeZone);
    }

    /// <summary>A commit that fails for good would never end a wait for it.</summary>
    void EndWhenIngestionFails(GroupCommit commit) => _ = commit.ExecuteTask?.ContinueWith(
        task =>
        {
            failures.Add("ingestion: " + Text(task.Exception!.GetBaseException()));
            stuck.Cancel();
        },
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>Lets a message in through the gate and its session. The answer is what the device gets to see.</summary>
    public async Task<string> DeliverAsync(Transmission message)
    {
        var name = message.Sensor.Name;
        if (!sessions.TryGetValue(name, out var session))
        {
            var answer = await Service<IMqttApplication>().ConnectAsync(
                new MqttConnectRequest(name, name, message.Sensor.Secret, MqttProtocolVersion.V5), stuck.Token);
            session = sessions[name] = answer.Session ?? throw new InvalidOperationException($"{name} was refused: {answer.Reason}.");
        }
        var decision = Publish(session, message);
        newestTicket = Math.Max(newestTicket, decision.Ticket);
        return $"{decision.Reason} {decision.Delivery}";
    }

    static MqttPublishDecision Publish(IMqttSession session, Transmission message)
    {
        var payload = message.Payload();
        return session.Publish(new MqttIncomingMessage
        {
            Topic = Encoding.UTF8.GetBytes($"civicsense/v1/{message.Sensor.Name}/{message.Topic}"),
            Payload = payload,
            PayloadLength = payload.Length,
            QualityOfService = 1,
            Retain = false,
            Duplicate = message.Repeated,
        });
    }

    /// <summary>Waits until everything that was delivered is durable, as the devices do for their acknowledgements.</summary>
    public Task<int> SettleAsync() => Guarded(async () =>
    {
        await Service<GroupCommit>().WaitAsync(newestTicket, stuck.Token);
        return 0;
    });

    /// <summary>What the release service does each second.</summary>
    /// <returns>How many windows were dealt with.</returns>
    public Task<int> ReleaseDueAsync() => Guarded(async () => await Cycle.ReleaseDueAsync(stuck.Token));

    /// <summary>What the release service and the host make of what is thrown.</summary>
    async Task<int> Guarded(Func<Task<int>> work)
    {
        var logger = Service<ILogger<ReleaseService>>();
        try
        {
            return await work();
        }
        catch (VaultUnavailableException exception)
        {
            failures.Add(Text(exception));
            logger.ReleaseDelayed(exception.Message);
        }
        catch (InvalidOperationException exception)
        {
            failures.Add(Text(exception));
            logger.ReleaseStopped(exception.Message);
            HasStopped = true;
        }
        catch (Exception exception)
        {
            failures.Add(Text(exception));
            HasStopped = true;
        }
        return 0;
    }

    string Text(Exception exception) =>
        $"{exception.GetType().Name}: {exception.Message}".Replace(folder.FullName, "(folder)", StringComparison.Ordinal);

    /// <summary>Ends the process.</summary>
    public async Task StopAsync()
    {
        if (application is null)
            return;
        await application.StopAsync();
        await application.DisposeAsync();
        await Database.DisposeAsync();
        (application, database, store, server) = (null, null, null, null);
        sessions.Clear();
        newestTicket = 0;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stuck.Dispose();
        folder.Delete(recursive: true);
    }
}

/// <summary>A clock that stands still until it is moved.</summary>
sealed class ManualClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
