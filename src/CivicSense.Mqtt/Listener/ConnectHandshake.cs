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
            var request = new MqttConnectRequest(clientId, packet.UserName, packet.Password, connection.Version)
            {
                ClientCertificate = connection.ClientCertificate,
                RemoteAddress = connection.RemoteAddress,
            };
            decision = await connection.Listener.Application.ConnectAsync(request, connection.Closing);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(packet.Password);
        }

        if (decision.Session is null)
        {
            Refuse(connection, packet.ProtocolLevel, decision.Reason);
            return false;
        }

        connection.Identify(packet, clientId, decision.Session);
        if (!await connection.Listener.TryClaimAsync(connection, connection.Closing))
        {
            Refuse(connection, packet.ProtocolLevel, MqttReasonCode.QuotaExceeded);
            return false;
        }

        Accept(connection, packet, isAssigned ? clientId : null);
        return true;
    }

    static async ValueTask<ConnectPacket?> ReadAsync(MqttConnection connection)
    {
        while (true)
        {
            ReadResult result = await connection.Input.ReadAsync();
            if (result.IsCanceled) return null;
            ReadOnlySequence<byte> buffer = result.Buffer;
            (MqttReadStatus status, MqttReasonCode reason) = TryRead(connection, ref buffer, out ConnectPacket? packet);
            connection.Input.AdvanceTo(buffer.Start, status == MqttReadStatus.NeedMoreData ? buffer.End : buffer.Start);
            if (status == MqttReadStatus.Done && reason == MqttReasonCode.Success) return packet;
            if (status != MqttReadStatus.NeedMoreData)
            {
                connection.Listener.Statistics.CountProtocolError(reason);
                Refuse(connection, packet?.ProtocolLevel ?? 0, reason);
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
        if (!buffer.IsEmpty && buffer.FirstSpan[0] >> 4 != (int)MqttPacketType.Connect)
        {
            return (MqttReadStatus.Invalid, MqttReasonCode.ProtocolError);
        }

        MqttReadStatus status = FrameScanner.TryReadHeader(buffer, out MqttFixedHeader header);
        if (status != MqttReadStatus.Done) return (status, MqttReasonCode.MalformedPacket);
        if (header.TotalLength > connection.Listener.Options.MaximumConnectPacketSize)
        {
            return (MqttReadStatus.Invalid, MqttReasonCode.PacketTooLarge);
        }

        if (buffer.Length < header.TotalLength) return (MqttReadStatus.NeedMoreData, MqttReasonCode.Success);
        // A copy of at most MaximumConnectPacketSize, once per connection. It holds the password, so it is cleared.
        byte[] body = buffer.Slice(header.HeaderLength, header.RemainingLength).ToArray();
        MqttReasonCode reason = ConnectPacket.TryRead(body, out packet);
        CryptographicOperations.ZeroMemory(body);
        buffer = buffer.Slice(header.TotalLength);
        if (reason == MqttReasonCode.Success) connection.Version = (MqttProtocolVersion)packet.ProtocolLevel;
        return (MqttReadStatus.Done, reason);
    }

    static void Refuse(MqttConnection connection, byte level, MqttReasonCode reason)
    {
        connection.Listener.Statistics.CountRefused(reason);
        connection.Listener.Logger.ClientRefused(reason);
        // A bridge of Mosquitto sets the high bit of the level; it understands the older answer only.
        bool speaksNewer = level >= (byte)MqttProtocolVersion.V5 && level < 0x80;
        if (speaksNewer)
        {
            connection.Output.Append([(byte)MqttPacketType.ConnAck << 4, 3, 0, (byte)reason, 0]);
        }
        else if (level != 0 && ToReturnCode(reason) is > 0 and var code)
        {
            connection.Output.Append([(byte)MqttPacketType.ConnAck << 4, 2, 0, code]);
        }

        connection.RequestClose(reason);
    }

    /// <summary>MQTT 3.1.1 table 3.1; 0 where the connection is closed without an answer.</summary>
    internal static byte ToReturnCode(MqttReasonCode reason) => reason switch
    {
        MqttReasonCode.UnsupportedProtocolVersion => 1,
        MqttReasonCode.ClientIdentifierNotValid => 2,
        MqttReasonCode.ServerUnavailable or MqttReasonCode.ServerBusy or MqttReasonCode.QuotaExceeded
            or MqttReasonCode.ServerShuttingDown => 3,
        MqttReasonCode.BadUserNameOrPassword => 4,
        MqttReasonCode.NotAuthorized or MqttReasonCode.Banned or MqttReasonCode.TopicNameInvalid => 5,
        _ => 0,
    };

    static void Accept(MqttConnection connection, ConnectPacket packet, string? assignedClientId)
    {
        MqttListenerOptions options = connection.Listener.Options;
        var keepAlive = TimeSpan.FromSeconds(packet.KeepAlive);
        if (connection.Version == MqttProtocolVersion.V311)
        {
            connection.Output.Append([(byte)MqttPacketType.ConnAck << 4, 2, 0, 0]);
        }
        else
        {
            bool isKeepAliveOurs = packet.KeepAlive == 0 || keepAlive > options.MaximumKeepAlive;
            if (isKeepAliveOurs) keepAlive = TimeSpan.FromSeconds(Math.Floor(options.MaximumKeepAlive.TotalSeconds));
            WriteConnAck(connection, packet, assignedClientId, isKeepAliveOurs ? (int)keepAlive.TotalSeconds : null);
        }

        connection.BeginSession(keepAlive);
        connection.Listener.Statistics.CountAccepted();
        connection.FlushOutput();
    }

    // CONNACK, MQTT 5.0 section 3.2: only what differs from the protocol's defaults is said.
    static void WriteConnAck(MqttConnection connection, ConnectPacket packet, string? assignedClientId, int? serverKeepAlive)
    {
        Span<byte> properties = stackalloc byte[128];
        var writer = new PacketWriter(properties);
        writer.Byte((byte)MqttProperty.ReceiveMaximum);
        writer.UInt16(connection.Listener.Options.ReceiveMaximum);
        writer.Byte((byte)MqttProperty.MaximumQualityOfService);
        writer.Byte(1);
        writer.Byte((byte)MqttProperty.SubscriptionIdentifierAvailable);
        writer.Byte(0);
        writer.Byte((byte)MqttProperty.SharedSubscriptionAvailable);
        writer.Byte(0);
        if (packet.SessionExpiryInterval > 0)
        {
            writer.Byte((byte)MqttProperty.SessionExpiryInterval);
            writer.UInt32(0);
        }

        if (serverKeepAlive is { } seconds)
        {
            writer.Byte((byte)MqttProperty.ServerKeepAlive);
            writer.UInt16(seconds);
        }

        if (assignedClientId is not null)
        {
            writer.Byte((byte)MqttProperty.AssignedClientIdentifier);
            writer.String(assignedClientId);
        }

        // Always fits: the properties are below 128 bytes, so each length takes one byte.
        Span<byte> answer = stackalloc byte[5 + 128];
        var whole = new PacketWriter(answer);
        whole.FixedHeader(MqttPacketType.ConnAck, 0, 3 + writer.Written);
        whole.Byte(0);
        whole.Byte((byte)MqttReasonCode.Success);
        whole.VariableInteger(writer.Written);
        whole.Raw(properties[..writer.Written]);
        connection.Output.Append(answer[..whole.Written]);
    }
}
