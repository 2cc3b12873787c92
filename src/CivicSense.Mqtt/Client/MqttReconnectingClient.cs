using System.Net.Sockets;
using System.Security.Authentication;
using CivicSense.Mqtt.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Mqtt;

/// <summary>
/// Keeps a connection: comes back after growing, jittered pauses, resumes the session or subscribes again, and sends again what was not
/// acknowledged.
/// </summary>
/// <remarks>
/// Call <see cref="RunAsync"/> once; everything else may be called from any thread, before and after. Messages are received through
/// <see cref="MqttClientOptions.Handler"/> or <see cref="MqttClientOptions.Received"/>; a refused subscription counts as a refused
/// connection. <see cref="MqttClientOptions.CleanStart"/> is for the first connection: with a <see cref="MqttClientOptions.SessionExpiry"/>
/// later ones resume the session. Where the server has lost it, kept messages are published as new ones: at least once for QoS 1, and for
/// QoS 2 once each unless the server lost its session after it had taken a message.
/// </remarks>
public sealed class MqttReconnectingClient : IAsyncDisposable
{
    readonly MqttReconnectOptions reconnect;
    readonly ILogger logger;
    readonly OutboundWindow window;
    readonly RememberedSubscriptions subscriptions = new();
    readonly CancellationTokenSource stopping = new();
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    MqttClientOptions options;
    MqttClient? current;
    TaskCompletionSource<MqttClient> connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int hasRun;
    int isDisposed;
    int attempts;
    int state = (int)MqttClientState.Waiting;
    bool saidQualityOfService;
    bool saidSessionExpiry;

    /// <summary>Prepares a client; nothing is connected before <see cref="RunAsync"/>.</summary>
    /// <param name="options">How each connection is made.</param>
    /// <param name="reconnect">How it comes back; null is the default.</param>
    /// <param name="logger">Told of connections made and lost; null is told nothing.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, or nothing takes the messages that are received but <see cref="MqttClient.Messages"/>.
    /// </exception>
    public MqttReconnectingClient(MqttClientOptions options, MqttReconnectOptions? reconnect = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.reconnect = reconnect ?? new MqttReconnectOptions();
        if ((options.FindError() ?? this.reconnect.FindError()) is { } error) throw new ArgumentException(error, nameof(options));
        MqttClientSession session = options.Session ?? new MqttClientSession(this.reconnect.MaximumKeptMessages);
        this.options = options with { Session = session };
        window = session.Outbound;
        this.logger = logger ?? NullLogger.Instance;
    }

    /// <summary>What it is doing. Waiting before <see cref="RunAsync"/>.</summary>
    public MqttClientState State => (MqttClientState)Volatile.Read(ref state);

    /// <summary>Called with each new state, on the thread that changes it. Must not block.</summary>
    public Action<MqttClientState>? StateChanged { get; set; }

    /// <summary>Why the last attempt or connection failed; null if none has.</summary>
    public Exception? LastFailure { get; private set; }

    /// <summary>What the server of the present connection said; null while there is none.</summary>
    public MqttServerInformation? Server => Volatile.Read(ref current)?.Server;

    /// <summary>How many messages of QoS 1 and 2, subscriptions and unsubscriptions are unanswered.</summary>
    public int UnacknowledgedCount => window.Count;

    /// <summary>Subscribes, now or when there is a connection, and again whenever the server has lost the session.</summary>
    /// <exception cref="ArgumentException">This is not a topic filter, or the QoS is not 0, 1 or 2.</exception>
    public void Subscribe(string filter, byte qualityOfService) => Subscribe(new MqttSubscription(filter, qualityOfService));

    /// <summary>Subscribes with the options of MQTT 5.0; in the place of an earlier subscription with the same filter.</summary>
    /// <exception cref="ArgumentException">This is not a topic filter, or the QoS is not 0, 1 or 2.</exception>
    public void Subscribe(MqttSubscription subscription)
    {
        ArgumentNullException.ThrowIfNull(subscription);
        ClientRequests.Check(subscription);
        subscriptions.Want(subscription);
    }

    /// <summary>
    /// Ends a subscription, now or when there is a connection; also one that the server's session has from an earlier client of this name.
    /// </summary>
    public void Unsubscribe(string filter) => subscriptions.Forget(filter);

