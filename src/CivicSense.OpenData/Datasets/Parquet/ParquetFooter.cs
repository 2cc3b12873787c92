using System.Buffers;
using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>Writes the metadata at the end of a file (parquet.thrift, FileMetaData; field numbers are those of that file).</summary>
static class ParquetFooter
{
    const int FormatVersion = 2;
    const int Required = 0;
    const int Optional = 1;

    /// <summary>
    /// The format asks for "application version x.y.z (build hash)"; readers look here for the bugs of writers they know.
    /// </summary>
    const string CreatedBy = "civicsense version 1.0.0 (build 1)";

    public static ReadOnlySpan<byte> Write(
        ImmutableArray<ParquetColumn> columns, IReadOnlyList<ParquetRowGroup> groups, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var footer = new ThriftCompactWriter(bytes);
        footer.BeginStruct();
        footer.WriteInt32(1, FormatVersion);
        WriteSchema(footer, columns);
        footer.WriteInt64(3, groups.Sum(group => (long)group.Rows));
        footer.BeginStructList(4, groups.Count);
        foreach (var group in groups)
            WriteGroup(footer, group);
        footer.BeginStructList(5, metadata.Count);
        foreach (var (key, value) in metadata)
        {
            footer.BeginStruct();
            footer.WriteString(1, key);
            footer.WriteString(2, value);
            footer.EndStruct();
        }
        footer.WriteString(6, CreatedBy);
        // Every column is ordered as its type is: without this, readers do not trust the statistics.
        footer.BeginStructList(7, columns.Length);
        foreach (var _ in columns)
        {
            footer.BeginStruct();
            footer.WriteEmptyStruct(1);
            footer.EndStruct();
        }
        footer.EndStruct();
        return bytes.WrittenSpan;
    }

    static void WriteSchema(ThriftCompactWriter footer, ImmutableArray<ParquetColumn> columns)
    {
        footer.BeginStructList(2, columns.Length + 1);
        footer.BeginStruct();
        footer.WriteString(4, "schema");
        footer.WriteInt32(5, columns.Length);
        footer.EndStruct();
        foreach (var column in columns)
        {
            footer.BeginStruct();
            footer.WriteInt32(1, (int)column.PhysicalType);
            footer.WriteInt32(3, column.IsOptional ? Optional : Required);
            footer.WriteString(4, column.Name);
            WriteLogicalType(footer, column.LogicalType);
            footer.EndStruct();
        }
    }

    static void WriteLogicalType(ThriftCompactWriter footer, ParquetLogicalType type)
    {
        const short ConvertedType = 6;
        const short LogicalType = 10;
        switch (type)
        {
            case ParquetLogicalType.String:
                footer.WriteInt32(ConvertedType, 0);
                footer.BeginStruct(LogicalType);
                footer.WriteEmptyStruct(1);
                footer.EndStruct();
                break;
            case ParquetLogicalType.Date:
                footer.WriteInt32(ConvertedType, 6);
                footer.BeginStruct(LogicalType);
                footer.WriteEmptyStruct(6);
                footer.EndStruct();
                break;
            case ParquetLogicalType.TimestampMilliseconds:
                footer.WriteInt32(ConvertedType, 9);
                footer.BeginStruct(LogicalType);
                footer.BeginStruct(8);
                // Adjusted to UTC, in milliseconds.
                footer.WriteBoolean(1, value: true);
                footer.BeginStruct(2);
                footer.WriteEmptyStruct(1);
                footer.EndStruct();
                footer.EndStruct();
                footer.EndStruct();
                break;
            case ParquetLogicalType.None:
            default:
                break;
        }
    }

    static void WriteGroup(ThriftCompactWriter footer, ParquetRowGroup group)
    {
        footer.BeginStruct();
        footer.BeginStructList(1, group.Chunks.Length);
        foreach (var chunk in group.Chunks)
        {
            footer.BeginStruct();
            // Deprecated, and zero since.
            footer.WriteInt64(2, 0);
            WriteChunk(footer, chunk);
            footer.EndStruct();
        }
        footer.WriteInt64(2, group.Chunks.Sum(chunk => chunk.UncompressedSize));
        footer.WriteInt64(3, group.Rows);
        footer.WriteInt64(5, group.Chunks[0].Offset);
        footer.WriteInt64(6, group.Chunks.Sum(chunk => chunk.CompressedSize));
        footer.EndStruct();
    }

    static void WriteChunk(ThriftCompactWriter footer, ParquetChunk chunk)
    {
        footer.BeginStruct(3);
        footer.WriteInt32(1, (int)chunk.Column.PhysicalType);
        footer.WriteInt32List(2, [.. chunk.Encodings.Append(ParquetEncoding.Rle).Distinct().Select(encoding => (int)encoding)]);
        footer.WriteStringList(3, chunk.Column.Name);
        footer.WriteInt32(4, (int)chunk.Compression);
        footer.WriteInt64(5, chunk.Rows);
        footer.WriteInt64(6, chunk.UncompressedSize);
        footer.WriteInt64(7, chunk.CompressedSize);
        footer.WriteInt64(9, chunk.DataOffset);
        if (chunk.DictionaryOffset is { } dictionary)
            footer.WriteInt64(11, dictionary);
        WriteStatistics(footer, chunk);
        footer.EndStruct();
    }

    static void WriteStatistics(ThriftCompactWriter footer, ParquetChunk chunk)
    {
        footer.BeginStruct(12);
        footer.WriteInt64(3, chunk.Nulls);
        if (chunk is { Least: { } least, Greatest: { } greatest })
        {
            footer.WriteBinary(5, greatest);
            footer.WriteBinary(6, least);
            footer.WriteBoolean(7, value: true);
            footer.WriteBoolean(8, value: true);
        }
        footer.EndStruct();
    }
}

/// <summary>A row group that has been written.</summary>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Chunks">Its columns.</param>
sealed record ParquetRowGroup(int Rows, ImmutableArray<ParquetChunk> Chunks);
