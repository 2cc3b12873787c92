using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace CivicSense.OpenData;

/// <summary>A column of truth values.</summary>
sealed class BooleanColumn(string name, bool isOptional = false)
    : ParquetColumn<bool>(name, ParquetPhysicalType.Boolean, ParquetLogicalType.None, isOptional)
{
    protected override IEqualityComparer<bool>? Comparer => null;

    protected override void WritePlain(IBufferWriter<byte> page, ReadOnlySpan<bool> present)
    {
        var length = (present.Length + 7) / 8;
        var bytes = page.GetSpan(length)[..length];
        bytes.Clear();
        for (var i = 0; i < present.Length; i++)
        {
            if (present[i])
                bytes[i / 8] |= (byte)(1 << (i % 8));
        }
        page.Advance(length);
    }

    protected override (byte[]? Least, byte[]? Greatest) Extent(ReadOnlySpan<bool> present) =>
        present.IsEmpty ? (null, null) : ([(byte)(present.Contains(false) ? 0 : 1)], [(byte)(present.Contains(true) ? 1 : 0)]);
}

/// <summary>A column of whole numbers of 32 bits, or of dates as days since 1970-01-01.</summary>
sealed class Int32Column(string name, bool isOptional = false, ParquetLogicalType logicalType = ParquetLogicalType.None)
    : ParquetColumn<int>(name, ParquetPhysicalType.Int32, logicalType, isOptional)
{
    protected override IEqualityComparer<int> Comparer => EqualityComparer<int>.Default;

    protected override void WritePlain(IBufferWriter<byte> page, ReadOnlySpan<int> present)
    {
        var bytes = page.GetSpan(Math.Max(1, present.Length * sizeof(int)));
        for (var i = 0; i < present.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(i * sizeof(int))..], present[i]);
        page.Advance(present.Length * sizeof(int));
    }

    protected override (byte[]? Least, byte[]? Greatest) Extent(ReadOnlySpan<int> present)
    {
        if (present.IsEmpty)
            return (null, null);
        var (least, greatest) = (int.MaxValue, int.MinValue);
        foreach (var value in present)
            (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
        return (Bytes(least), Bytes(greatest));

        static byte[] Bytes(int value)
        {
            var bytes = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            return bytes;
        }
    }
}

