using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>The packets that only a client writes.</summary>
static class ClientPackets
{
    /// <summary>CONNECT, MQTT 5.0 section 3.1.</summary>
    public static byte[] Connect(MqttClientOptions options)
    {
        bool isV5 = options.Version == MqttProtocolVersion.V5;
        byte[] properties = isV5 ? ConnectProperties(options) : [];
        byte[] willProperties = isV5 && options.Will is { } will ? WillProperties(will) : [];
        int length = 10 + (isV5 ? BlockLength(properties) : 0) + StringLength(options.ClientId) + WillLength(options, willProperties)
            + (options.UserName is null ? 0 : StringLength(options.UserName))
            + (options.Password is null ? 0 : StringLength(options.Password));
        byte[] packet = new byte[1 + VariableInteger.Length(length) + length];
        var writer = new PacketWriter(packet);
        writer.FixedHeader(MqttPacketType.Connect, 0, length);
        writer.Binary("MQTT"u8);
        writer.Byte((byte)options.Version);
        writer.Byte(ConnectFlags(options));
        writer.UInt16((int)options.KeepAlive.TotalSeconds);
        if (isV5) Block(ref writer, properties);
        writer.String(options.ClientId);
        if (options.Will is { } last)
        {
            if (isV5) Block(ref writer, willProperties);
            writer.String(last.Topic);
            writer.Binary(last.Payload.Span);
        }

        if (options.UserName is not null) writer.String(options.UserName);
        if (options.Password is not null) writer.String(options.Password);
        return packet;
    }

    static byte ConnectFlags(MqttClientOptions options)
    {
        int flags = (options.CleanStart ? 2 : 0) | (options.UserName is null ? 0 : 0x80) | (options.Password is null ? 0 : 0x40);
        if (options.Will is { } will) flags |= 4 | will.QualityOfService << 3 | (will.Retain ? 0x20 : 0);
        return (byte)flags;
    }

    static byte[] ConnectProperties(MqttClientOptions options)
    {
        var properties = new PropertyEncoding();
        if (options.SessionExpiry > TimeSpan.Zero) properties.Seconds(MqttProperty.SessionExpiryInterval, options.SessionExpiry);
        if (options.ReceiveMaximum < ushort.MaxValue) properties.UInt16(MqttProperty.ReceiveMaximum, options.ReceiveMaximum);
        properties.UInt32(MqttProperty.MaximumPacketSize, (uint)options.MaximumPacketSize);
        if (options.TopicAliasMaximum > 0) properties.UInt16(MqttProperty.TopicAliasMaximum, options.TopicAliasMaximum);
        if (options.RequestResponseInformation) properties.Byte(MqttProperty.RequestResponseInformation, 1);
        if (!options.RequestProblemInformation) properties.Byte(MqttProperty.RequestProblemInformation, 0);
        properties.UserProperties(options.UserProperties);
        return properties.ToArray();
    }

    static byte[] WillProperties(MqttClientWill will)
    {
        var properties = new PropertyEncoding();
        if (will.Delay > TimeSpan.Zero) properties.Seconds(MqttProperty.WillDelayInterval, will.Delay);
        return will.Properties is null ? properties.ToArray() : [.. properties.ToArray(), .. will.Properties.Encoded];
    }

    static int WillLength(MqttClientOptions options, byte[] properties) => options.Will is not { } will
        ? 0
        : StringLength(will.Topic) + 2 + will.Payload.Length + (options.Version == MqttProtocolVersion.V5 ? BlockLength(properties) : 0);

    /// <summary>SUBSCRIBE with one filter, MQTT 5.0 section 3.8.</summary>
    public static byte[] Subscribe(MqttProtocolVersion version, ushort identifier, MqttSubscription subscription)
    {
        var properties = new PropertyEncoding();
        if (subscription.Identifier is { } number) properties.VariableInteger(MqttProperty.SubscriptionIdentifier, number);
        properties.UserProperties(subscription.UserProperties);
        // [MQTT-3.8.3-4] of MQTT 3.1.1: all but the two bits of the QoS are 0.
        byte options = version == MqttProtocolVersion.V5 ? subscription.Options : subscription.QualityOfService;
        return Request(MqttPacketType.Subscribe, version, identifier, properties.ToArray(), subscription.Filter, options);
    }

    /// <summary>UNSUBSCRIBE with one filter, MQTT 5.0 section 3.10.</summary>
    public static byte[] Unsubscribe(MqttProtocolVersion version, ushort identifier, string filter) =>
        Request(MqttPacketType.Unsubscribe, version, identifier, [], filter, options: null);

    static byte[] Request(
        MqttPacketType type, MqttProtocolVersion version, ushort identifier, byte[] properties, string filter, byte? options)
    {
        bool isV5 = version == MqttProtocolVersion.V5;
        int length = 2 + (isV5 ? BlockLength(properties) : 0) + StringLength(filter) + (options is null ? 0 : 1);
        byte[] packet = new byte[1 + VariableInteger.Length(length) + length];
        var writer = new PacketWriter(packet);
        writer.FixedHeader(type, 2, length);
        writer.UInt16(identifier);
        if (isV5) Block(ref writer, properties);
        writer.String(filter);
        if (options is { } value) writer.Byte(value);
        return packet;
    }

    /// <summary>DISCONNECT, MQTT 5.0 section 3.14; in MQTT 3.1.1 it has no body.</summary>
    public static byte[] Disconnect(MqttProtocolVersion version, MqttReasonCode reason, TimeSpan? sessionExpiry = null)
    {
        if (version == MqttProtocolVersion.V311 || (reason == MqttReasonCode.Success && sessionExpiry is null))
            return [(byte)MqttPacketType.Disconnect << 4, 0];

        var encoding = new PropertyEncoding();
        if (sessionExpiry is { } expiry) encoding.Seconds(MqttProperty.SessionExpiryInterval, expiry);
        byte[] properties = encoding.ToArray();
        return [(byte)MqttPacketType.Disconnect << 4, (byte)(2 + properties.Length), (byte)reason, (byte)properties.Length, .. properties];
    }

    static int StringLength(string text) => 2 + Encoding.UTF8.GetByteCount(text);

    static int BlockLength(byte[] properties) => VariableInteger.Length(properties.Length) + properties.Length;

    static void Block(scoped ref PacketWriter writer, byte[] properties)
    {
        writer.VariableInteger(properties.Length);
        writer.Raw(properties);
    }
}
