using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>Puts properties together, MQTT 5.0 section 2.2.2; without their length.</summary>
sealed class PropertyEncoding
{
    readonly ArrayBufferWriter<byte> bytes = new(64);

    public byte[] ToArray() => bytes.WrittenSpan.ToArray();

    public void Byte(MqttProperty property, byte value) => bytes.Write([(byte)property, value]);

    public void UInt16(MqttProperty property, ushort value) => bytes.Write([(byte)property, (byte)(value >> 8), (byte)(value & 0xFF)]);

    public void UInt32(MqttProperty property, uint value)
    {
        Span<byte> target = bytes.GetSpan(5);
        target[0] = (byte)property;
        BinaryPrimitives.WriteUInt32BigEndian(target[1..], value);
        bytes.Advance(5);
    }

    public void VariableInteger(MqttProperty property, int value)
    {
        Span<byte> target = bytes.GetSpan(5);
        target[0] = (byte)property;
        bytes.Advance(1 + Codec.VariableInteger.Write(target[1..], value));
    }

    /// <summary>Whole seconds; more than fit are as many as fit.</summary>
    public void Seconds(MqttProperty property, TimeSpan duration) => UInt32(property, WholeSeconds(duration));

    public static uint WholeSeconds(TimeSpan duration) => (uint)Math.Clamp(duration.TotalSeconds, 0, uint.MaxValue);

    /// <summary>Nothing for null.</summary>
    public void String(MqttProperty property, string? text)
    {
        if (text is not null) Binary(property, Encoding.UTF8.GetBytes(text));
    }

    public void Binary(MqttProperty property, ReadOnlySpan<byte> value)
    {
        bytes.Write([(byte)property]);
        Block(value);
    }

    public void UserProperties(IReadOnlyList<KeyValuePair<string, string>> properties)
    {
        foreach ((string name, string value) in properties)
        {
            bytes.Write([(byte)MqttProperty.UserProperty]);
            Block(Encoding.UTF8.GetBytes(name));
            Block(Encoding.UTF8.GetBytes(value));
        }
    }

    void Block(ReadOnlySpan<byte> value)
    {
        if (value.Length > ushort.MaxValue) throw new ArgumentException("A property holds at most 65,535 bytes.", nameof(value));
        bytes.Write([(byte)(value.Length >> 8), (byte)(value.Length & 0xFF)]);
        bytes.Write(value);
    }
}
