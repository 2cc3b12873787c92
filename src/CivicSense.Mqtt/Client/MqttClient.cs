using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using CivicSense.Mqtt.Client;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt;

/// <summary>A small client for MQTT 3.1.1 and 5.0: QoS 0 and 1, pipelined, without reconnecting.</summary>
/// <remarks>
/// Thread-safe. Publishing does not allocate per message. A connection that has ended stays ended: <see cref="Completion"/> says why, and
/// every later call throws <see cref="MqttException"/>.
/// </remarks>
public sealed class MqttClient : IAsyncDisposable
{
    const int GatheredBytes = 16 * 1024;
    const int MaximumQueuedBytes = 256 * 1024;
    const int MaximumQueuedMessages = 4096;

    readonly MqttClientOptions options;
    readonly Socket socket;
    readonly OutgoingBuffer output;
    readonly ClientReader reader;
    readonly CancellationTokenSource closing = new();
    readonly TaskCompletionSource<MqttReasonCode> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ConcurrentDictionary<ushort, TaskCompletionSource<MqttReasonCode>> subscribing = new();
    readonly Channel<MqttReceivedMessage> messages = Channel.CreateBounded<MqttReceivedMessage>(
        new BoundedChannelOptions(MaximumQueuedMessages) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true });

    InFlightMessages inFlight = new(1);
    ConnAckPacket? answer;
    Task reading = Task.CompletedTask;
    ITimer? keepAliveTimer;
    TimeSpan keepAlive;
    long lastSent;
    long lastHeard;
    long acknowledgedCount;
    MqttReasonCode? endReason;

    MqttClient(MqttClientOptions options, Socket socket)
    {
        this.options = options;
        this.socket = socket;
        reader = new ClientReader(socket);
        output = new OutgoingBuffer(SendAsync, () => End(MqttReasonCode.UnspecifiedError));
        keepAlive = options.KeepAlive;
        lastSent = lastHeard = options.TimeProvider.GetTimestamp();
    }

    /// <summary>The client identifier in use; the server's choice if the options had none and the server told it (MQTT 5.0).</summary>
    public string ClientId => answer?.AssignedClientId ?? options.ClientId;

    /// <summary>How many QoS 1 messages have been acknowledged, whatever the reason code.</summary>
    public long AcknowledgedCount => Interlocked.Read(ref acknowledgedCount);

    /// <summary>How many QoS 1 messages and subscriptions are unanswered.</summary>
    public int InFlightCount => inFlight.Count;

    /// <summary>
    /// Completes when the connection has ended, and never fails: Success if this side ended it, the server's DISCONNECT reason, or
    /// Unspecified Error if it was lost.
    /// </summary>
    public Task<MqttReasonCode> Completion => completion.Task;

    /// <summary>
    /// The received messages, at most 4,096; when nobody reads, the oldest are dropped. Completed when the connection ends. Unused with
    /// <see cref="MqttClientOptions.Received"/>.
    /// </summary>
    public ChannelReader<MqttReceivedMessage> Messages => messages.Reader;

    /// <summary>Connects and waits for the server's answer.</summary>
    /// <exception cref="MqttException">The server refused, or closed the connection before it answered.</exception>
    /// <exception cref="SocketException">There was no connection to be had.</exception>
    /// <exception cref="TimeoutException">No answer within <see cref="MqttClientOptions.ConnectTimeout"/>.</exception>
    public static async Task<MqttClient> ConnectAsync(MqttClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FindError() is { } error) throw new ArgumentException(error, nameof(options));
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var client = new MqttClient(options, new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        try
        {
            await client.socket.ConnectAsync(options.Host, options.Port, either.Token);
            await client.HandshakeAsync(either.Token);
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

    async Task HandshakeAsync(CancellationToken cancellationToken)
    {
        output.Append(ClientPackets.Connect(options));
        output.Flush();
        bool answered = await reader.ReadAsync(HandleConnAck, static () => { }, cancellationToken);
        if (!answered || answer is not { } packet)
        {
            throw new MqttException(MqttReasonCode.UnspecifiedError, "The server closed the connection without an answer.");
        }

        if (packet.Reason != MqttReasonCode.Success)
        {
            throw new MqttException(packet.Reason, $"The server refused the connection: {packet.Reason}.");
        }

        inFlight = new InFlightMessages(Math.Min(options.MaximumInFlight, packet.ReceiveMaximum));
        if (packet.ServerKeepAlive is { } seconds) keepAlive = TimeSpan.FromSeconds(seconds);
        if (keepAlive > TimeSpan.Zero)
        {
            TimeSpan period = keepAlive / 4;
            keepAliveTimer = options.TimeProvider.CreateTimer(static state => ((MqttClient)state!).KeepAlive(), this, period, period);
        }

        reading = RunAsync();
    }

    bool HandleConnAck(in MqttFixedHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Type != MqttPacketType.ConnAck || !ConnAckPacket.TryRead(body, options.Version, out ConnAckPacket packet))
        {
            throw new MqttException(MqttReasonCode.ProtocolError, "The server's first packet was no valid CONNACK.");
        }

        answer = packet;
        return false;
    }

    /// <summary>
    /// Queues a message and, with <see cref="MqttClientOptions.AutoFlush"/>, sends it. Waits only while too many are in flight or too many
    /// bytes are unsent; does not wait for the acknowledgement.
    /// </summary>
    /// <param name="topic">The topic name in UTF-8; only read during the call.</param>
    /// <param name="payload">The payload; only read during the call.</param>
    /// <param name="qualityOfService">0 or 1.</param>
    /// <param name="retain">The RETAIN flag.</param>
    /// <param name="duplicate">The DUP flag, for a message published on an earlier connection; QoS 1 only.</param>
    /// <param name="cancellationToken">Ends the wait; the message is then not published.</param>
    /// <returns>The packet identifier; 0 at QoS 0.</returns>
    /// <exception cref="ArgumentException">The topic is not a topic name, or the QoS is not 0 or 1.</exception>
    /// <exception cref="MqttException">The connection has ended.</exception>
    public async ValueTask<ushort> PublishAsync(
        ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, byte qualityOfService, bool retain = false, bool duplicate = false,
        CancellationToken cancellationToken = default)
    {
        if (!MqttText.IsTopicName(topic.Span)) throw new ArgumentException("This is not a topic name (MQTT 5.0, section 4.7).", nameof(topic));
        if (qualityOfService > 1) throw new ArgumentException("QoS 2 is not supported.", nameof(qualityOfService));
        ushort identifier = qualityOfService == 0 ? (ushort)0 : await TakeIdentifierAsync(cancellationToken);
        ThrowIfEnded();
        Task room = output.WaitForRoomAsync(MaximumQueuedBytes);
        if (!room.IsCompletedSuccessfully) await room.WaitAsync(cancellationToken);
        bool isFull = Write(topic.Span, payload.Span, qualityOfService, identifier, retain, duplicate);
        if (options.AutoFlush || isFull) output.Flush();
        return identifier;
    }

    bool Write(
        ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, byte qualityOfService, ushort identifier, bool retain, bool duplicate)
    {
        var packet = new PublishEncoding
        {
            Version = options.Version,
            Topic = topic,
            Payload = payload,
            QualityOfService = qualityOfService,
            PacketIdentifier = identifier,
            Retain = retain,
            Duplicate = duplicate && qualityOfService > 0,
        };
        int length = packet.Length;
        lock (output.Gate)
        {
            packet.Write(output.Reserve(length));
            return output.QueuedBytes >= GatheredBytes;
        }
    }

    async ValueTask<ushort> TakeIdentifierAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ThrowIfEnded();
            if (inFlight.TryTake() is { } identifier) return identifier;
            output.Flush();
            await inFlight.WaitForFreeAsync().WaitAsync(cancellationToken);
        }
    }

    /// <summary>Sends what has gathered, and waits until the operating system has taken it.</summary>
    /// <exception cref="MqttException">The connection has ended.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        output.Flush();
        await output.WaitForRoomAsync(0).WaitAsync(cancellationToken);
        ThrowIfEnded();
    }

    /// <summary>Completes when every QoS 1 message has been acknowledged.</summary>
    /// <exception cref="MqttException">The connection ended before.</exception>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        output.Flush();
        await inFlight.WaitForNoneAsync(cancellationToken);
        if (inFlight.Count > 0) ThrowIfEnded();
    }

    /// <summary>Subscribes to a topic filter at QoS 0 or 1.</summary>
    /// <returns>The granted QoS as a reason code.</returns>
    /// <exception cref="MqttException">The server refused the filter (its reason code), or the connection has ended.</exception>
    public async Task<MqttReasonCode> SubscribeAsync(string filter, byte qualityOfService = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(qualityOfService, 1);
        MqttReasonCode reason = await AskAsync(MqttPacketType.Subscribe, filter, qualityOfService, cancellationToken);
        return (byte)reason < 0x80 ? reason : throw new MqttException(reason, $"The server refused the subscription: {reason}.");
    }

    /// <summary>Ends a subscription.</summary>
    /// <exception cref="MqttException">The server refused, or the connection has ended.</exception>
    public async Task UnsubscribeAsync(string filter, CancellationToken cancellationToken = default)
    {
        MqttReasonCode reason = await AskAsync(MqttPacketType.Unsubscribe, filter, options: null, cancellationToken);
        if ((byte)reason >= 0x80) throw new MqttException(reason, $"The server refused to unsubscribe: {reason}.");
    }

    async Task<MqttReasonCode> AskAsync(MqttPacketType type, string filter, byte? options, CancellationToken cancellationToken)
    {
        if (!MqttText.IsTopicFilter(Encoding.UTF8.GetBytes(filter)))
        {
            throw new ArgumentException("This is not a topic filter (MQTT 5.0, section 4.7).", nameof(filter));
        }

        ushort identifier = await TakeIdentifierAsync(cancellationToken);
        var answered = new TaskCompletionSource<MqttReasonCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        subscribing[identifier] = answered;
        output.Append(ClientPackets.Subscribe(type, this.options.Version, identifier, filter, options));
        output.Flush();
        Task first = await Task.WhenAny(answered.Task, Completion).WaitAsync(cancellationToken);
        if (first != answered.Task) ThrowIfEnded();
        return await answered.Task;
    }

    /// <summary>Says goodbye, so that a server publishes no will, and closes. <see cref="Completion"/> becomes Success.</summary>
    public async ValueTask DisposeAsync()
    {
        if (endReason is null && reading != Task.CompletedTask)
        {
            output.Append([(byte)MqttPacketType.Disconnect << 4, 0]);
            output.Flush();
            await output.WaitForRoomAsync(0).WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        End(MqttReasonCode.Success);
        await reading;
        closing.Dispose();
    }

    async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Volatile.Write(ref lastSent, options.TimeProvider.GetTimestamp());
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
    }

    async Task RunAsync()
    {
        try
        {
            await reader.ReadAsync(HandlePacket, EndOfBatch, closing.Token);
            End(MqttReasonCode.UnspecifiedError);
        }
        catch (MqttException exception)
        {
            End(exception.Reason);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            End(MqttReasonCode.UnspecifiedError);
        }
    }

    void EndOfBatch()
    {
        Volatile.Write(ref lastHeard, options.TimeProvider.GetTimestamp());
        output.Flush();
    }

    bool HandlePacket(in MqttFixedHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Type)
        {
            case MqttPacketType.PubAck:
                HandlePubAck(body);
                return true;
            case MqttPacketType.Publish:
                HandlePublish(header, body);
                return true;
            case MqttPacketType.SubAck or MqttPacketType.UnsubAck:
                HandleSubAck(header, body);
                return true;
            case MqttPacketType.PingResp:
                return true;
            case MqttPacketType.Disconnect when options.Version == MqttProtocolVersion.V5:
                End(body.IsEmpty ? MqttReasonCode.UnspecifiedError : (MqttReasonCode)body[0]);
                return false;
            default:
                throw new MqttException(MqttReasonCode.ProtocolError, "The server sent a packet that only clients send.");
        }
    }

    void HandlePubAck(ReadOnlySpan<byte> body)
    {
        var packet = new PacketReader(body);
        if (!packet.TryReadPacketIdentifier(out ushort identifier)) throw Malformed();
        MqttReasonCode reason = packet.TryReadByte(out byte code) ? (MqttReasonCode)code : MqttReasonCode.Success;
        // Counted and told before the identifier is free, so that whoever waited for that sees it counted.
        Interlocked.Increment(ref acknowledgedCount);
        options.Acknowledged?.Invoke(identifier, reason);
        if (!inFlight.Release(identifier)) throw new MqttException(MqttReasonCode.ProtocolError, "The server acknowledged what was not sent.");
    }

    void HandleSubAck(in MqttFixedHeader header, ReadOnlySpan<byte> body)
    {
        var packet = new PacketReader(body);
        if (!packet.TryReadPacketIdentifier(out ushort identifier)) throw Malformed();
        if (options.Version == MqttProtocolVersion.V5
            && MqttProperties.TryRead(ref packet, MqttProperties.OfAcknowledgement, out _) != MqttReasonCode.Success)
        {
            throw Malformed();
        }

        bool hasCode = packet.TryReadByte(out byte code);
        if (!hasCode && header.Type == MqttPacketType.SubAck) throw Malformed();
        inFlight.Release(identifier);
        if (subscribing.TryRemove(identifier, out TaskCompletionSource<MqttReasonCode>? waiting)) waiting.TrySetResult((MqttReasonCode)code);
    }

    void HandlePublish(in MqttFixedHeader header, ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = PublishPacket.TryRead(
            header, body, options.Version, MqttProperties.OfPublishFromServer, out PublishPacket packet);
        if (reason != MqttReasonCode.Success || !MqttText.IsTopicName(packet.Topic) || header.QualityOfService > 1) throw Malformed();
        var message = new MqttReceivedMessage(
            Encoding.UTF8.GetString(packet.Topic), packet.Payload.ToArray(), header.QualityOfService, header.Retain, header.Duplicate);
        if (options.Received is { } received) received(message);
        else messages.Writer.TryWrite(message);
        if (header.QualityOfService == 0) return;
        output.Append([(byte)MqttPacketType.PubAck << 4, 2, (byte)(packet.PacketIdentifier >> 8), (byte)(packet.PacketIdentifier & 0xFF)]);
    }

    static MqttException Malformed() => new(MqttReasonCode.MalformedPacket, "The server sent a malformed packet.");

    void KeepAlive()
    {
        TimeProvider time = options.TimeProvider;
        if (time.GetElapsedTime(Volatile.Read(ref lastHeard)) > keepAlive * 1.5 && time.GetElapsedTime(Volatile.Read(ref lastSent)) < keepAlive)
        {
            End(MqttReasonCode.KeepAliveTimeout);
            return;
        }

        // A quarter early, so that the timer's period cannot make it late.
        if (time.GetElapsedTime(Volatile.Read(ref lastSent)) < keepAlive * 0.74) return;
        output.Append([(byte)MqttPacketType.PingReq << 4, 0]);
        output.Flush();
    }

    void End(MqttReasonCode reason)
    {
        lock (completion)
        {
            if (endReason is not null) return;
            endReason = reason;
        }

        keepAliveTimer?.Dispose();
        output.Close();
        closing.Cancel();
        socket.Dispose();
        inFlight.End();
        messages.Writer.TryComplete();
        completion.TrySetResult(reason);
    }

    void ThrowIfEnded()
    {
        if (endReason is { } reason) throw new MqttException(reason, $"The connection has ended: {reason}.");
    }
}
