using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CivicSense.Mqtt.Listener;

/// <summary>
/// What all connections share: limits, clock, sessions, router, and the sweep that finds the ones that are silent for too long.
/// </summary>
sealed class MqttListener : IHostedService, IDisposable
{
    /// <summary>Deadlines are noticed at most this much late. One timer serves all connections.</summary>
    public static readonly TimeSpan SweepPeriod = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How often retained messages of revoked clients are dropped. Nobody is given them meanwhile, so it need not be often.
    /// </summary>
    public static readonly TimeSpan RevokedPeriod = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<MqttConnection, byte> connections = new();
    readonly ConcurrentDictionary<IPAddress, int> connectionsOfAddress = new();
    readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly IMqttSessionStore? store;
    readonly ConcurrentDictionary<(PipeScheduler, IMqttDurability), AcknowledgementPass> passes = new();
    readonly MqttListenerMetrics metrics;
    readonly ITimer sweep;
    long droppedRevokedAt;

    public MqttListener(
        IMqttApplication application, IOptions<MqttListenerOptions> options, MqttRouter router, MqttListenerStatistics statistics,
        TimeProvider time, ILogger<MqttConnectionHandler> logger, IMqttSessionStore? store = null)
    {
        Application = application;
        Options = options.Value;
        Router = router;
        Statistics = statistics;
        Time = time;
        Logger = logger;
        this.store = store;
        Unauthenticated = new UnauthenticatedBytes(Options.MaximumUnauthenticatedBytes);
        SessionCommit = store is null ? null : new SessionCommit(store, application.Durability, statistics, time, logger);
        var services = new SessionServices(Options, statistics, time, new QueueBudget(Options.MaximumQueuedBytes), SessionCommit);
        Sessions = new SessionDirectory(services, router, logger);
        metrics = new MqttListenerMetrics(statistics);
        droppedRevokedAt = time.GetTimestamp();
        sweep = time.CreateTimer(static state => ((MqttListener)state!).Sweep(), this, SweepPeriod, SweepPeriod);
    }

    public IMqttApplication Application { get; }

    public MqttListenerOptions Options { get; }

    public MqttRouter Router { get; }

    public MqttListenerStatistics Statistics { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public SessionDirectory Sessions { get; }

    /// <summary>Saves sessions; null without a store.</summary>
    public SessionCommit? SessionCommit { get; }

    public UnauthenticatedBytes Unauthenticated { get; }

    /// <summary>Completes when the saved sessions are there, so that clients may be let in.</summary>
    public Task Ready => ready.Task;

    /// <summary>What writes the acknowledgements of a loop's connections when a commit has ended.</summary>
    public AcknowledgementPass PassOf(PipeScheduler loop, IMqttDurability durability) =>
        passes.GetOrAdd((loop, durability), static key => new AcknowledgementPass(key.Item2, key.Item1));

    /// <summary>Registers a connection for the sweep; false when there are too many, of all or of one address.</summary>
    public bool TryOpen(MqttConnection connection)
    {
        // The sweep sees it before it is counted: its deadline holds for every connection that the statistics know.
        connections.TryAdd(connection, 0);
        bool isTooMany = Statistics.CountOpened() > Options.MaximumConnections;
        bool isAddressFull = connection.Address is { } address
            && connectionsOfAddress.AddOrUpdate(address, 1, static (_, present) => present + 1) > Options.MaximumConnectionsPerAddress;
        if (!isTooMany && !isAddressFull) return true;
        Forget(connection);
        Statistics.CountOverLimit();
        return false;
    }

    public void Forget(MqttConnection connection)
    {
        if (!connections.TryRemove(connection, out _)) return;
        if (connection.Address is { } address) MakeRoomFor(address);
        // Last, so that whoever sees it gone finds the room that it has left.
        Statistics.CountEnded();
    }

    void MakeRoomFor(IPAddress address)
    {
        while (connectionsOfAddress.TryGetValue(address, out int count))
        {
            bool done = count > 1
                ? connectionsOfAddress.TryUpdate(address, count - 1, count)
                : connectionsOfAddress.TryRemove(new KeyValuePair<IPAddress, int>(address, count));
            if (done) return;
        }
    }

    void Sweep()
    {
        foreach (KeyValuePair<MqttConnection, byte> connection in connections) connection.Key.CheckDeadlines();
        // A will that is overdue must find the sessions that have subscribed to it.
        if (!Ready.IsCompletedSuccessfully) return;
        try
        {
            Sessions.Sweep();
            if (Time.GetElapsedTime(droppedRevokedAt) < RevokedPeriod) return;
            droppedRevokedAt = Time.GetTimestamp();
            Router.DropRevoked();
        }
        catch (Exception exception)
        {
            // An exception here would end the process.
            Logger.ApplicationFailed(exception.GetType().Name);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (store is not null) await Sessions.LoadAsync(store, Application, cancellationToken).ConfigureAwait(false);
        ready.TrySetResult();
    }

    /// <summary>Ends all connections, and saves what their sessions are then.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        MqttConnection[] open = [.. connections.Keys];
        foreach (MqttConnection connection in open) connection.RequestClose(MqttReasonCode.ServerShuttingDown);
        Logger.ListenerStopped(Statistics.ConnectionsAccepted, Statistics.MessagesReceived, Statistics.MessagesAcknowledged);
        if (SessionCommit is null) return;
        try
        {
            await Task.WhenAll(open.Select(connection => connection.Detached)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The host does not want to wait any longer. Every answer that was given is on disk.
        }

        await SessionCommit.DisposeAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        sweep.Dispose();
        metrics.Dispose();
    }
}
