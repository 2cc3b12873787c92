using System.Buffers;

namespace CivicSense.OpenData;

/// <summary>
/// Differences from one number to the next, each block's relative to its smallest (Encodings.md, "Delta Encoding (DELTA_BINARY_PACKED =
/// 5)").
/// </summary>
/// <remarks>For columns of 64 bits: differences wrap around in the width of the column, as the format asks.</remarks>
static class DeltaEncoding
{
    const int Block = 128;
    const int MiniBlocks = 4;
    const int MiniBlock = Block / MiniBlocks;

    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<long> values)
    {
        output.WriteVarint(Block);
        output.WriteVarint(MiniBlocks);
        output.WriteVarint((ulong)values.Length);
        output.WriteVarint(ZigZag.Encode(values.IsEmpty ? 0 : values[0]));
        Span<long> differences = stackalloc long[Block];
        for (var first = 1; first < values.Length; first += Block)
        {
            var count = Math.Min(Block, values.Length - first);
            for (var i = 0; i < count; i++)
                differences[i] = unchecked(values[first + i] - values[first + i - 1]);
            WriteBlock(output, differences[..count]);
        }
    }

    static void WriteBlock(IBufferWriter<byte> output, ReadOnlySpan<long> differences)
    {
        var least = long.MaxValue;
        foreach (var difference in differences)
            least = Math.Min(least, difference);
        output.WriteVarint(ZigZag.Encode(least));

        Span<ulong> packed = stackalloc ulong[Block];
        packed.Clear();
        for (var i = 0; i < differences.Length; i++)
            packed[i] = unchecked((ulong)(differences[i] - least));

        Span<byte> widths = stackalloc byte[MiniBlocks];
        for (var i = 0; i < MiniBlocks; i++)
        {
            ulong all = 0;
            foreach (var value in packed.Slice(i * MiniBlock, MiniBlock))
                all |= value;
            widths[i] = (byte)BitPacking.WidthOf(all);
        }
        output.Write(widths);
        // Mini-blocks that hold no value have the width 0, and so no bytes.
        for (var i = 0; i < MiniBlocks; i++)
            BitPacking.Write(output, packed.Slice(i * MiniBlock, MiniBlock), widths[i]);
    }
}
