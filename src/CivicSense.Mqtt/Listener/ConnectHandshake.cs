using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>Reads CONNECT, asks the application, answers CONNACK: MQTT 5.0 sections 3.1 and 3.2.</summary>
static class ConnectHandshake
{
    /// <summary>True when the client is in; otherwise the connection has been asked to close.</summary>
    public static async ValueTask<bool> RunAsync(MqttConnection connection)
    {
        ConnectPacket? packet = await ReadAsync(connection);
        if (packet is null) return false;

        // An answer needs a client identifier, also for those who leave the choice to the server ([MQTT-3.1.3-6]).
        bool isAssigned = packet.ClientId.Length == 0;
        string clientId = isAssigned ? "auto-" + RandomNumberGenerator.GetHexString(32, lowercase: true) : packet.ClientId;
        MqttConnectDecision decision;
        try
        {
            await connection.Listener.Ready.WaitAsync(connection.Closing);
            var request = new MqttConnectRequest(clientId, packet.UserName, packet.Password, connection.Version)
            {
                ClientCertificate = connection.Certificate,
                RemoteAddress = connection.RemoteAddress,
            };
            // The application may read from a disk, and other connections wait for this thread.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            decision = await connection.Listener.Application.ConnectAsync(request, connection.Closing);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(packet.Password);
        }

        if (decision.Session is null)
        {
            Refuse(connection, packet, decision.Reason);
            return false;
        }

        connection.Identify(packet, clientId, decision.Session);
        (ClientSession? session, bool isResumed) =
            await connection.Listener.Sessions.ClaimAsync(connection, packet.CleanStart, connection.Closing);
        if (session is null)
        {
            Refuse(connection, packet, MqttReasonCode.QuotaExceeded);
            return false;
        }

        connection.Attach(session);
        Accept(connection, packet, isAssigned ? clientId : null, isResumed);
        return true;
    }

    static async ValueTask<ConnectPacket?> ReadAsync(MqttConnection connection)
    {
        using UnauthenticatedBytes.Share held = connection.Listener.Unauthenticated.Begin();
        while (true)
        {
            ReadResult result = await connection.Input.ReadAsync();
            if (result.IsCanceled) return null;
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (!held.TryGrow(buffer.Length))
            {
                connection.Listener.Statistics.CountOverLimit();
                connection.RequestClose(MqttReasonCode.ServerBusy);
                connection.Input.AdvanceTo(buffer.Start);
                return null;
            }

            (MqttReadStatus status, MqttReasonCode reason) = TryRead(connection, ref buffer, out ConnectPacket? packet);
            connection.Input.AdvanceTo(buffer.Start, status == MqttReadStatus.NeedMoreData ? buffer.End : buffer.Start);
            if (status == MqttReadStatus.Done && reason == MqttReasonCode.Success) return packet;
            if (status != MqttReadStatus.NeedMoreData)
            {
                connection.Listener.Statistics.CountProtocolError(reason);
                Refuse(connection, packet, reason);
                return null;
            }

            if (!result.IsCompleted) continue;
            connection.RequestClose(MqttReasonCode.UnspecifiedError);
            return null;
        }
    }

    // Nothing but a CONNECT of moderate size is looked at; the limits hold before anything is kept.
    static (MqttReadStatus Status, MqttReasonCode Reason) TryRead(
        MqttConnection connection, ref ReadOnlySequence<byte> buffer, out ConnectPacket? packet)
    {
        packet = null;
        MqttListenerOptions options = connection.Listener.Options;
        if (!buffer.IsEmpty && buffer.FirstSpan[0] >> 4 != (int)MqttPacketType.Connect)
            return (MqttReadStatus.Invalid, MqttReasonCode.ProtocolError);

        MqttReadStatus status = FrameScanner.TryReadHeader(buffer, out MqttFixedHeader header);
        if (status != MqttReadStatus.Done) return (status, MqttReasonCode.MalformedPacket);
        if (header.TotalLength > options.MaximumConnectPacketSize)
            return (MqttReadStatus.Invalid, MqttReasonCode.PacketTooLarge);

        if (buffer.Length < header.TotalLength) return (MqttReadStatus.NeedMoreData, MqttReasonCode.Success);
        // A copy of at most MaximumConnectPacketSize, once per connection. It holds the password, so it is cleared.
        byte[] body = buffer.Slice(header.HeaderLength, header.RemainingLength).ToArray();
        MqttReasonCode reason = ConnectPacket.TryRead(
            body, out packet, new UserPropertyLimits(options.MaximumUserProperties, options.MaximumUserPropertyBytes));
        CryptographicOperations.ZeroMemory(body);
        buffer = buffer.Slice(header.TotalLength);
        if (reason == MqttReasonCode.Success) connection.Version = (MqttProtocolVersion)packet.ProtocolLevel;
        return (MqttReadStatus.Done, reason);
    }

