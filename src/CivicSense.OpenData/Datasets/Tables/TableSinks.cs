using System.Buffers;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;

namespace CivicSense.OpenData;

/// <summary>Writes one file in one format. Disposing of it releases what it holds, whether or not the file is whole.</summary>
interface ITableSink : IDisposable
{
    /// <summary>Ends the file. Without it, it is not whole.</summary>
    void Complete();
}

/// <summary>Writes the rows of one file in one format.</summary>
interface ITableSink<in TRow> : ITableSink
{
    /// <summary>Writes a row.</summary>
    void Write(TRow row);
}

/// <summary>Writes rows as Parquet.</summary>
sealed class ParquetSink<TRow> : ITableSink<TRow>
{
    readonly ImmutableArray<DatasetColumn<TRow>> columns;
    readonly ParquetWriter writer;

    public ParquetSink(Stream output, ImmutableArray<DatasetColumn<TRow>> columns, IReadOnlyList<KeyValuePair<string, string>> metadata,
        int rowsOfGroup = ParquetWriter.DefaultRowsOfGroup)
    {
        this.columns = columns;
        writer = new ParquetWriter(output, [.. columns.Select(column => column.Parquet)], metadata, rowsOfGroup);
    }

    public void Write(TRow row)
    {
        foreach (var column in columns)
            column.AppendToParquet(row);
        writer.EndRow();
    }

    public void Complete() => writer.Complete();

    public void Dispose()
    {
    }
}

/// <summary>Writes rows as CSV (RFC 4180), compressed with gzip.</summary>
sealed class CsvSink<TRow> : ITableSink<TRow>
{
    const int Buffered = 1 << 16;

    readonly ImmutableArray<DatasetColumn<TRow>> columns;
    readonly ArrayBufferWriter<byte> text = new(Buffered);
    readonly GZipStream compressed;

    public CsvSink(Stream output, ImmutableArray<DatasetColumn<TRow>> columns)
    {
        this.columns = columns;
        compressed = new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true);
        Encoding.UTF8.GetBytes(string.Join(',', columns.Select(column => column.Field.Name)), text);
        text.Write("\r\n"u8);
    }

    public void Write(TRow row)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            if (i > 0)
                text.Write(","u8);
            columns[i].WriteCsv(text, row);
        }
        text.Write("\r\n"u8);
        if (text.WrittenCount >= Buffered)
            Flush();
    }

    public void Complete()
    {
        Flush();
        compressed.Dispose();
    }

    public void Dispose() => compressed.Dispose();

    void Flush()
    {
        compressed.Write(text.WrittenSpan);
        text.ResetWrittenCount();
    }
}
