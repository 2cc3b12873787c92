namespace CivicSense.Mqtt.Codec;

/// <summary>The Variable Byte Integer of MQTT 5.0 section 1.5.5: seven bits a byte, low ones first, at most four bytes.</summary>
static class VariableInteger
{
    /// <summary>Reads one. A form longer than needed is refused ([MQTT-1.5.5-1]), and so is a fifth byte.</summary>
    public static MqttReadStatus TryRead(ReadOnlySpan<byte> source, out int value, out int bytes)
    {
        value = 0;
        for (bytes = 1; bytes <= 4; bytes++)
        {
            if (source.Length < bytes) return MqttReadStatus.NeedMoreData;
            byte next = source[bytes - 1];
            value |= (next & 0x7F) << (7 * (bytes - 1));
            if (next < 0x80) return next == 0 && bytes > 1 ? MqttReadStatus.Invalid : MqttReadStatus.Done;
        }

        return MqttReadStatus.Invalid;
    }

    public static int Length(int value) => value switch
    {
        < 0x80 => 1,
        < 0x4000 => 2,
        < 0x20_0000 => 3,
        <= FrameScanner.MaximumRemainingLength => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, "A packet holds at most 268,435,455 bytes."),
    };

    public static int Write(Span<byte> target, int value)
    {
        int bytes = 0;
        do
        {
            int low = value & 0x7F;
            value >>= 7;
            target[bytes++] = (byte)(value > 0 ? low | 0x80 : low);
        }
        while (value > 0);
        return bytes;
    }
}
