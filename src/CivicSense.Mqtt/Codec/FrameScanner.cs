using System.Buffers;

namespace CivicSense.Mqtt.Codec;

/// <summary>The fixed header of a packet, MQTT 5.0 section 2.1.</summary>
readonly record struct MqttFixedHeader(byte FirstByte, int RemainingLength, int HeaderLength)
{
    public MqttPacketType Type => (MqttPacketType)(FirstByte >> 4);

    public byte QualityOfService => (byte)((FirstByte >> 1) & 3);

    public bool Retain => (FirstByte & 1) != 0;

    public bool Duplicate => (FirstByte & 8) != 0;

    /// <summary>At most 5 + 268,435,455, so it cannot overflow.</summary>
    public int TotalLength => HeaderLength + RemainingLength;
}

/// <summary>Finds packets in a stream of bytes without reading what is in them.</summary>
static class FrameScanner
{
    /// <summary>One byte of type and flags and at most four of Remaining Length.</summary>
    public const int MaximumHeaderLength = 5;

    /// <summary>The largest Remaining Length, MQTT 5.0 section 1.5.5.</summary>
    public const int MaximumRemainingLength = 268_435_455;

    /// <summary>Reads a fixed header; MQTT 5.0 sections 2.1.1 to 2.1.4. Wrong flags are refused with the first byte alone.</summary>
    public static MqttReadStatus TryReadHeader(ReadOnlySpan<byte> source, out MqttFixedHeader header)
    {
        header = default;
        if (source.IsEmpty) return MqttReadStatus.NeedMoreData;
        byte first = source[0];
        if (!HasValidFlags(first)) return MqttReadStatus.Invalid;

        if (source.Length > 1 && source[1] < 0x80)
        {
            header = new MqttFixedHeader(first, source[1], 2);
            return MqttReadStatus.Done;
        }

        MqttReadStatus status = VariableInteger.TryRead(source[1..], out int length, out int bytes);
        if (status == MqttReadStatus.Done) header = new MqttFixedHeader(first, length, 1 + bytes);
        return status;
    }

    /// <summary>The same for bytes that may lie in several segments.</summary>
    public static MqttReadStatus TryReadHeader(in ReadOnlySequence<byte> source, out MqttFixedHeader header)
    {
        ReadOnlySpan<byte> first = source.FirstSpan;
        if (source.IsSingleSegment || first.Length >= MaximumHeaderLength) return TryReadHeader(first, out header);
        Span<byte> start = stackalloc byte[MaximumHeaderLength];
        int length = (int)Math.Min(MaximumHeaderLength, source.Length);
        source.Slice(0, length).CopyTo(start);
        return TryReadHeader(start[..length], out header);
    }

    // MQTT 5.0 table 2-2, and for PUBLISH [MQTT-3.3.1-2] (DUP needs QoS above 0) and [MQTT-3.3.1-4] (QoS 3 is malformed).
    static bool HasValidFlags(byte first)
    {
        int flags = first & 0x0F;
        return (MqttPacketType)(first >> 4) switch
        {
            MqttPacketType.Publish => (flags & 6) != 6 && (flags & 0x0E) != 8,
            MqttPacketType.PubRel or MqttPacketType.Subscribe or MqttPacketType.Unsubscribe => flags == 2,
            MqttPacketType.Reserved => false,
            _ => flags == 0,
        };
    }
}
