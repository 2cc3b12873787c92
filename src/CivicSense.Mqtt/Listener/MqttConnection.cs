using System.IO.Pipelines;
using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Listener.Transport;
using Microsoft.AspNetCore.Connections;

namespace CivicSense.Mqtt.Listener;

/// <summary>One network connection from accept to end.</summary>
/// <remarks>
/// One loop reads (<see cref="ConnectHandshake"/>, then <see cref="PacketLoop"/>). Other threads may only call
/// <see cref="RequestClose"/>, <see cref="CheckDeadlines"/>, <see cref="TryDeliver"/> and <see cref="FlushOutput"/>. Whoever asks first
/// for the end decides its reason.
/// </remarks>
sealed class MqttConnection : IDisposable
{
    /// <summary>How long a closing connection may take to accept its last bytes.</summary>
    static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    const int NotClosing = -1;

    readonly ConnectionContext connection;
    readonly long acceptedAt;
    readonly CancellationTokenSource closing = new();
    readonly TaskCompletionSource detached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long lastHeard;
    long closingSince;
    int closeReason = NotClosing;
    volatile bool isConnected;
    volatile bool isStalled;
    TimeSpan silenceLimit;
    ConnectPacket? connect;

    public MqttConnection(MqttListener listener, ConnectionContext connection)
    {
        Listener = listener;
        this.connection = connection;
        acceptedAt = lastHeard = listener.Time.GetTimestamp();
        Output = new OutgoingBuffer(SendAsync, () => RequestClose(MqttReasonCode.UnspecifiedError));
    }

    public MqttListener Listener { get; }

    public OutgoingBuffer Output { get; }

    public PipeReader Input => connection.Transport.Input;

    public CancellationToken Closing => closing.Token;

    public bool IsClosing => Volatile.Read(ref closeReason) != NotClosing;

    /// <summary>Completes when the application has been told that the session is closed.</summary>
    public Task Detached => detached.Task;

    public string ClientId { get; private set; } = "";

    public string Identity { get; private set; } = "";

    public IMqttSession? Session { get; private set; }

    public MqttProtocolVersion Version { get; set; } = MqttProtocolVersion.V311;

    /// <summary>Whether the client said goodbye, so that its will is not published.</summary>
    public bool IsWillDiscarded { get; set; }

    public List<MqttConnection> Touched { get; } = [];

    /// <summary>How many filters are subscribed; used by the read loop only.</summary>
    public HashSet<byte[]> Filters { get; } = new(Utf8Comparer.Instance);

    public async Task RunAsync()
    {
        AcknowledgementQueue? acknowledgements = null;
        try
        {
            if (await ConnectHandshake.RunAsync(this))
            {
                acknowledgements = new AcknowledgementQueue(
                    Listener.Application.Durability, Output, Version, Listener.Options.ReceiveMaximum, Listener.Statistics,
                    Listener.PassOf(connection.Features.Get<IConnectionLoopFeature>()?.Loop ?? PipeScheduler.ThreadPool), FailDurability, Closing);
                await new PacketLoop(this, acknowledgements).RunAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException or OperationCanceledException)
        {
            RequestClose(MqttReasonCode.UnspecifiedError);
        }
        catch (Exception exception)
        {
            // Only the type: a message of the application's may quote what a client sent.
            Listener.Logger.ApplicationFailed(exception.GetType().Name);
            RequestClose(MqttReasonCode.UnspecifiedError);
        }

        await EndAsync(acknowledgements);
    }

    /// <summary>Whether the session belongs to this connection from now on; see <see cref="MqttListener.TryClaimAsync"/>.</summary>
    public void Identify(ConnectPacket packet, string clientId, IMqttSession session)
    {
        (connect, ClientId, Session, Identity) = (packet, clientId, session, session.Identity);
    }

    /// <summary>Called after CONNACK.</summary>
    /// <param name="keepAlive">The keep-alive in force, or zero for none.</param>
    public void BeginSession(TimeSpan keepAlive)
    {
        // Section 3.1.2.10: one and a half times the keep-alive.
        silenceLimit = keepAlive * 1.5;
        Heard();
        isConnected = true;
    }

    public void Heard() => Volatile.Write(ref lastHeard, Listener.Time.GetTimestamp());

    /// <summary>Says that this side, not the client, makes the other wait: silence is not held against the client then.</summary>
    public void Stall(bool value)
    {
        Heard();
        isStalled = value;
    }

    /// <summary>Asks the read loop to end. Only the first reason counts.</summary>
    public void RequestClose(MqttReasonCode reason)
    {
        if (Interlocked.CompareExchange(ref closeReason, (int)reason, NotClosing) != NotClosing) return;
        Volatile.Write(ref closingSince, Listener.Time.GetTimestamp());
        _ = closing.CancelAsync();
        Input.CancelPendingRead();
    }

    /// <summary>Ends the connection for something that the client did.</summary>
    public void Fail(MqttReasonCode reason)
    {
        Listener.Statistics.CountProtocolError(reason);
        RequestClose(reason);
    }

    public void CheckDeadlines()
    {
        if (IsClosing)
        {
            if (Listener.Time.GetElapsedTime(Volatile.Read(ref closingSince)) > Linger) connection.Abort();
        }
        else if (!isConnected)
        {
            if (Listener.Time.GetElapsedTime(acceptedAt) < Listener.Options.ConnectDeadline) return;
            Listener.Statistics.CountConnectDeadlineMissed();
            RequestClose(MqttReasonCode.KeepAliveTimeout);
        }
        else if (silenceLimit > TimeSpan.Zero && !isStalled && Listener.Time.GetElapsedTime(Volatile.Read(ref lastHeard)) > silenceLimit)
        {
            Fail(MqttReasonCode.KeepAliveTimeout);
        }
    }

    /// <summary>
    /// Queues a message for this client; false if it was dropped because the client is too slow or takes no such packets.
    /// </summary>
    public bool TryDeliver(in RoutedMessage message, bool retain, uint? remainingExpiry)
    {
        var packet = new PublishEncoding
        {
            Version = Version,
            Topic = message.Topic,
            Payload = message.Payload,
            Properties = message.Properties,
            MessageExpiryOffset = message.MessageExpiryOffset,
            RemainingExpiry = remainingExpiry,
            Retain = retain,
        };
        int length = packet.Length;
        lock (Output.Gate)
        {
            if (IsClosing || length > connect!.MaximumPacketSize
                || Output.QueuedBytes + length > Listener.Options.MaximumQueuedBytesPerSession)
            {
                Listener.Statistics.CountDeliveryDropped();
                return false;
            }

            packet.Write(Output.Reserve(length));
        }

        Listener.Statistics.CountDelivered();
        return true;
    }

    public void FlushOutput() => Output.Flush();

    /// <summary>Sends what this connection's messages have put into other connections' buffers.</summary>
    public void FlushTouched()
    {
        foreach (MqttConnection other in Touched) other.FlushOutput();
        Touched.Clear();
    }

    async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        FlushResult result = await connection.Transport.Output.WriteAsync(bytes);
        if (result.IsCompleted) throw new ConnectionAbortedException();
    }

