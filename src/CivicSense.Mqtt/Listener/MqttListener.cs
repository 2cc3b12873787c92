using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CivicSense.Mqtt.Listener;

/// <summary>What all connections share: limits, clock, sessions, router, and the sweep that finds the ones that are silent for too long.</summary>
sealed class MqttListener : IHostedService, IDisposable
{
    /// <summary>Deadlines are noticed at most this much late. One timer serves all connections.</summary>
    public static readonly TimeSpan SweepPeriod = TimeSpan.FromMilliseconds(250);

    readonly ConcurrentDictionary<MqttConnection, byte> connections = new();
    readonly ConcurrentDictionary<string, MqttConnection> sessions = new(StringComparer.Ordinal);
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
    /// Makes a connection the one of its client identifier. An earlier one of the same identity is told 0x8E and waited for, so that the
    /// application never sees both; one of another identity stays, and the newcomer is refused.
    /// </summary>
    public async ValueTask<bool> TryClaimAsync(MqttConnection connection, CancellationToken cancellationToken)
    {
        while (!sessions.TryAdd(connection.ClientId, connection))
        {
            if (!sessions.TryGetValue(connection.ClientId, out MqttConnection? earlier)) continue;
            if (!string.Equals(earlier.Identity, connection.Identity, StringComparison.Ordinal)) return false;
            earlier.RequestClose(MqttReasonCode.SessionTakenOver);
            await earlier.Detached.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    public void Release(MqttConnection connection) =>
        sessions.TryRemove(new KeyValuePair<string, MqttConnection>(connection.ClientId, connection));

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
