using System.Collections.Concurrent;
using System.IO.Pipelines;
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

    readonly ConcurrentDictionary<MqttConnection, byte> connections = new();
    readonly ConcurrentDictionary<(string Identity, string ClientId), MqttConnection> sessions = new();
    readonly ConcurrentDictionary<string, int> sessionsOfIdentity = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<PipeScheduler, AcknowledgementPass> passes = new();
    readonly ITimer sweep;

    public MqttListener(
        IMqttApplication application, IOptions<MqttListenerOptions> options, MqttRouter router, MqttListenerStatistics statistics,
        TimeProvider time, ILogger<MqttConnectionHandler> logger)
    {
        Application = application;
        Options = options.Value;
        Router = router;
        Statistics = statistics;
        Time = time;
        Logger = logger;
        sweep = time.CreateTimer(static state => ((MqttListener)state!).Sweep(), this, SweepPeriod, SweepPeriod);
    }

    public IMqttApplication Application { get; }

    public MqttListenerOptions Options { get; }

    public MqttRouter Router { get; }

    public MqttListenerStatistics Statistics { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    /// <summary>What writes the acknowledgements of a loop's connections.</summary>
    public AcknowledgementPass PassOf(PipeScheduler loop) =>
        passes.GetOrAdd(loop, static (key, durability) => new AcknowledgementPass(durability, key), Application.Durability);

    /// <summary>Registers a connection for the sweep; false when there are too many.</summary>
    public bool TryOpen(MqttConnection connection)
    {
        if (Statistics.CountOpened() > Options.MaximumConnections)
        {
            Statistics.CountEnded();
            Statistics.CountOverLimit();
            return false;
        }

        connections.TryAdd(connection, 0);
        return true;
    }

    public void Forget(MqttConnection connection)
    {
        if (connections.TryRemove(connection, out _)) Statistics.CountEnded();
    }

    /// <summary>
    /// Makes a connection the one of its client identifier. An earlier one is told 0x8E and waited for, so that the application never sees
    /// both. Identities do not share client identifiers: nobody can keep another out by using the same one.
    /// </summary>
    /// <returns>False if the identity has too many connections already.</returns>
    public async ValueTask<bool> TryClaimAsync(MqttConnection connection, CancellationToken cancellationToken)
    {
        (string, string) key = (connection.Identity, connection.ClientId);
        while (!sessions.TryAdd(key, connection))
        {
            if (!sessions.TryGetValue(key, out MqttConnection? earlier)) continue;
            earlier.RequestClose(MqttReasonCode.SessionTakenOver);
            await earlier.Detached.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        int count = sessionsOfIdentity.AddOrUpdate(connection.Identity, 1, static (_, present) => present + 1);
        if (count <= Options.MaximumConnectionsPerIdentity) return true;
        Release(connection);
        return false;
    }

    public void Release(MqttConnection connection)
    {
        (string, string) key = (connection.Identity, connection.ClientId);
        if (!sessions.TryRemove(new KeyValuePair<(string, string), MqttConnection>(key, connection))) return;
        while (sessionsOfIdentity.TryGetValue(connection.Identity, out int count))
        {
            bool done = count > 1
                ? sessionsOfIdentity.TryUpdate(connection.Identity, count - 1, count)
                : sessionsOfIdentity.TryRemove(new KeyValuePair<string, int>(connection.Identity, count));
            if (done) return;
        }
    }

    void Sweep()
    {
        foreach (KeyValuePair<MqttConnection, byte> connection in connections) connection.Key.CheckDeadlines();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (KeyValuePair<MqttConnection, byte> connection in connections)
        {
            connection.Key.RequestClose(MqttReasonCode.ServerShuttingDown);
        }

        Logger.ListenerStopped(Statistics.ConnectionsAccepted, Statistics.MessagesReceived, Statistics.MessagesAcknowledged);
        return Task.CompletedTask;
    }

    public void Dispose() => sweep.Dispose();
}
