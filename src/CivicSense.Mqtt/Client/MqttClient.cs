using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using CivicSense.Mqtt.Client;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt;

/// <summary>
/// One connection to a server of MQTT 3.1.1 or 5.0, over TCP or TLS. For a connection that comes back by itself see
/// <see cref="MqttReconnectingClient"/>.
/// </summary>
/// <remarks>
/// Thread-safe. Publishing does not allocate per message. A connection that has ended stays ended: <see cref="Completion"/> says why, and
/// every later call throws <see cref="MqttException"/>. Whoever waits inside a loop over <see cref="Messages"/> until a message of this
/// same connection is acknowledged can wait for ever when the queue is full, because nothing is read then.
/// </remarks>
public sealed class MqttClient : IAsyncDisposable
{
    const int MostRequestsAndMessages = 65_000;

    static readonly TimeSpan GoodbyePatience = TimeSpan.FromSeconds(5);

    readonly MqttClientOptions options;
    readonly ClientTransport transport = new();
    readonly OutgoingBuffer output;
    readonly ClientReader reader;
    readonly OutboundWindow window;
    readonly KeepAliveMonitor keepAlive;
    readonly ClientReceiver receiver;
    readonly ReceivedExactlyOnce received;
    readonly ConnectionEnd end = new();
    readonly CancellationTokenSource closing = new();
    ClientPublisher publisher;
    ClientRequests requests;
    Task? reading;

    MqttClient(MqttClientOptions options)
    {
        this.options = options;
        reader = new ClientReader(transport, options.MaximumPacketSize);
        output = new OutgoingBuffer(SendAsync, () => End(MqttReasonCode.UnspecifiedError));
        window = options.Session?.Outbound ?? new OutboundWindow(MostRequestsAndMessages);
        received = options.Session?.Received ?? new ReceivedExactlyOnce();
        receiver = new ClientReceiver(options, output, received);
        keepAlive = new KeepAliveMonitor(options.TimeProvider, Ping, () => End(MqttReasonCode.KeepAliveTimeout));
        (publisher, requests) = Serving(Server);
    }

    /// <summary>What the server said when it let this client in.</summary>
    public MqttServerInformation Server { get; private set; } = new();

    /// <summary>The client identifier in use; the server's choice if the options had none and the server told it (MQTT 5.0).</summary>
    public string ClientId => Server.AssignedClientId ?? options.ClientId;

    /// <summary>How many messages of QoS 1 and 2 were answered for on this connection, whatever the reason code.</summary>
    public long AcknowledgedCount => publisher.AcknowledgedCount;

    /// <summary>How many messages of QoS 1 and 2, subscriptions and unsubscriptions are unanswered.</summary>
    public int InFlightCount => window.Count;

    /// <summary>
    /// Completes when the connection has ended, and never fails: Success if this side ended it, the server's DISCONNECT reason, what was
    /// wrong with the server's packets, or Unspecified Error if it was lost.
    /// </summary>
    public Task<MqttReasonCode> Completion => end.Completion;

    /// <summary>Why the connection has ended, with the server's words; null while it lives, and if this side ended it.</summary>
    public MqttException? Failure => end.Exception is { Reason: not MqttReasonCode.Success } failure ? failure : null;

    /// <summary>
    /// The received messages, at most <see cref="MqttClientOptions.MaximumQueuedMessages"/>; when nobody reads them, nothing more is read
    /// from the server. Completed when the connection ends. Unused with <see cref="MqttClientOptions.Received"/> or
    /// <see cref="MqttClientOptions.Handler"/>.
    /// </summary>
    public ChannelReader<MqttReceivedMessage> Messages => receiver.Messages;

    /// <summary>Whether nothing is read because there is no room for what comes.</summary>
    internal bool IsHeld => keepAlive.IsHeld;

