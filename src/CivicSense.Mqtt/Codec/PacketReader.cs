using System.Buffers.Binary;

namespace CivicSense.Mqtt.Codec;

/// <summary>
/// Walks over the bytes of one complete packet. Every method answers false, and moves nothing on, when the bytes do not fit.
/// </summary>
ref struct PacketReader(ReadOnlySpan<byte> source)
{
    ReadOnlySpan<byte> rest = source;

    public readonly ReadOnlySpan<byte> Rest => rest;

    public readonly bool AtEnd => rest.IsEmpty;

    public bool TryReadByte(out byte value)
    {
        if (rest.IsEmpty)
        {
            value = 0;
            return false;
        }

        value = rest[0];
        rest = rest[1..];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(rest, out value)) return false;
        rest = rest[2..];
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(rest, out value)) return false;
        rest = rest[4..];
        return true;
    }

    public bool TryReadVariableInteger(out int value)
    {
        if (VariableInteger.TryRead(rest, out value, out int bytes) != MqttReadStatus.Done) return false;
        rest = rest[bytes..];
        return true;
    }

    /// <summary>Packet identifiers are never 0 ([MQTT-2.2.1-3]).</summary>
    public bool TryReadPacketIdentifier(out ushort value) => TryReadUInt16(out value) && value != 0;

    /// <summary>Binary data, MQTT 5.0 section 1.5.6.</summary>
    public bool TryReadBinary(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!BinaryPrimitives.TryReadUInt16BigEndian(rest, out ushort length) || rest.Length - 2 < length) return false;
        value = rest.Slice(2, length);
        rest = rest[(2 + length)..];
        return true;
    }

    /// <summary>A UTF-8 encoded string, MQTT 5.0 section 1.5.4.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> value) => TryReadBinary(out value) && MqttText.IsValid(value);

    public bool TryTake(int length, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (length > rest.Length) return false;
        value = rest[..length];
        rest = rest[length..];
        return true;
    }
}