/// <summary>A column of whole numbers of 64 bits, or of instants as milliseconds since 1970-01-01T00:00Z.</summary>
sealed class Int64Column(string name, bool isOptional = false, ParquetLogicalType logicalType = ParquetLogicalType.None)
    : ParquetColumn<long>(name, ParquetPhysicalType.Int64, logicalType, isOptional)
{
    protected override ParquetEncoding DirectEncoding => ParquetEncoding.DeltaBinaryPacked;

    protected override IEqualityComparer<long> Comparer => EqualityComparer<long>.Default;

    protected override void WritePlain(IBufferWriter<byte> page, ReadOnlySpan<long> present)
    {
        var bytes = page.GetSpan(Math.Max(1, present.Length * sizeof(long)));
        for (var i = 0; i < present.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes[(i * sizeof(long))..], present[i]);
        page.Advance(present.Length * sizeof(long));
    }

    protected override void WriteDirect(IBufferWriter<byte> page, ReadOnlySpan<long> present) => DeltaEncoding.Write(page, present);

    protected override (byte[]? Least, byte[]? Greatest) Extent(ReadOnlySpan<long> present)
    {
        if (present.IsEmpty)
            return (null, null);
        var (least, greatest) = (long.MaxValue, long.MinValue);
        foreach (var value in present)
            (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
        return (Bytes(least), Bytes(greatest));

        static byte[] Bytes(long value)
        {
            var bytes = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            return bytes;
        }
    }
}

/// <summary>A column of numbers with a fraction.</summary>
sealed class DoubleColumn(string name, bool isOptional = false)
    : ParquetColumn<double>(name, ParquetPhysicalType.Double, ParquetLogicalType.None, isOptional)
{
    protected override ParquetEncoding DirectEncoding => ParquetEncoding.ByteStreamSplit;

    protected override IEqualityComparer<double> Comparer => BitwiseComparer.Instance;

    protected override void WritePlain(IBufferWriter<byte> page, ReadOnlySpan<double> present)
    {
        var bytes = page.GetSpan(Math.Max(1, present.Length * sizeof(double)));
        for (var i = 0; i < present.Length; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(bytes[(i * sizeof(double))..], present[i]);
        page.Advance(present.Length * sizeof(double));
    }

    /// <summary>
    /// All first bytes, then all second bytes, and so on (Encodings.md, "Byte Stream Split"): signs and exponents compress well.
    /// </summary>
    protected override void WriteDirect(IBufferWriter<byte> page, ReadOnlySpan<double> present)
    {
        var bytes = page.GetSpan(Math.Max(1, present.Length * sizeof(double)));
        for (var i = 0; i < present.Length; i++)
        {
            var bits = BitConverter.DoubleToUInt64Bits(present[i]);
            for (var stream = 0; stream < sizeof(double); stream++)
                bytes[stream * present.Length + i] = (byte)((bits >> (8 * stream)) & 0xFF);
        }
        page.Advance(present.Length * sizeof(double));
    }

    /// <remarks>Statistics hold no NaN, and zero as the smaller or the larger of the two zeros (parquet.thrift, ColumnOrder).</remarks>
    protected override (byte[]? Least, byte[]? Greatest) Extent(ReadOnlySpan<double> present)
    {
        var (least, greatest) = (double.PositiveInfinity, double.NegativeInfinity);
        var isNumber = false;
        foreach (var value in present)
        {
            if (double.IsNaN(value))
                return (null, null);
            isNumber = true;
            (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
        }
        return isNumber ? (Bytes(least == 0 ? -0.0 : least), Bytes(greatest == 0 ? 0.0 : greatest)) : (null, null);

        static byte[] Bytes(double value)
        {
            var bytes = new byte[sizeof(double)];
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            return bytes;
        }
    }

    /// <summary>Keeps the two zeros and all NaNs apart, so that each is read as it was written.</summary>
    sealed class BitwiseComparer : IEqualityComparer<double>
    {
        public static BitwiseComparer Instance { get; } = new();

        public bool Equals(double x, double y) => BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y);

        public int GetHashCode(double obj) => BitConverter.DoubleToInt64Bits(obj).GetHashCode();
    }
}

/// <summary>A column of text.</summary>
sealed class TextColumn(string name, bool isOptional = false)
    : ParquetColumn<string>(name, ParquetPhysicalType.ByteArray, ParquetLogicalType.String, isOptional)
{
    /// <summary>Longer statistics would cost more than they save.</summary>
    const int LongestStatistic = 64;

    protected override IEqualityComparer<string> Comparer => StringComparer.Ordinal;

    protected override void WritePlain(IBufferWriter<byte> page, ReadOnlySpan<string> present)
    {
        foreach (var text in present)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            BinaryPrimitives.WriteInt32LittleEndian(page.GetSpan(sizeof(int)), length);
            page.Advance(sizeof(int));
            Encoding.UTF8.GetBytes(text, page);
        }
    }

    protected override (byte[]? Least, byte[]? Greatest) Extent(ReadOnlySpan<string> present)
    {
        byte[]? least = null;
        byte[]? greatest = null;
        string? before = null;
        foreach (var text in present)
        {
            if (text == before)
                continue;
            before = text;
            // Text is ordered by its bytes in UTF-8, which is not the order of UTF-16.
            var bytes = Encoding.UTF8.GetBytes(text);
            if (least is null || bytes.AsSpan().SequenceCompareTo(least) < 0)
                least = bytes;
            if (greatest is null || bytes.AsSpan().SequenceCompareTo(greatest) > 0)
                greatest = bytes;
        }
        return least?.Length <= LongestStatistic && greatest?.Length <= LongestStatistic ? (least, greatest) : (null, null);
    }
}
