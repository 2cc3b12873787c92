using System.Buffers;

namespace CivicSense.OpenData;

/// <summary>
/// Runs of equal numbers once with their length, others bit-packed (Encodings.md, "RLE/BP hybrid"): levels and dictionary indices.
/// </summary>
static class RunLengthEncoding
{
    const int Group = 8;

    /// <summary>A bit-packed run longer than this is cut in two, so that little is held back.</summary>
    const int LongestPackedRun = 504;

    /// <summary>Writes the runs, without a length or a bit width before them.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="values">The numbers, none negative.</param>
    /// <param name="width">The bits that the largest of them needs.</param>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<int> values, int width)
    {
        Span<ulong> packed = stackalloc ulong[LongestPackedRun];
        var held = 0;
        for (var i = 0; i < values.Length;)
        {
            var run = values[i..].IndexOfAnyExcept(values[i]);
            if (run < 0)
                run = values.Length - i;
            // Packed numbers come in groups of eight: a run first fills up the group at hand.
            var filling = (Group - held % Group) % Group;
            if (run >= filling + Group)
            {
                packed.Slice(held, filling).Fill((ulong)values[i]);
                WritePacked(output, packed[..(held + filling)], width);
                held = 0;
                WriteRun(output, values[i], run - filling, width);
                i += run;
                continue;
            }
            packed[held++] = (ulong)values[i++];
            if (held == LongestPackedRun)
            {
                WritePacked(output, packed, width);
                held = 0;
            }
        }
        var padding = (Group - held % Group) % Group;
        packed.Slice(held, padding).Clear();
        WritePacked(output, packed[..(held + padding)], width);
    }

    static void WritePacked(IBufferWriter<byte> output, ReadOnlySpan<ulong> values, int width)
    {
        if (values.IsEmpty)
            return;
        output.WriteVarint(((ulong)(values.Length / Group) << 1) | 1);
        BitPacking.Write(output, values, width);
    }

    static void WriteRun(IBufferWriter<byte> output, int value, int length, int width)
    {
        output.WriteVarint((ulong)length << 1);
        for (var bits = 0; bits < width; bits += 8)
            output.Write([(byte)(value >> bits & 0xFF)]);
    }
}
