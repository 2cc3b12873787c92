namespace CivicSense.OpenData;

/// <summary>How values lie in a file (parquet.thrift, enum Type).</summary>
enum ParquetPhysicalType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,
    Double = 5,
    ByteArray = 6,
}

/// <summary>What values mean (parquet.thrift, union LogicalType, and the older enum ConvertedType beside it).</summary>
enum ParquetLogicalType
{
    /// <summary>No more than the physical type says.</summary>
    None,

    /// <summary>Text in UTF-8.</summary>
    String,

    /// <summary>Days since 1970-01-01.</summary>
    Date,

    /// <summary>Milliseconds since 1970-01-01T00:00Z.</summary>
    TimestampMilliseconds,
}

/// <summary>How a page's values are written (Encodings.md).</summary>
enum ParquetEncoding
{
    Plain = 0,
    Rle = 3,
    DeltaBinaryPacked = 5,
    RleDictionary = 8,
    ByteStreamSplit = 9,
}

/// <summary>How pages are compressed (Compression.md).</summary>
enum ParquetCompression
{
    None = 0,
    Gzip = 2,
}

/// <summary>Whether a page holds a dictionary or values (parquet.thrift, enum PageType).</summary>
enum ParquetPageType
{
    Data = 0,
    Dictionary = 2,
}
