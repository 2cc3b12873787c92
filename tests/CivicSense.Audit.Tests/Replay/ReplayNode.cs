using System.Collections.Concurrent;
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
    /// <summary>For one wait. Far more than anything here takes on a loaded machine.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly DirectoryInfo folder;
    readonly Neighbourhood place;
    readonly MechanismTape tape;
    readonly Sabotage sabotage;
    readonly Dictionary<string, IMqttSession> sessions = new(StringComparer.Ordinal);
    readonly ConcurrentQueue<string> failures = new();
    readonly CancellationTokenSource ended = new();
    WebApplication? application;
    SqliteNodeDatabase? database;
    InterruptibleStore? store;
    MemoryServer? server;
    Task ingestion = Task.CompletedTask;
    long newestTicket;

    public ReplayNode(Neighbourhood place, MechanismTape tape, Sabotage sabotage)
    {
        (this.place, this.tape, this.sabotage) = (place, tape, sabotage);
        folder = Directory.CreateTempSubdirectory("civicsense-replay-");
        Clock = new ManualClock(place.Start);
        Logs = new CapturedLogs(Clock, folder.FullName);
    }

    public ManualClock Clock { get; }

    /// <summary>How far the node's clock is ahead of the true time.</summary>
    public TimeSpan Offset { get; set; }

    public CapturedLogs Logs { get; }

    /// <summary>What was thrown to the parts of the node that run by themselves, and what they made of it.</summary>
    public IReadOnlyList<string> Failures => [.. failures];

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
        using var wait = Wait();
        database = SqliteNodeDatabase.Open(new SqliteOptions { Path = DatabasePath }, Clock, Logs.CreateLogger("CivicSense.Storage"));
        store = new InterruptibleStore(database.Releases);
        server = new MemoryServer();
        if (!(await database.Vault.ReadDevicesAsync(wait.Token)).Any())
            await database.Vault.EnrolAsync(place.Enrolment(), wait.Token);

        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "civicsense" });
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(Logs).AddFilter("Microsoft", LogLevel.Warning);
        AddRooms(builder.Services);
        application = builder.Build();
        application.MapOpenData();
        await Guarded(async () =>
        {
            await Service<NeighbourhoodEstimator>().RestoreAsync(Service<ICommons>(), wait.Token);
            await application.StartAsync(wait.Token);
            ingestion = EndWhenIngestionFailsAsync(Service<GroupCommit>());
            Cycle.MechanismOf = tape.MechanismOf;
            await Cycle.StartAsync(wait.Token);
        });
    }

    /// <summary>Ends when a wait has lasted too long, or when there is nothing left to wait for.</summary>
    CancellationTokenSource Wait()
    {
        var wait = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
        wait.CancelAfter(Patience);
        return wait;
    }

    void AddRooms(IServiceCollection services)
    {
        services.AddSingleton<TimeProvider>(Clock).AddSingleton<IServer>(Server);
        services.AddSingleton(Database.Vault).AddSingleton(Database.Commons).AddSingleton(Database.Estimates);
        services.AddSingleton<IReleaseStore>(Store);
        services.AddSingleton(Database.IngestRegistry).AddSingleton(Database.IngestRoster).AddSingleton<IWindowGate, IngestGate>();
        services.AddIngestion(Clock, place.Options.Lateness);
        services.AddSingleton(Database.ModelVersions).AddSingleton<NeighbourhoodEstimator>();
        services.AddSingleton(provider => sabotage.Baseline(provider.GetRequiredService<NeighbourhoodEstimator>(), tape));
        services.AddSingleton<IReleaseSubscriber>(provider => provider.GetRequiredService<NeighbourhoodEstimator>());
        services.AddSingleton(place.Options);
        services.AddSingleton(ReleaseFence.Open(FencePath));
        services.AddSingleton<ReleaseCycle>();
        services.AddSingleton<PublicSchedule>();
        services.AddSingleton<IPrivacyLossTable, PrivacyLossTable>();
        services.AddSingleton<INodeStatus, NodeStatusSource>();
        services.AddOpenData(options =>
        {
            options.TimeZone = place.Options.TimeZone;
            // How many requests are left depends on who asks and on real time, never on what was measured.
            options.RequestsPerSecond = 0;
        });
    }

    /// <summary>A commit that fails for good would never end a wait for it.</summary>
    async Task EndWhenIngestionFailsAsync(GroupCommit commit)
    {
        try
        {
            await (commit.ExecuteTask ?? Task.CompletedTask);
        }
        catch (OperationCanceledException)
        {
            // The process was ended.
        }
        catch (Exception exception)
        {
            failures.Enqueue("ingestion: " + Text(exception));
            await ended.CancelAsync();
        }
    }

    /// <summary>Lets a message in through the gate and its session. The answer is what the device gets to see.</summary>
    public async Task<string> DeliverAsync(Transmission message)
    {
        var name = message.Sensor.Name;
        if (!sessions.TryGetValue(name, out var session))
        {
            using var wait = Wait();
            var answer = await Service<IMqttApplication>().ConnectAsync(
                new MqttConnectRequest(name, name, message.Sensor.Secret, MqttProtocolVersion.V5), wait.Token);
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
    public Task SettleAsync() => Guarded(async () =>
    {
        using var wait = Wait();
        await Service<GroupCommit>().WaitAsync(newestTicket, wait.Token);
    });

    /// <summary>What the release service does each second.</summary>
    /// <returns>How many windows were dealt with.</returns>
    public async Task<int> ReleaseDueAsync()
    {
        var done = 0;
        await Guarded(async () =>
        {
            using var wait = Wait();
            done = await Cycle.ReleaseDueAsync(wait.Token);
        });
        return done;
    }

    /// <summary>What the release service and the host make of what is thrown.</summary>
    async Task Guarded(Func<Task> work)
    {
        var logger = Service<ILogger<ReleaseService>>();
        try
        {
            await work();
        }
        catch (VaultUnavailableException exception)
        {
            failures.Enqueue(Text(exception));
            logger.ReleaseDelayed(exception.Message);
        }
        catch (InvalidOperationException exception)
        {
            failures.Enqueue(Text(exception));
            logger.ReleaseStopped(exception.Message);
            HasStopped = true;
        }
        catch (Exception exception)
        {
            failures.Enqueue(Text(exception));
            HasStopped = true;
        }
    }

    string Text(Exception exception) =>
        $"{exception.GetType().Name}: {exception.Message}".Replace(folder.FullName, "(folder)", StringComparison.Ordinal);

    /// <summary>Ends the process.</summary>
    public async Task StopAsync()
    {
        var (stopping, closing) = (application, database);
        (application, database, store, server) = (null, null, null, null);
        sessions.Clear();
        newestTicket = 0;
        try
        {
            if (stopping is not null)
            {
                using var wait = Wait();
                await stopping.StopAsync(wait.Token);
            }
        }
        finally
        {
            // The database is open also where the rest never came to be.
            if (stopping is not null)
                await stopping.DisposeAsync();
            if (closing is not null)
                await closing.DisposeAsync();
            await ingestion.WaitAsync(Patience);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            ended.Dispose();
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>A clock that stands still until it is moved.</summary>
sealed class ManualClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