    // The packet is as far filled as it could be read; null if that was nothing at all.
    static void Refuse(MqttConnection connection, ConnectPacket? packet, MqttReasonCode reason)
    {
        byte level = packet?.ProtocolLevel ?? 0;
        connection.Listener.Statistics.CountRefused(reason);
        connection.Listener.Logger.ClientRefused(reason);
        // A bridge of Mosquitto sets the high bit of the level; it understands the older answer only.
        bool speaksNewer = level >= (byte)MqttProtocolVersion.V5 && level < 0x80;
        if (speaksNewer)
        {
            connection.Output.Append(ReasonStrings.Explain(reason, packet!.MaximumPacketSize, text =>
                new ConnAckEncoding { Version = MqttProtocolVersion.V5, Reason = reason, ReasonString = text }.ToPacket()));
        }
        else if (level != 0 && ReasonCodes.ToReturnCode(reason) is > 0 and var code)
        {
            connection.Output.Append([(byte)MqttPacketType.ConnAck << 4, 2, 0, code]);
        }

        connection.RequestClose(reason);
    }

    static void Accept(MqttConnection connection, ConnectPacket packet, string? assignedClientId, bool isResumed)
    {
        MqttListenerOptions options = connection.Listener.Options;
        var keepAlive = TimeSpan.FromSeconds(packet.KeepAlive);
        if (connection.Version == MqttProtocolVersion.V311)
        {
            connection.Output.Append([(byte)MqttPacketType.ConnAck << 4, 2, isResumed ? (byte)1 : (byte)0, 0]);
        }
        else
        {
            bool isKeepAliveOurs = packet.KeepAlive == 0 || keepAlive > options.MaximumKeepAlive;
            if (isKeepAliveOurs) keepAlive = TimeSpan.FromSeconds(Math.Floor(options.MaximumKeepAlive.TotalSeconds));
            WriteConnAck(connection, packet, assignedClientId, isKeepAliveOurs ? (int)keepAlive.TotalSeconds : null, isResumed);
        }

        connection.BeginSession(keepAlive);
        connection.Client!.Open(connection);
        connection.Listener.Statistics.CountAccepted();
        connection.FlushOutput();
    }

    // CONNACK, MQTT 5.0 section 3.2: only what differs from the protocol's defaults, or from what the client asked for, is said.
    static void WriteConnAck(
        MqttConnection connection, ConnectPacket packet, string? assignedClientId, int? serverKeepAlive, bool isResumed)
    {
        MqttListenerOptions options = connection.Listener.Options;
        bool isExpiryOurs = connection.Client!.Expiry != TimeSpan.FromSeconds(connection.RequestedExpiry);
        var answer = new ConnAckEncoding
        {
            Version = MqttProtocolVersion.V5,
            Reason = MqttReasonCode.Success,
            SessionPresent = isResumed,
            ReceiveMaximum = (ushort)options.ReceiveMaximum,
            MaximumPacketSize = (uint)options.MaximumPacketSize,
            TopicAliasMaximum = options.TopicAliasMaximum > 0 ? (ushort)options.TopicAliasMaximum : null,
            SessionExpiryInterval = isExpiryOurs ? (uint)connection.Client.Expiry.TotalSeconds : null,
            ServerKeepAlive = (ushort?)serverKeepAlive,
            AssignedClientIdentifier = assignedClientId,
            // Section 3.1.2.11.6: only to who asks.
            ResponseInformation = packet.RequestResponseInformation ? connection.Session!.ResponseInformation : null,
        };
        byte[] bytes = answer.ToPacket();
        connection.Output.Append(
            bytes.Length <= packet.MaximumPacketSize ? bytes : (answer with { ResponseInformation = null }).ToPacket());
    }
}
