using System.Buffers.Binary;
using System.Text;

namespace CivicSense.Mqtt.Codec;

/// <summary>Writes parts of packets into a span that the caller has made large enough.</summary>
ref struct PacketWriter(Span<byte> target)
{
    readonly Span<byte> target = target;

    public int Written { get; private set; }

    public void Byte(byte value) => target[Written++] = value;

    public void UInt16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target[Written..], (ushort)value);
        Written += 2;
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(target[Written..], value);
        Written += 4;
    }

    public void VariableInteger(int value) => Written += Codec.VariableInteger.Write(target[Written..], value);

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(target[Written..]);
        Written += bytes.Length;
    }

    public void Binary(ReadOnlySpan<byte> bytes)
    {
        UInt16(bytes.Length);
        Raw(bytes);
    }

    public void String(string text)
    {
        int length = Encoding.UTF8.GetBytes(text, target[(Written + 2)..]);
        UInt16(length);
        Written += length;
    }

    /// <summary>Type, flags and Remaining Length.</summary>
    public void FixedHeader(MqttPacketType type, int flags, int remainingLength)
    {
        Byte((byte)((int)type << 4 | flags));
        VariableInteger(remainingLength);
    }
}
