using System.Buffers.Binary;

namespace CivicSense.Mqtt.Codec;

/// <summary>Writes PUBLISH packets, MQTT 5.0 section 3.3.</summary>
readonly ref struct PublishEncoding
{
    public required MqttProtocolVersion Version { get; init; }

    /// <summary>May be empty where <see cref="TopicAlias"/> stands for it.</summary>
    public required ReadOnlySpan<byte> Topic { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Encoded properties without their length, as the publisher sent them; left out in MQTT 3.1.1.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Of the receiver's connection; 0 for none. Left out in MQTT 3.1.1.</summary>
    public ushort TopicAlias { get; init; }

    /// <summary>Of the subscriptions that the message is sent for ([MQTT-3.3.4-3]). Left out in MQTT 3.1.1.</summary>
    public ReadOnlySpan<int> SubscriptionIdentifiers { get; init; }

    /// <summary>Where the Message Expiry Interval lies in <see cref="Properties"/>, or -1; see <see cref="RemainingExpiry"/>.</summary>
    public int MessageExpiryOffset { get; init; }

    /// <summary>Seconds that replace the Message Expiry Interval ([MQTT-3.3.2-6]); null leaves it as it came.</summary>
    public uint? RemainingExpiry { get; init; }

    public byte QualityOfService { get; init; }

    public ushort PacketIdentifier { get; init; }

    public bool Retain { get; init; }

    public bool Duplicate { get; init; }

    int PropertiesLength
    {
        get
        {
            int length = Properties.Length + (TopicAlias == 0 ? 0 : 3);
            foreach (int identifier in SubscriptionIdentifiers) length += 1 + VariableInteger.Length(identifier);
            return length;
        }
    }

    int RemainingLength
    {
        get
        {
            int length = 2 + Topic.Length + (QualityOfService > 0 ? 2 : 0) + Payload.Length;
            if (Version != MqttProtocolVersion.V5) return length;
            int properties = PropertiesLength;
            return length + VariableInteger.Length(properties) + properties;
        }
    }

    /// <summary>The size of the whole packet in bytes.</summary>
    public int Length
    {
        get
        {
            int remaining = RemainingLength;
            return 1 + VariableInteger.Length(remaining) + remaining;
        }
    }

    /// <summary>Writes the packet into exactly <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        var writer = new PacketWriter(target);
        int flags = (Duplicate ? 8 : 0) | QualityOfService << 1 | (Retain ? 1 : 0);
        writer.FixedHeader(MqttPacketType.Publish, flags, RemainingLength);
        writer.Binary(Topic);
        if (QualityOfService > 0) writer.UInt16(PacketIdentifier);
        if (Version == MqttProtocolVersion.V5) WriteProperties(ref writer, target);
        writer.Raw(Payload);
    }

    void WriteProperties(scoped ref PacketWriter writer, Span<byte> target)
    {
        writer.VariableInteger(PropertiesLength);
        int start = writer.Written;
        writer.Raw(Properties);
        if (RemainingExpiry is { } seconds && MessageExpiryOffset >= 0)
            BinaryPrimitives.WriteUInt32BigEndian(target[(start + MessageExpiryOffset)..], seconds);

        if (TopicAlias != 0)
        {
            writer.Byte((byte)MqttProperty.TopicAlias);
            writer.UInt16(TopicAlias);
        }

        foreach (int identifier in SubscriptionIdentifiers)
        {
            writer.Byte((byte)MqttProperty.SubscriptionIdentifier);
            writer.VariableInteger(identifier);
        }
    }
}