    /// <summary>Connects and waits for the server's answer.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="MqttException">The server refused, or closed the connection before it answered.</exception>
    /// <exception cref="SocketException">There was no connection to be had.</exception>
    /// <exception cref="AuthenticationException">The server's certificate is not to be trusted, or TLS could not be agreed on.</exception>
    /// <exception cref="IOException">The connection was lost while TLS was agreed on.</exception>
    /// <exception cref="TimeoutException">No answer within <see cref="MqttClientOptions.ConnectTimeout"/>.</exception>
    public static Task<MqttClient> ConnectAsync(MqttClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return ConnectAsync(options, beforeReading: null, cancellationToken);
    }

    internal static async Task<MqttClient> ConnectAsync(
        MqttClientOptions options, Action<MqttClient>? beforeReading, CancellationToken cancellationToken)
    {
        if (options.FindError() is { } error) throw new ArgumentException(error, nameof(options));
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var client = new MqttClient(options);
        try
        {
            await client.transport.ConnectAsync(options, either.Token);
            client.Begin(await client.HandshakeAsync(either.Token), beforeReading);
            return client;
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            await client.DisposeAsync();
            throw new TimeoutException("The MQTT server did not answer in time.", exception);
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    async Task<MqttServerInformation> HandshakeAsync(CancellationToken cancellationToken)
    {
        output.Append(ClientPackets.Connect(options));
        output.Flush();
        var handler = new ConnAckHandler(options.Version);
        try
        {
            await reader.ReadAsync(handler, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // With TLS 1.3 a server that refuses the client's certificate says so only now.
            throw new MqttException(MqttReasonCode.UnspecifiedError, "The server closed the connection without an answer.", exception);
        }

        if (handler.Answer is not { } answer)
            throw new MqttException(MqttReasonCode.UnspecifiedError, "The server closed the connection without an answer.");

        if (answer.Reason != MqttReasonCode.Success)
            throw MqttException.From("The server refused the connection", answer.Reason, answer.ReasonString, answer.ServerReference);

        // [MQTT-3.2.2-2]: after a clean start there is no session.
        return answer.SessionPresent && options.CleanStart
            ? throw new MqttException(MqttReasonCode.ProtocolError, "The server kept a session it was told to forget.")
            : answer;
    }

    void Begin(MqttServerInformation answer, Action<MqttClient>? beforeReading)
    {
        Server = answer;
        (publisher, requests) = Serving(answer);
        if (!answer.SessionPresent) received.Clear();
        int mostInFlight = Math.Min(options.MaximumInFlight, answer.ReceiveMaximum);
        window.Attach(output, options.Version, mostInFlight, answer.MaximumPacketSize, answer.SessionPresent);
        output.Flush();
        keepAlive.Start(answer.KeepAlive ?? options.KeepAlive);
        beforeReading?.Invoke(this);
        reading = RunAsync();
    }

    (ClientPublisher Publisher, ClientRequests Requests) Serving(MqttServerInformation server) =>
        (new ClientPublisher(options, server, output, window, end), new ClientRequests(options, server, output, window, end));

    /// <summary>
    /// Queues a message and, with <see cref="MqttClientOptions.AutoFlush"/>, sends it. Waits only while too many are in flight or too many
    /// bytes are unsent; does not wait for the acknowledgement.
    /// </summary>
    /// <param name="topic">The topic name in UTF-8; only read during the call.</param>
    /// <param name="payload">The payload; only read during the call.</param>
    /// <param name="qualityOfService">0, 1 or 2.</param>
    /// <param name="retain">The RETAIN flag.</param>
    /// <param name="duplicate">
    /// The DUP flag, for a message published on an earlier connection; above QoS 0. Not needed with a
    /// <see cref="MqttClientOptions.Session"/>.
    /// </param>
    /// <param name="properties">What the message says about itself; MQTT 5.0, left out in 3.1.1.</param>
    /// <param name="cancellationToken">Ends the wait; the message is then not published.</param>
    /// <returns>The packet identifier; 0 at QoS 0.</returns>
    /// <exception cref="ArgumentException">The topic is not a topic name, or the QoS is not 0, 1 or 2.</exception>
    /// <exception cref="MqttException">The connection has ended, or the server takes no such message.</exception>
    public ValueTask<ushort> PublishAsync(
        ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, byte qualityOfService, bool retain = false, bool duplicate = false,
        MqttMessageProperties? properties = null, CancellationToken cancellationToken = default) =>
        publisher.PublishAsync(
            new Publication(topic, payload, qualityOfService, retain) { Duplicate = duplicate, Properties = properties },
            cancellationToken);

    internal ValueTask<ushort> PublishAsync(in Publication message, CancellationToken cancellationToken) =>
        publisher.PublishAsync(message, cancellationToken);

    internal void CheckServerTakes(in Publication message) => publisher.CheckServerTakes(message);

    /// <summary>Publishes at QoS 1 or 2, sends it, and waits until the server has answered for it.</summary>
    /// <returns>Success, or <see cref="MqttReasonCode.NoMatchingSubscribers"/>.</returns>
    /// <exception cref="ArgumentException">The topic is not a topic name, or the QoS is not 1 or 2.</exception>
    /// <exception cref="MqttException">The server refused the message, or the connection has ended.</exception>
    public async Task<MqttReasonCode> PublishConfirmedAsync(
        ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, byte qualityOfService = 1, bool retain = false,
        MqttMessageProperties? properties = null, CancellationToken cancellationToken = default)
    {
        Publication message = Publication.ToConfirm(topic, payload, qualityOfService, retain, properties);
        await publisher.PublishAsync(message, cancellationToken);
        output.Flush();
        return await message.ConfirmationAsync(cancellationToken);
    }

    /// <summary>Sends what has gathered, and waits until the operating system has taken it.</summary>
    /// <exception cref="MqttException">The connection has ended.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        Flush();
        await output.WaitForRoomAsync(0).WaitAsync(cancellationToken);
        end.ThrowIfEnded();
    }

    /// <summary>Sends what has gathered, and the acknowledgements whose turn it is, without waiting.</summary>
    public void Flush()
    {
        receiver.WriteAcknowledgements();
        output.Flush();
    }

    /// <summary>Completes when every message of QoS 1 and 2 has been answered for.</summary>
    /// <exception cref="MqttException">The connection ended before.</exception>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        output.Flush();
        Task none = window.WaitForNoneAsync(cancellationToken);
        // The window of a session outlives the connection.
        await Task.WhenAny(none, Completion);
        if (none.IsFaulted || none.IsCanceled) await none;
        if (window.Count > 0) end.ThrowIfEnded();
    }

    /// <summary>Subscribes to a topic filter at QoS 0, 1 or 2.</summary>
    /// <returns>The granted QoS as a reason code.</returns>
    /// <exception cref="ArgumentException">This is not a topic filter.</exception>
    /// <exception cref="MqttException">The server refused the filter (its reason code), or the connection has ended.</exception>
    public Task<MqttReasonCode> SubscribeAsync(string filter, byte qualityOfService = 0, CancellationToken cancellationToken = default) =>
        requests.SubscribeAsync(new MqttSubscription(filter, qualityOfService), cancellationToken);

    /// <summary>Subscribes with the options of MQTT 5.0.</summary>
    /// <returns>The granted QoS as a reason code.</returns>
    /// <exception cref="ArgumentException">This is not a topic filter, or an option is out of its range.</exception>
    /// <exception cref="MqttException">The server refused the filter (its reason code), or the connection has ended.</exception>
    public Task<MqttReasonCode> SubscribeAsync(MqttSubscription subscription, CancellationToken cancellationToken = default) =>
        requests.SubscribeAsync(subscription, cancellationToken);

    /// <summary>Ends a subscription.</summary>
    /// <exception cref="MqttException">The server refused, or the connection has ended.</exception>
    public Task UnsubscribeAsync(string filter, CancellationToken cancellationToken = default) =>
        requests.UnsubscribeAsync(filter, cancellationToken);

    /// <summary>
    /// Lets a message that a <see cref="IMqttMessageHandler"/> was given be acknowledged. The acknowledgement is sent with the next
    /// <see cref="Flush"/>, once all messages that came before are acknowledged too ([MQTT-4.6.0-2]). May be called later and from any
    /// thread; a token of another connection is ignored, for the server sends that message again.
    /// </summary>
    /// <param name="token">The message's token.</param>
    /// <param name="reason">Success, or why the message is refused, which MQTT 3.1.1 cannot say. A refused message does not come
    /// again.</param>
    public void Acknowledge(MqttAcknowledgementToken token, MqttReasonCode reason = MqttReasonCode.Success) =>
        receiver.Acknowledge(token, reason);

    /// <summary>Says goodbye and closes. <see cref="Completion"/> becomes Success.</summary>
    /// <param name="reason">
    /// <see cref="MqttReasonCode.Success"/>, or <see cref="MqttReasonCode.DisconnectWithWillMessage"/>, with which the will is published.
    /// </param>
    /// <param name="sessionExpiry">Replaces <see cref="MqttClientOptions.SessionExpiry"/>, unless that was zero; null leaves it. MQTT
    /// 5.0.</param>
    public async Task DisconnectAsync(MqttReasonCode reason = MqttReasonCode.Success, TimeSpan? sessionExpiry = null)
    {
        if (end.HasEnded || reading is null) return;
        receiver.WriteAcknowledgements();
        await SayGoodbyeAsync(ClientPackets.Disconnect(options.Version, reason, sessionExpiry));
        End(MqttReasonCode.Success);
    }

    async Task SayGoodbyeAsync(byte[] packet)
    {
        output.Append(packet);
        output.Flush();
        await output.WaitForRoomAsync(0)
            .WaitAsync(GoodbyePatience, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Says goodbye, so that a server publishes no will, and closes. <see cref="Completion"/> becomes Success.</summary>
    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync();
        End(MqttReasonCode.Success);
        if (reading is not null) await reading;
        window.Detach(output);
        closing.Dispose();
    }

    async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        keepAlive.Sent();
        await transport.SendAsync(bytes);
    }

    void Ping()
    {
        output.Append([(byte)MqttPacketType.PingReq << 4, 0]);
        output.Flush();
    }

    async Task RunAsync()
    {
        try
        {
            var packets = new ServerPackets(options.Version, publisher, receiver, requests, keepAlive, Flush, End);
            await reader.ReadAsync(packets, closing.Token);
            End(MqttReasonCode.UnspecifiedError);
        }
        catch (MqttException exception)
        {
            bool mayBeSaid = options.Version == MqttProtocolVersion.V5 && ReasonCodes.MayClientDisconnectWith(exception.Reason);
            if (mayBeSaid) await SayGoodbyeAsync(ClientPackets.Disconnect(options.Version, exception.Reason));
            End(exception);
        }
        catch (Exception exception)
            when (exception is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            End(new MqttException(MqttReasonCode.UnspecifiedError, "The connection was lost.", exception));
        }
        catch (Exception exception)
        {
            // Whatever a callback threw, the connection must not stand there unread.
            End(new MqttException(MqttReasonCode.ImplementationSpecificError, "A callback of the client failed.", exception));
        }
    }

    void End(MqttReasonCode reason) => End(
        reason == MqttReasonCode.Success
            ? new MqttException(reason, "The connection was closed by this side.")
            : MqttException.From("The connection has ended", reason));

    void End(MqttException reason)
    {
        if (!end.TrySet(reason)) return;
        keepAlive.Dispose();
        output.Close();
        closing.Cancel();
        transport.Dispose();
        if (options.Session is null) window.End(reason);
        requests.End();
        receiver.End();
        end.Complete();
    }
}
