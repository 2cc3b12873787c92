using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Listener.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace CivicSense.Mqtt.Listener;

/// <summary>One network connection from accept to end.</summary>
/// <remarks>
/// One loop reads (<see cref="ConnectHandshake"/>, then <see cref="PacketLoop"/>); before it, TLS may. Other threads may only call
/// <see cref="RequestClose"/>, <see cref="CheckDeadlines"/>, <see cref="TryDeliver"/> and <see cref="FlushOutput"/>. Whoever asks first
/// for the end decides its reason.
/// </remarks>
sealed partial class MqttConnection : IDisposable
{
    /// <summary>How long a closing connection may take to accept its last bytes.</summary>
    static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    /// <summary>How long a client that was told DISCONNECT may take to close its side.</summary>
    static readonly TimeSpan LingerAfterDisconnect = TimeSpan.FromSeconds(1);

    /// <summary>How many bytes it may send in that time.</summary>
    const int MaximumDiscarded = 64 * 1024;

    const int NotClosing = -1;

    readonly ConnectionContext connection;
    readonly long acceptedAt;
    readonly CancellationTokenSource closing = new();
    readonly TaskCompletionSource detached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long lastHeard;
    long closingSince;
    int closeReason = NotClosing;
    volatile bool isServed;
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

    PipeScheduler Loop => connection.Features.Get<IConnectionLoopFeature>()?.Loop ?? PipeScheduler.ThreadPool;

    public PipeReader Input => connection.Transport.Input;

    public CancellationToken Closing => closing.Token;

    public IPAddress? RemoteAddress => (connection.RemoteEndPoint as IPEndPoint)?.Address;

    public bool IsClosing => Volatile.Read(ref closeReason) != NotClosing;

    /// <summary>Completes when the application has been told that the session is closed, or that there will be none.</summary>
    public Task Detached => detached.Task;

    public string ClientId { get; private set; } = "";

    public string Identity { get; private set; } = "";

    public IMqttSession? Session { get; private set; }

    public MqttProtocolVersion Version { get; set; } = MqttProtocolVersion.V311;

    /// <summary>Whether the client said goodbye, so that its will is not published.</summary>
    public bool IsWillDiscarded { get; set; }

    /// <summary>Working lists of the read loop.</summary>
    public RouteBuffer Routes { get; } = new();

    /// <summary>What the listener keeps for this client; null before it has been let in.</summary>
    public ClientSession? Client { get; private set; }

    /// <summary>What the application grants this client at most.</summary>
    public MqttSessionLimits Limits { get; private set; } = MqttSessionLimits.Default;

    /// <summary>Most QoS 1 and 2 messages that may be on their way to this client ([MQTT-3.3.4-9]).</summary>
    public int SendWindow { get; private set; }

    /// <summary>The Session Expiry Interval of CONNECT in seconds, before any cap.</summary>
    public uint RequestedExpiry { get; private set; }

    /// <summary>The client's address; null if the transport has none.</summary>
    public IPAddress? Address => (connection.RemoteEndPoint as IPEndPoint)?.Address;