    void FailDurability(Exception exception)
    {
        Listener.Logger.DurabilityFailed(exception.GetType().Name);
        RequestClose(MqttReasonCode.UnspecifiedError);
    }

    async Task EndAsync(AcknowledgementQueue? acknowledgements)
    {
        RequestClose(MqttReasonCode.UnspecifiedError);
        var reason = (MqttReasonCode)closeReason;
        Detach();
        Listener.Logger.ConnectionEnded(reason);

        // Section 3.14: the server never says "normal disconnection", and before CONNACK it says nothing.
        acknowledgements?.WriteDue();
        if (isConnected && Version == MqttProtocolVersion.V5 && (byte)reason >= 0x80)
        {
            byte[] packet = new byte[4];
            int length = DisconnectPacket.Write(packet, Version, reason);
            Output.Append(packet.AsSpan(0, length));
        }

        Output.Flush();
        await Output.WaitForRoomAsync(0);
        Output.Close();
    }

    void Detach()
    {
        try
        {
            if (Session is null) return;
            foreach (byte[] filter in Filters) Listener.Router.Unsubscribe(this, filter);
            if (isConnected && !IsWillDiscarded && connect!.Will is { } will) PublishWill(will);
            Session.Closed();
        }
        catch (Exception exception)
        {
            Listener.Logger.ApplicationFailed(exception.GetType().Name);
        }
        finally
        {
            if (Session is not null) Listener.Release(this);
            detached.TrySetResult();
        }
    }

    // The session ends with the connection in this version, so a Will Delay Interval never postpones anything (section 3.1.3.2.2).
    void PublishWill(MqttWill will)
    {
        var message = new MqttIncomingMessage
        {
            Topic = will.Topic,
            Payload = will.Payload,
            PayloadLength = will.Payload.Length,
            QualityOfService = Math.Min(will.QualityOfService, (byte)1),
            Retain = will.Retain,
            Duplicate = false,
        };
        MqttPublishDecision decision = Session!.Publish(message);
        if ((byte)decision.Reason >= 0x80 || decision.Delivery != MqttDelivery.Route) return;
        var routed = new RoutedMessage
        {
            Topic = will.Topic,
            Payload = will.Payload,
            Properties = will.Properties,
            MessageExpiryOffset = will.MessageExpiryOffset,
            MessageExpiryInterval = will.MessageExpiryInterval,
            Retain = will.Retain,
            Publisher = this,
        };
        Listener.Router.Route(routed, Touched);
        FlushTouched();
    }

    public void Dispose() => closing.Dispose();
}
