using System.Buffers.Binary;
using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>Writes a table as an Apache Parquet file, front to back, with one row group in memory.</summary>
/// <remarks>
/// <para>The format: apache/parquet-format, README.md, Encodings.md and parquet.thrift (version 2.11). Written is what common readers know:
/// flat columns, data pages of version 1, dictionaries where values repeat, else differences (whole numbers) or split byte streams
/// (numbers with a fraction), gzip. A column has one page in a row group. The same rows give the same bytes with the same version of the
/// framework.</para>
/// <para>Call order: append one value to each column, <see cref="EndRow"/>, and so on; then <see cref="Complete"/>. Without it the file has
/// no footer, and no reader takes it for whole.</para>
/// </remarks>
sealed class ParquetWriter
{
    /// <summary>
    /// Rows of a row group. A page of numbers of 64 bits is a quarter of a megabyte then. The files of all quantities gather rows at the
    /// same time.
    /// </summary>
    public const int DefaultRowsOfGroup = 32_768;

    /// <summary>A row group that has become this large is taken for one of a large table.</summary>
    const int RowsOfLargeGroup = 8_192;

    readonly ImmutableArray<ParquetColumn> columns;
    readonly IReadOnlyList<KeyValuePair<string, string>> metadata;
    readonly int rowsOfGroup;
    readonly ParquetPageWriter pages;
    readonly List<ParquetRowGroup> groups = [];

    int gathered;

    /// <summary>Begins a file.</summary>
    /// <param name="output">Where it is written; need not be able to seek, and stays the caller's.</param>
    /// <param name="columns">The columns, with different names.</param>
    /// <param name="metadata">What else readers may want to know, as keys and values.</param>
    /// <param name="rowsOfGroup">How many rows are gathered in memory at most.</param>
    public ParquetWriter(
        Stream output, ImmutableArray<ParquetColumn> columns, IReadOnlyList<KeyValuePair<string, string>> metadata,
        int rowsOfGroup = DefaultRowsOfGroup)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsOfGroup, 1);
        this.columns = columns;
        this.metadata = metadata;
        this.rowsOfGroup = rowsOfGroup;
        pages = new ParquetPageWriter(output);
        pages.WriteRaw("PAR1"u8);
    }

    /// <summary>Ends a row.</summary>
    /// <exception cref="InvalidOperationException">A column has no value for it, or more than one.</exception>
    public void EndRow()
    {
        gathered++;
        foreach (var column in columns)
        {
            if (column.RowCount != gathered)
                throw new InvalidOperationException($"The column {column.Name} has {column.RowCount} values for {gathered} rows.");
        }
        if (gathered == rowsOfGroup)
            EndGroup();
        else if (gathered == RowsOfLargeGroup)
            ReserveGroup();
    }

    /// <summary>Writes what is left, and the footer.</summary>
    public void Complete()
    {
        EndGroup();
        var footer = ParquetFooter.Write(columns, groups, metadata);
        pages.WriteRaw(footer);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, footer.Length);
        pages.WriteRaw(length);
        pages.WriteRaw("PAR1"u8);
    }

    /// <summary>Doubled again and again, each column would leave behind as much memory as it takes in the end.</summary>
    void ReserveGroup()
    {
        foreach (var column in columns)
            column.Reserve(rowsOfGroup);
    }

    void EndGroup()
    {
        if (gathered == 0)
            return;
        groups.Add(new ParquetRowGroup(gathered, [.. columns.Select(column => column.WriteChunk(pages))]));
        gathered = 0;
    }
}
