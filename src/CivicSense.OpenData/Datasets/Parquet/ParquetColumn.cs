using System.Buffers;

namespace CivicSense.OpenData;

/// <summary>A column of a <see cref="ParquetWriter"/>, and the values of the row group that is being gathered.</summary>
/// <remarks>Values are appended row by row: exactly one in each column before <see cref="ParquetWriter.EndRow"/>.</remarks>
abstract class ParquetColumn(string name, ParquetPhysicalType physicalType, ParquetLogicalType logicalType, bool isOptional)
{
    public string Name { get; } = name;

    public ParquetPhysicalType PhysicalType { get; } = physicalType;

    public ParquetLogicalType LogicalType { get; } = logicalType;

    /// <summary>Whether a row may have no value here.</summary>
    public bool IsOptional { get; } = isOptional;

    /// <summary>How many rows the row group has so far.</summary>
    public abstract int RowCount { get; }

    /// <summary>Makes room for this many rows of a row group at once.</summary>
    public abstract void Reserve(int rows);

    /// <summary>Writes what was gathered as a column chunk, and begins the next.</summary>
    public abstract ParquetChunk WriteChunk(ParquetPageWriter pages);
}

/// <summary>A column of values of one type.</summary>
/// <typeparam name="T">What is appended.</typeparam>
abstract class ParquetColumn<T>(string name, ParquetPhysicalType physicalType, ParquetLogicalType logicalType, bool isOptional)
    : ParquetColumn(name, physicalType, logicalType, isOptional)
    where T : notnull
{
    readonly List<T> values = [];
    readonly List<int> levels = [];

    public sealed override int RowCount => IsOptional ? levels.Count : values.Count;

    /// <summary>How values are written that a dictionary does not pay for.</summary>
    protected virtual ParquetEncoding DirectEncoding => ParquetEncoding.Plain;

    /// <summary>Tells values apart by what would be written of them; null where no dictionary could pay.</summary>
    protected abstract IEqualityComparer<T>? Comparer { get; }

    public void Append(T value)
    {
        values.Add(value);
        if (IsOptional)
            levels.Add(1);
    }

    /// <summary>Appends a row without a value.</summary>
    /// <exception cref="InvalidOperationException">The column is required.</exception>
    public void AppendNull()
    {
        if (!IsOptional)
            throw new InvalidOperationException($"The column {Name} needs a value in each row.");
        levels.Add(0);
    }

    public sealed override void Reserve(int rows)
    {
        values.EnsureCapacity(rows);
        if (IsOptional)
            levels.EnsureCapacity(rows);
    }

    public sealed override ParquetChunk WriteChunk(ParquetPageWriter pages)
    {
        var present = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values);
        var (least, greatest) = Extent(present);
        var chunk = new ParquetChunk(this, RowCount, RowCount - values.Count, least, greatest);
        using (var dictionary = ParquetDictionary<T>.TryBuild(present, Comparer))
        {
            if (dictionary is null)
                WriteDirectly(pages, chunk, present);
            else
                WriteWithDictionary(pages, chunk, dictionary);
        }
        pages.Complete(chunk);
        values.Clear();
        levels.Clear();
        return chunk;
    }

    /// <summary>Writes values one after the other (Encodings.md, "Plain").</summary>
    protected abstract void WritePlain(IBufferWriter<byte> page, ReadOnlySpan<T> present);

    /// <summary>Writes values in <see cref="DirectEncoding"/>.</summary>
    protected virtual void WriteDirect(IBufferWriter<byte> page, ReadOnlySpan<T> present) => WritePlain(page, present);

    /// <summary>
    /// The smallest and the greatest value as statistics have them: plain, but without a length. Null where there are none.
    /// </summary>
    protected abstract (byte[]? Least, byte[]? Greatest) Extent(ReadOnlySpan<T> present);

    void WriteWithDictionary(ParquetPageWriter pages, ParquetChunk chunk, ParquetDictionary<T> dictionary)
    {
        WritePlain(pages.Dictionary, dictionary.Entries);
        pages.EndDictionary(chunk, dictionary.Entries.Length);

        WriteLevels(pages.Data);
        var width = BitPacking.WidthOf((ulong)Math.Max(0, dictionary.Entries.Length - 1));
        pages.Data.Write([(byte)width]);
        RunLengthEncoding.Write(pages.Data, dictionary.Indices, width);
        pages.EndData(chunk, ParquetEncoding.RleDictionary);
    }

    void WriteDirectly(ParquetPageWriter pages, ParquetChunk chunk, ReadOnlySpan<T> present)
    {
        WriteLevels(pages.Data);
        WriteDirect(pages.Data, present);
        pages.EndData(chunk, DirectEncoding);
    }

    /// <summary>Which rows have a value (README.md, "Data Pages"): of a required column nothing is written.</summary>
    void WriteLevels(ArrayBufferWriter<byte> page)
    {
        if (!IsOptional)
            return;
        var encoded = new ArrayBufferWriter<byte>();
        RunLengthEncoding.Write(encoded, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(levels), width: 1);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(page.GetSpan(sizeof(int)), encoded.WrittenCount);
        page.Advance(sizeof(int));
        page.Write(encoded.WrittenSpan);
    }
}
