using System.Net;
using System.Security.Cryptography;
using CivicSense.Mqtt;
using CivicSense.Vault;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.Ingestion;

/// <summary>Keeps a node connected to the broker that its sensors publish to.</summary>
/// <remarks>
/// Whatever ends a connection, another is tried, and what was not acknowledged comes again. A broker that refuses the node is asked again,
/// too, with the password and certificates as they are then: pages and releases go on meanwhile, so the node does not end.
/// </remarks>
sealed class BrokerConnection(
    BrokerOptions options, BrokerDevices devices, GroupCommit commit, OpenContributions contributions, AcceptanceTime acceptance,
    IngestionStatistics statistics, ILogger<BrokerConnection> logger)
    : BackgroundService
{
    /// <summary>After this long at the latest a sensor that was removed no longer counts.</summary>
    static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(10);

    static readonly TimeSpan FirstRefusalPause = TimeSpan.FromSeconds(2), LongestRefusalPause = TimeSpan.FromMinutes(1);

    /// <summary>How long a node that stops waits for the commit of what it has taken.</summary>
    static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    readonly BrokerAcknowledgements acknowledgements = new(commit);
    readonly CancellationTokenSource closing = new();
    string? saidRefusal;
    bool saidPlainPassword;

    /// <inheritdoc/>
    /// <remarks>
    /// First nothing more is taken; then what was taken is acknowledged; then the connection ends. So a node that is stopped properly is
    /// sent nothing again.
    /// </remarks>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await closing.CancelAsync();
        await acknowledgements.WaitForAtMostAsync(0, cancellationToken)
            .AsTask().WaitAsync(StopLimit, TimeProvider.System, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        acknowledgements.Dispose();
        closing.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Before the first message, so that no sensor that is enrolled has to be asked for.
            while (!await TryRefreshAsync(stoppingToken))
                await Task.Delay(RefreshInterval, TimeProvider.System, stoppingToken);
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    /// <summary>Ends when one of its loops does: a connection without acknowledgements would only look like one.</summary>
    async Task RunAsync(CancellationToken stoppingToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] loops = [StayConnectedAsync(ending.Token), acknowledgements.RunAsync(ending.Token), KeepRefreshingAsync(ending.Token)];
        var first = await Task.WhenAny(loops);
        await ending.CancelAsync();
        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // None ends without an exception; the host says which it was, and stops.
        await first;
    }

    async Task StayConnectedAsync(CancellationToken stoppingToken)
    {
        var pause = FirstRefusalPause;
        while (true)
        {
            try
            {
                await ConnectAsync(options.Connection(), connected: () => (pause, saidRefusal) = (FirstRefusalPause, null), stoppingToken);
            }
            catch (MqttException exception)
            {
                SayRefused(exception.Message);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
            {
                SayRefused(exception.Message);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, pages and releases go on. What it says may be of a message, so only its kind is told.
                SayRefused($"An unexpected {exception.GetType().Name}.");
            }
            await Task.Delay(pause, TimeProvider.System, stoppingToken);
            pause = pause * 2 < LongestRefusalPause ? pause * 2 : LongestRefusalPause;
        }
    }

    async Task ConnectAsync(MqttClientOptions connection, Action connected, CancellationToken stoppingToken)
    {
        SayPlainPassword(connection);
        var intake = new BrokerIntake(
            new DeviceNames(options.Topic, options.DeviceProperty), devices, acknowledgements, contributions, acceptance, statistics,
            options.ReceiveMaximum, takesUntimed: options.Session == TimeSpan.Zero, closing.Token);
        await using var client = new MqttReconnectingClient(connection with
        {
            Version = MqttProtocolVersion.V5,
            CleanStart = options.Session == TimeSpan.Zero,
            SessionExpiry = options.Session,
            ReceiveMaximum = (ushort)options.ReceiveMaximum,
            MaximumUnacknowledged = ushort.MaxValue,
            MaximumPacketSize = BrokerOptions.MaximumPacketSize,
            Handler = intake,
        }, logger: logger);
        var sink = new Sink(client);
        client.StateChanged = state =>
        {
            if (state == MqttClientState.Connecting) acknowledgements.Begin(sink);
            else if (state == MqttClientState.Connected)
            {
                connected();
                options.Subscribed?.Invoke();
            }
        };
        foreach (var former in options.FormerFilters)
            client.Unsubscribe(former);
        // What is retained was sent long ago, and without a time it would count as new.
        client.Subscribe(new MqttSubscription(options.Filter, QualityOfService: 1) { RetainHandling = MqttRetainHandling.DoNotSend });
        await client.RunAsync(stoppingToken);
    }

    void SayPlainPassword(MqttClientOptions connection)
    {
        if (saidPlainPassword || connection.Password is null || connection.Tls is not null || IsLoopback(connection.Host))
            return;
        saidPlainPassword = true;
        logger.PasswordInPlain();
    }

    static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);

    void SayRefused(string reason)
    {
        if (reason != saidRefusal)
            logger.BrokerRefused(reason);
        saidRefusal = reason;
    }

    async Task KeepRefreshingAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RefreshInterval, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await TryRefreshAsync(stoppingToken);
    }

    async Task<bool> TryRefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await devices.RefreshAsync(cancellationToken);
            return true;
        }
        catch (VaultUnavailableException exception)
        {
            logger.DevicesNotRead(exception.Message);
            return false;
        }
    }

    sealed class Sink(MqttReconnectingClient client) : IAcknowledgementSink
    {
        public void Acknowledge(MqttAcknowledgementToken token) => client.Acknowledge(token);

        public void Flush() => client.Flush();
    }
}
