using System.Buffers;

namespace CivicSense.OpenData;

/// <summary>Signed numbers as unsigned ones, small where the number is near zero: 0, -1, 1, -2, …</summary>
static class ZigZag
{
    public static ulong Encode(long value) => unchecked((ulong)((value << 1) ^ (value >> 63)));
}

/// <summary>Unsigned LEB128: seven bits a byte, the lowest first.</summary>
static class Varint
{
    const int LongestVarint = 10;

    public static void WriteVarint(this IBufferWriter<byte> output, ulong value)
    {
        var bytes = output.GetSpan(LongestVarint);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
            bytes[length++] = (byte)((value & 0x7F) | 0x80);
        bytes[length++] = (byte)value;
        output.Advance(length);
    }
}
