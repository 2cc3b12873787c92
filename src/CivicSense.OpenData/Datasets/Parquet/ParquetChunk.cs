namespace CivicSense.OpenData;

/// <summary>What the footer says of one column in one row group (parquet.thrift, ColumnMetaData).</summary>
sealed class ParquetChunk(ParquetColumn column, int rows, int nulls, byte[]? least, byte[]? greatest)
{
    public ParquetColumn Column { get; } = column;

    public int Rows { get; } = rows;

    public int Nulls { get; } = nulls;

    /// <summary>The smallest value, plain; null where that is not stated.</summary>
    public byte[]? Least { get; } = least;

    /// <summary>The greatest value, plain; null where that is not stated.</summary>
    public byte[]? Greatest { get; } = greatest;

    /// <summary>The encodings of its pages in their order.</summary>
    public IList<ParquetEncoding> Encodings { get; } = [];

    public ParquetCompression Compression { get; set; }

    /// <summary>Where the dictionary page begins; null without one.</summary>
    public long? DictionaryOffset { get; set; }

    /// <summary>Where the data page begins.</summary>
    public long DataOffset { get; set; }

    /// <summary>Bytes of its pages with their headers, before compression.</summary>
    public long UncompressedSize { get; set; }

    /// <summary>Bytes of its pages with their headers, as they lie in the file.</summary>
    public long CompressedSize { get; set; }

    /// <summary>Where its first page begins.</summary>
    public long Offset => DictionaryOffset ?? DataOffset;
}