    /// <summary>The client's verified certificate; null without one.</summary>
    public X509Certificate2? Certificate => connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    /// <summary>Serves MQTT, from when whatever lies below, such as TLS, is ready for it.</summary>
    public async Task RunAsync()
    {
        isServed = true;
        AcknowledgementQueue? acknowledgements = null;
        try
        {
            if (await ConnectHandshake.RunAsync(this))
            {
                acknowledgements = new AcknowledgementQueue(
                    Listener.Application.Durability, Output, Version, Listener.Options.ReceiveMaximum, Listener.Statistics,
                    Listener.PassOf(Loop, Listener.Application.Durability), FailDurability, Closing, Listener.SessionCommit,
                    Listener.SessionCommit is { } saved ? Listener.PassOf(Loop, saved) : null,
                    connect!.RequestProblemInformation ? connect.MaximumPacketSize : 0);
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

    /// <summary>The application has let the client in.</summary>
    public void Identify(ConnectPacket packet, string clientId, IMqttSession session)
    {
        (connect, ClientId, Session, Identity, Limits) = (packet, clientId, session, session.Identity, session.Limits);
        // MQTT 3.1.1 has one bit for both: a session that is not clean is kept as long as possible (MQTT 5.0 section 3.1.2.4).
        RequestedExpiry = Version == MqttProtocolVersion.V5 ? packet.SessionExpiryInterval : packet.CleanStart ? 0 : uint.MaxValue;
        SendWindow = Math.Min(packet.ReceiveMaximum, Listener.Options.MaximumInflightMessages);
        int maximumAliases = Math.Min(packet.TopicAliasMaximum, Listener.Options.MaximumOutgoingTopicAliases);
        aliases = maximumAliases > 0 ? new OutgoingTopicAliases(maximumAliases) : null;
    }

    /// <summary>The session is this connection's from now on; see <see cref="SessionDirectory.ClaimAsync"/>.</summary>
    public void Attach(ClientSession session)
    {
        session.Expiry = CapExpiry(RequestedExpiry);
        Client = session;
    }

    /// <summary>The session expiry in force for one that the client asks for.</summary>
    public TimeSpan CapExpiry(uint seconds)
    {
        TimeSpan maximum = Limits.MaximumSessionExpiry ?? Listener.Options.MaximumSessionExpiry;
        var asked = TimeSpan.FromSeconds(seconds);
        return asked < maximum ? asked : TimeSpan.FromSeconds(Math.Floor(maximum.TotalSeconds));
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

    /// <summary>Notes that the client has sent something; when, as the clock's timestamp.</summary>
    public long Heard()
    {
        long now = Listener.Time.GetTimestamp();
        Volatile.Write(ref lastHeard, now);
        return now;
    }

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
        try
        {
            _ = closing.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The loop has ended by itself meanwhile.
            return;
        }

        // Below MQTT somebody else reads, for example a TLS handshake, who can only be told by the end of the connection.
        if (isServed) Input.CancelPendingRead();
        else connection.Abort();
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
        else if (Session!.IsRevoked)
        {
            IsWillDiscarded = true;
            RequestClose(MqttReasonCode.AdministrativeAction);
        }
        else if (silenceLimit > TimeSpan.Zero && !isStalled && Listener.Time.GetElapsedTime(Volatile.Read(ref lastHeard)) > silenceLimit)
        {
            Fail(MqttReasonCode.KeepAliveTimeout);
        }
    }

    public void FlushOutput() => Output.Flush();

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
        bool isExchanging = isConnected && Version == MqttProtocolVersion.V5 && Client!.IsExchanging;
        Detach();
        Listener.Logger.ConnectionEnded(reason);

        // Section 3.14: the server never says "normal disconnection", and before CONNACK it says nothing.
        acknowledgements?.WriteDue();
        if (isConnected && Version == MqttProtocolVersion.V5 && (byte)reason >= 0x80)
        {
            Output.Append(ReasonStrings.Explain(reason, connect!.MaximumPacketSize, text => text is null
                ? [(byte)MqttPacketType.Disconnect << 4, 1, (byte)reason]
                : new DisconnectEncoding(reason) { ReasonString = text }.ToPacket()));
        }

        Output.Flush();
        await Output.WaitForRoomAsync(0);
        Output.Close();
        if ((byte)reason >= 0x80 && isExchanging) await LingerAsync();
    }

    // A client in the middle of an exchange writes once more before it reads on. Closing now would answer that with a reset, and the reset
    // would take the DISCONNECT away that the client has not read yet (RFC 1122, section 4.2.2.13).
    async Task LingerAsync()
    {
        using var enough = new CancellationTokenSource(LingerAfterDisconnect, Listener.Time);
        try
        {
            for (long discarded = 0; discarded < MaximumDiscarded;)
            {
                ReadResult result = await Input.ReadAsync(enough.Token);
                discarded += result.Buffer.Length;
                Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return;
            }
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException or OperationCanceledException)
        {
            // The client has gone or has had its time.
        }
    }

    void Detach()
    {
        try
        {
            if (Client is not null) Listener.Sessions.Release(this, isConnected && !IsWillDiscarded ? connect!.Will : null);
            Session?.Closed();
        }
        catch (Exception exception)
        {
            Listener.Logger.ApplicationFailed(exception.GetType().Name);
        }
        finally
        {
            detached.TrySetResult();
        }
    }

    public void Dispose()
    {
        closing.Dispose();
        // Where MQTT was never reached, nobody else says so.
        detached.TrySetResult();
    }
}
