using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>The packets that only a client writes.</summary>
static class ClientPackets
{
    /// <summary>CONNECT, MQTT 5.0 section 3.1; clean start, no will.</summary>
    public static byte[] Connect(MqttClientOptions options)
    {
        bool isV5 = options.Version == MqttProtocolVersion.V5;
        int length = 10 + (isV5 ? 1 : 0) + StringLength(options.ClientId)
            + (options.UserName is null ? 0 : StringLength(options.UserName))
            + (options.Password is null ? 0 : StringLength(options.Password));
        byte[] packet = new byte[1 + VariableInteger.Length(length) + length];
        var writer = new PacketWriter(packet);
        writer.FixedHeader(MqttPacketType.Connect, 0, length);
        writer.Binary("MQTT"u8);
        writer.Byte((byte)options.Version);
        writer.Byte((byte)(2 | (options.UserName is null ? 0 : 0x80) | (options.Password is null ? 0 : 0x40)));
        writer.UInt16((int)options.KeepAlive.TotalSeconds);
        if (isV5) writer.VariableInteger(0);
        writer.String(options.ClientId);
        if (options.UserName is not null) writer.String(options.UserName);
        if (options.Password is not null) writer.String(options.Password);
        return packet;
    }

    static int StringLength(string text) => 2 + Encoding.UTF8.GetByteCount(text);

    /// <summary>SUBSCRIBE (MQTT 5.0 section 3.8) or UNSUBSCRIBE (section 3.10) with one filter.</summary>
    public static byte[] Subscribe(MqttPacketType type, MqttProtocolVersion version, ushort identifier, string filter, byte? options)
    {
        int length = 2 + (version == MqttProtocolVersion.V5 ? 1 : 0) + StringLength(filter) + (options is null ? 0 : 1);
        byte[] packet = new byte[1 + VariableInteger.Length(length) + length];
        var writer = new PacketWriter(packet);
        writer.FixedHeader(type, 2, length);
        writer.UInt16(identifier);
        if (version == MqttProtocolVersion.V5) writer.VariableInteger(0);
        writer.String(filter);
        if (options is { } value) writer.Byte(value);
        return packet;
    }
}

/// <summary>What a server answered to CONNECT, MQTT 5.0 section 3.2.</summary>
readonly record struct ConnAckPacket(MqttReasonCode Reason, ushort ReceiveMaximum, ushort? ServerKeepAlive, string? AssignedClientId)
{
    public static bool TryRead(ReadOnlySpan<byte> body, MqttProtocolVersion version, out ConnAckPacket packet)
    {
        packet = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadByte(out _) || !reader.TryReadByte(out byte code)) return false;
        // A server of the other version answers in its own format, without properties.
        if (version == MqttProtocolVersion.V311 || reader.AtEnd)
        {
            packet = new ConnAckPacket(code < 0x80 ? FromReturnCode(code) : (MqttReasonCode)code, ushort.MaxValue, null, null);
            return true;
        }

        if (MqttProperties.TryRead(ref reader, MqttProperties.OfConnAck, out MqttProperties properties) != MqttReasonCode.Success) return false;
        ReadOnlySpan<byte> assigned = properties.AssignedClientIdentifier;
        packet = new ConnAckPacket(
            (MqttReasonCode)code,
            properties.ReceiveMaximum,
            properties.Has(MqttProperty.ServerKeepAlive) ? properties.ServerKeepAlive : null,
            properties.Has(MqttProperty.AssignedClientIdentifier) ? Encoding.UTF8.GetString(assigned) : null);
        return true;
    }

    // MQTT 3.1.1 table 3.1.
    static MqttReasonCode FromReturnCode(byte code) => code switch
    {
        0 => MqttReasonCode.Success,
        1 => MqttReasonCode.UnsupportedProtocolVersion,
        2 => MqttReasonCode.ClientIdentifierNotValid,
        3 => MqttReasonCode.ServerUnavailable,
        4 => MqttReasonCode.BadUserNameOrPassword,
        5 => MqttReasonCode.NotAuthorized,
        _ => MqttReasonCode.UnspecifiedError,
    };
}
