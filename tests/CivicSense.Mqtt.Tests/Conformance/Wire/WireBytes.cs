using System.Buffers.Binary;
using System.Text;

namespace CivicSense.Mqtt.Tests.Conformance.Wire;

/// <summary>Builds bytes of a packet, with no check of anything.</summary>
sealed class WireWriter
{
    readonly List<byte> bytes = [];

    public int Length => bytes.Count;

    public WireWriter Byte(byte value)
    {
        bytes.Add(value);
        return this;
    }

    public WireWriter UInt16(ushort value) => Byte((byte)(value >> 8)).Byte((byte)(value & 0xFF));

    public WireWriter UInt32(uint value) => UInt16((ushort)(value >> 16)).UInt16((ushort)(value & 0xFFFF));

    public WireWriter VariableInteger(int value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)((value & 0x7F) | 0x80));
        return Byte((byte)value);
    }

    public WireWriter Text(string value) => Binary(Encoding.UTF8.GetBytes(value));

    public WireWriter Binary(byte[] value) => UInt16(checked((ushort)value.Length)).Raw(value);

    public WireWriter Raw(ReadOnlySpan<byte> value)
    {
        bytes.AddRange(value);
        return this;
    }

    public byte[] ToArray() => [.. bytes];

    /// <summary>What was written so far as the body of a packet.</summary>
    public byte[] ToPacket(MqttPacket type, int flags = 0) =>
        new WireWriter().Byte((byte)(((int)type << 4) | flags)).VariableInteger(Length).Raw(ToArray()).ToArray();
}

/// <summary>Reads bytes of a packet that the server sent. A server that sends too little fails the test with an exception.</summary>
ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    ReadOnlySpan<byte> rest = bytes;

    public readonly bool IsAtEnd => rest.IsEmpty;

    public readonly ReadOnlySpan<byte> Rest => rest;

    public byte Byte() => Bytes(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Bytes(2));

    public long UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Bytes(4));

    public int VariableInteger()
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = Byte();
            value |= (next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }

    public string Text() => Encoding.UTF8.GetString(Bytes(UInt16()));

    public ReadOnlySpan<byte> Bytes(int count)
    {
        ReadOnlySpan<byte> taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