    /// <summary>Connects and stays connected, until it is cancelled or disposed, which is how it ends well.</summary>
    /// <exception cref="MqttException">
    /// The server's refusal cannot heal without somebody doing something (<see cref="MqttException.MayHeal"/>).
    /// </exception>
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref hasRun, 1) != 0) throw new InvalidOperationException("A reconnecting client runs once.");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token, cancellationToken);
        var ending = new MqttException(MqttReasonCode.UnspecifiedError, "The client was stopped.");
        try
        {
            while (true)
            {
                await ServeAsync(either.Token);
                Change(MqttClientState.Waiting);
                TimeSpan pause = reconnect.Pause(++attempts, Random.Shared.NextDouble());
                await Task.Delay(pause, reconnect.TimeProvider, either.Token);
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Asked for.
        }
        catch (MqttException exception)
        {
            LastFailure = ending = exception;
            throw;
        }
        finally
        {
            window.End(ending);
            connected.TrySetException(ending);
            // Whoever never waited for a connection must not see this as an unobserved failure.
            _ = connected.Task.Exception;
            Change(MqttClientState.Ended);
            ended.TrySetResult();
        }
    }

    // One connection from its beginning to its end. Returns where another attempt makes sense.
    async Task ServeAsync(CancellationToken cancellationToken)
    {
        Change(MqttClientState.Connecting);
        try
        {
            await using MqttClient client = await MqttClient.ConnectAsync(options, Enter, cancellationToken);
            long start = reconnect.TimeProvider.GetTimestamp();
            try
            {
                await StayAsync(client, cancellationToken);
            }
            finally
            {
                if (reconnect.TimeProvider.GetElapsedTime(start) >= reconnect.MaximumPause) attempts = 0;
                Leave();
            }

            LastFailure = client.Failure;
            if (client.Failure is { MayHeal: false } final) throw final;
            logger.ConnectionLost(options.Host, options.Port, await client.Completion);
        }
        catch (MqttException exception) when (exception.MayHeal)
        {
            LastFailure = exception;
            logger.ConnectFailed(options.Host, options.Port, $"{exception.Reason}. {ReasonAdvice.For(exception.Reason)}");
        }
        catch (Exception exception) when (exception is SocketException or IOException or TimeoutException or AuthenticationException)
        {
            LastFailure = exception;
            logger.ConnectFailed(options.Host, options.Port, exception.Message);
        }
    }

    // Before anything is read: what arrives at once can be acknowledged at once.
    void Enter(MqttClient client)
    {
        Volatile.Write(ref current, client);
        if (client.Server.SessionPresent) subscriptions.ForgetShared();
        else subscriptions.ForgetMade();
        // A session has to be asked for by the name under which it was made.
        bool canResume = options.Version == MqttProtocolVersion.V5 && options.SessionExpiry > TimeSpan.Zero;
        options = options with { ClientId = client.ClientId, CleanStart = options.CleanStart && !canResume };
    }

    async Task StayAsync(MqttClient client, CancellationToken cancellationToken)
    {
        Task change = await subscriptions.ApplyAsync(client, SayGranted, cancellationToken);
        connected.TrySetResult(client);
        logger.ClientConnected(options.Host, options.Port, client.Server.SessionPresent);
        SaySessionExpiry(client.Server);
        Change(MqttClientState.Connected);
        while (await Task.WhenAny(client.Completion, change).WaitAsync(cancellationToken) == change)
            change = await subscriptions.ApplyAsync(client, SayGranted, cancellationToken);
    }

    void SayGranted(MqttSubscription subscription, MqttReasonCode granted)
    {
        if ((byte)granted >= subscription.QualityOfService || saidQualityOfService) return;
        saidQualityOfService = true;
        logger.LowerQualityOfService(options.Host, options.Port, (byte)granted, subscription.QualityOfService);
    }

    void SaySessionExpiry(MqttServerInformation server)
    {
        if (server.SessionExpiry is not { } kept || saidSessionExpiry) return;
        uint wanted = PropertyEncoding.WholeSeconds(options.SessionExpiry);
        if (kept.TotalSeconds >= wanted) return;
        saidSessionExpiry = true;
        logger.ShorterSession(options.Host, options.Port, PropertyEncoding.WholeSeconds(kept), wanted);
    }

    void Leave()
    {
        Volatile.Write(ref current, null);
        if (connected.Task.IsCompleted)
            connected = new TaskCompletionSource<MqttClient>(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    void Change(MqttClientState next)
    {
        if (Interlocked.Exchange(ref state, (int)next) != (int)next) StateChanged?.Invoke(next);
    }

    /// <summary>
    /// Publishes. At QoS 1 and 2 the message is copied and kept until the server has answered for it, on this connection or a later one;
    /// this waits only while <see cref="MqttReconnectOptions.MaximumKeptMessages"/> are kept. At QoS 0 it waits until there is a
    /// connection.
    /// </summary>
    /// <param name="topic">The topic name in UTF-8; only read during the call.</param>
    /// <param name="payload">The payload; only read during the call.</param>
    /// <param name="qualityOfService">0, 1 or 2.</param>
    /// <param name="retain">The RETAIN flag.</param>
    /// <param name="duplicate">The DUP flag, for a message that was published before this client was made; above QoS 0.</param>
    /// <param name="properties">What the message says about itself; MQTT 5.0, left out in 3.1.1.</param>
    /// <param name="cancellationToken">Ends the wait; the message is then not published.</param>
    /// <returns>The packet identifier, as <see cref="MqttClientOptions.Acknowledged"/> will tell it; 0 at QoS 0.</returns>
    /// <exception cref="ArgumentException">The topic is not a topic name, or the QoS is not 0, 1 or 2.</exception>
    /// <exception cref="MqttException">This client has ended, or the server takes no such message.</exception>
    public ValueTask<ushort> PublishAsync(
        ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, byte qualityOfService, bool retain = false, bool duplicate = false,
        MqttMessageProperties? properties = null, CancellationToken cancellationToken = default) =>
        PublishAsync(
            new Publication(topic, payload, qualityOfService, retain) { Duplicate = duplicate, Properties = properties },
            cancellationToken);

    /// <summary>Publishes at QoS 1 or 2, and waits until the server has answered for it, however many connections that takes.</summary>
    /// <returns>Success, or <see cref="MqttReasonCode.NoMatchingSubscribers"/>.</returns>
    /// <exception cref="ArgumentException">The topic is not a topic name, or the QoS is not 1 or 2.</exception>
    /// <exception cref="MqttException">The server refused the message, or this client has ended.</exception>
    public async Task<MqttReasonCode> PublishConfirmedAsync(
        ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, byte qualityOfService = 1, bool retain = false,
        MqttMessageProperties? properties = null, CancellationToken cancellationToken = default)
    {
        Publication message = Publication.ToConfirm(topic, payload, qualityOfService, retain, properties);
        await PublishAsync(message, cancellationToken);
        Flush();
        return await message.ConfirmationAsync(cancellationToken);
    }

    async ValueTask<ushort> PublishAsync(Publication message, CancellationToken cancellationToken)
    {
        Publication.Check(message.Topic.Span, message.QualityOfService);
        if (message.QualityOfService == 0) return await PublishAtMostOnceAsync(message, cancellationToken);
        Volatile.Read(ref current)?.CheckServerTakes(message);
        while (true)
        {
            window.ThrowIfEnded();
            if (window.TryKeep(message.Encoding(options.Version), message.Confirmed) is { } identifier)
            {
                if (options.AutoFlush) Flush();
                return identifier;
            }

            Flush();
            await window.WaitForRoomAsync().WaitAsync(cancellationToken);
        }
    }

    async ValueTask<ushort> PublishAtMostOnceAsync(Publication message, CancellationToken cancellationToken)
    {
        while (true)
        {
            MqttClient client = Volatile.Read(ref current) ?? await connected.Task.WaitAsync(cancellationToken);
            try
            {
                return await client.PublishAsync(message, cancellationToken);
            }
            catch (MqttException) when (client.Completion.IsCompleted)
            {
                // It was not sent: the next connection takes it. The old one leaves before long.
                await Task.Yield();
            }
        }
    }

    /// <summary>Completes when every message of QoS 1 and 2 has been answered for.</summary>
    /// <exception cref="MqttException">This client has ended before.</exception>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        Flush();
        await window.WaitForNoneAsync(cancellationToken);
        if (window.Count > 0) window.ThrowIfEnded();
    }

    /// <inheritdoc cref="MqttClient.Acknowledge"/>
    public void Acknowledge(MqttAcknowledgementToken token, MqttReasonCode reason = MqttReasonCode.Success) =>
        Volatile.Read(ref current)?.Acknowledge(token, reason);

    /// <summary>
    /// Sends what has gathered, and the acknowledgements whose turn it is, without waiting. Nothing without a connection.
    /// </summary>
    public void Flush() => Volatile.Read(ref current)?.Flush();

    /// <summary>
    /// Says goodbye and ends. What is still kept is lost: see <see cref="DrainAsync"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) == 0) await stopping.CancelAsync();
        if (Volatile.Read(ref hasRun) != 0) await ended.Task;
    }
}
