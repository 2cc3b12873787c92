using System.Buffers.Binary;

namespace CivicSense.Mqtt.Codec;

/// <summary>Writes PUBLISH packets, MQTT 5.0 section 3.3.</summary>
readonly ref struct PublishEncoding
{
    public required MqttProtocolVersion Version { get; init; }

    public required ReadOnlySpan<byte> Topic { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Encoded properties without their length; left out in MQTT 3.1.1.</summary>
    public ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Where the Message Expiry Interval lies in <see cref="Properties"/>, or -1; see <see cref="RemainingExpiry"/>.</summary>
    public int MessageExpiryOffset { get; init; }

    /// <summary>Seconds that replace the Message Expiry Interval ([MQTT-3.3.2-6]); null leaves it as it came.</summary>
    public uint? RemainingExpiry { get; init; }

    public byte QualityOfService { get; init; }

    public ushort PacketIdentifier { get; init; }

    public bool Retain { get; init; }

    public bool Duplicate { get; init; }

    int RemainingLength
    {
        get
        {
            int length = 2 + Topic.Length + (QualityOfService > 0 ? 2 : 0) + Payload.Length;
            return Version == MqttProtocolVersion.V5 ? length + VariableInteger.Length(Properties.Length) + Properties.Length : length;
        }
    }

    /// <summary>The size of the whole packet in bytes.</summary>
    public int Length => 1 + VariableInteger.Length(RemainingLength) + RemainingLength;

    /// <summary>Writes the packet into exactly <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> target)
    {
        var writer = new PacketWriter(target);
        int flags = (Duplicate ? 8 : 0) | QualityOfService << 1 | (Retain ? 1 : 0);
        writer.FixedHeader(MqttPacketType.Publish, flags, RemainingLength);
        writer.Binary(Topic);
        if (QualityOfService > 0) writer.UInt16(PacketIdentifier);
        if (Version == MqttProtocolVersion.V5)
        {
            writer.VariableInteger(Properties.Length);
            int start = writer.Written;
            writer.Raw(Properties);
            if (RemainingExpiry is { } seconds && MessageExpiryOffset >= 0)
            {
                BinaryPrimitives.WriteUInt32BigEndian(target[(start + MessageExpiryOffset)..], seconds);
            }
        }

        writer.Raw(Payload);
    }
}
