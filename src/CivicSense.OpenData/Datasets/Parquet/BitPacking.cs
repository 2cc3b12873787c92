using System.Buffers;
using System.Numerics;

namespace CivicSense.OpenData;

/// <summary>
/// Numbers of a fixed count of bits each, from the least significant bit of each byte upward (Encodings.md, "RLE/BP hybrid").
/// </summary>
static class BitPacking
{
    /// <summary>How many bits hold <paramref name="largest"/>.</summary>
    public static int WidthOf(ulong largest) => 64 - BitOperations.LeadingZeroCount(largest);

    /// <summary>Writes numbers side by side. Their count is a multiple of eight, so that they fill whole bytes.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="values">The numbers; none needs more than <paramref name="width"/> bits.</param>
    /// <param name="width">0 to 64.</param>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<ulong> values, int width)
    {
        if (width == 0)
            return;
        var bytes = output.GetSpan(checked(values.Length / 8 * width));
        var position = 0;
        UInt128 pending = 0;
        var held = 0;
        foreach (var value in values)
        {
            // Fewer than 8 bits are held here, so 72 at most after it.
            pending |= (UInt128)value << held;
            held += width;
            for (; held >= 8; held -= 8)
            {
                bytes[position++] = (byte)(pending & 0xFF);
                pending >>= 8;
            }
        }
        output.Advance(position);
    }
}
