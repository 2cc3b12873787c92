using System.Text;

namespace CivicSense.Mqtt.Codec;

/// <summary>Writes properties into a span, or with an empty one only counts their bytes: MQTT 5.0 section 2.2.2.2.</summary>
/// <remarks>An encoding calls the same method with both, so that the length it announces is the length it writes.</remarks>
ref struct PropertyWriter(Span<byte> target)
{
    readonly Span<byte> target = target;
    readonly bool isMeasuring = target.IsEmpty;

    public int Length { get; private set; }

    public void Flag(MqttProperty property, bool? value)
    {
        if (value is not { } given) return;
        if (!isMeasuring)
        {
            PacketWriter writer = Begin(property);
            writer.Byte(given ? (byte)1 : (byte)0);
        }

        Length += 2;
    }

    public void UInt16(MqttProperty property, ushort? value)
    {
        if (value is not { } given) return;
        if (!isMeasuring)
        {
            PacketWriter writer = Begin(property);
            writer.UInt16(given);
        }

        Length += 3;
    }

    public void UInt32(MqttProperty property, uint? value)
    {
        if (value is not { } given) return;
        if (!isMeasuring)
        {
            PacketWriter writer = Begin(property);
            writer.UInt32(given);
        }

        Length += 5;
    }

    /// <param name="property">A property whose value is a variable byte integer.</param>
    /// <param name="value">0 leaves it out.</param>
    public void VariableInteger(MqttProperty property, int value)
    {
        if (value == 0) return;
        if (!isMeasuring)
        {
            PacketWriter writer = Begin(property);
            writer.VariableInteger(value);
        }

        Length += 1 + Codec.VariableInteger.Length(value);
    }

    /// <param name="property">A property whose value is a string.</param>
    /// <param name="value">At most 65,535 bytes of UTF-8; null leaves it out.</param>
    public void Text(MqttProperty property, string? value)
    {
        if (value is null) return;
        if (!isMeasuring)
        {
            PacketWriter writer = Begin(property);
            writer.String(value);
        }

        Length += 3 + Encoding.UTF8.GetByteCount(value);
    }

    /// <param name="property">A property whose value is binary data.</param>
    /// <param name="value">At most 65,535 bytes; null leaves it out.</param>
    public void Binary(MqttProperty property, byte[]? value)
    {
        if (value is null) return;
        if (!isMeasuring)
        {
            PacketWriter writer = Begin(property);
            writer.Binary(value);
        }

        Length += 3 + value.Length;
    }

    /// <summary>Properties that are encoded already.</summary>
    public void Raw(ReadOnlySpan<byte> encoded)
    {
        if (!isMeasuring) encoded.CopyTo(target[Length..]);
        Length += encoded.Length;
    }

    readonly PacketWriter Begin(MqttProperty property)
    {
        var writer = new PacketWriter(target[Length..]);
        writer.Byte((byte)property);
        return writer;
    }
}
