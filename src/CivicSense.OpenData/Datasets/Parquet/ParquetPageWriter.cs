using System.Buffers;

namespace CivicSense.OpenData;

/// <summary>
/// Writes the pages of column chunks with their headers (parquet.thrift, PageHeader), counting where in the file they lie.
/// </summary>
/// <remarks>
/// Fill <see cref="Dictionary"/> and <see cref="EndDictionary"/>, where there is one; fill <see cref="Data"/> and <see cref="EndData"/>;
/// then <see cref="Complete"/>. Compression is chosen for a chunk as a whole, so both pages lie in memory until then.
/// </remarks>
sealed class ParquetPageWriter(Stream output)
{
    readonly ParquetPage[] pages = [new(ParquetPageType.Dictionary), new(ParquetPageType.Data)];

    /// <summary>Where the dictionary of a chunk is written.</summary>
    public ArrayBufferWriter<byte> Dictionary => pages[0].Plain;

    /// <summary>Where the rows of a chunk are written.</summary>
    public ArrayBufferWriter<byte> Data => pages[1].Plain;

    /// <summary>How many bytes of the file have been written.</summary>
    public long Position { get; private set; }

    /// <summary>Writes bytes that belong to no page.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        Position += bytes.Length;
    }

    /// <summary>Ends the page with the dictionary of a chunk.</summary>
    public void EndDictionary(ParquetChunk chunk, int entries) => End(chunk, pages[0], entries, ParquetEncoding.Plain);

    /// <summary>Ends the page with the rows of a chunk.</summary>
    public void EndData(ParquetChunk chunk, ParquetEncoding encoding) => End(chunk, pages[1], chunk.Rows, encoding);

    /// <summary>Writes the pages of a chunk, compressed if that makes them smaller.</summary>
    public void Complete(ParquetChunk chunk)
    {
        var pending = pages.Where(page => page.IsPending).ToList();
        var isSmaller = pending.Sum(page => (long)page.Compressed.Length) < pending.Sum(page => (long)page.Plain.WrittenCount);
        chunk.Compression = isSmaller ? ParquetCompression.Gzip : ParquetCompression.None;
        var begin = Position;
        foreach (var page in pending)
        {
            var content = isSmaller ? page.Compressed : page.Plain.WrittenSpan;
            if (page.Type == ParquetPageType.Dictionary)
                chunk.DictionaryOffset = Position;
            else
                chunk.DataOffset = Position;
            var header = Header(page, content.Length);
            WriteRaw(header);
            WriteRaw(content);
            chunk.UncompressedSize += header.Length + page.Plain.WrittenCount;
            page.Clear();
        }
        chunk.CompressedSize = Position - begin;
    }

    static void End(ParquetChunk chunk, ParquetPage page, int values, ParquetEncoding encoding)
    {
        chunk.Encodings.Add(encoding);
        page.End(values, encoding);
    }

    static ReadOnlySpan<byte> Header(ParquetPage page, int compressedLength)
    {
        var bytes = new ArrayBufferWriter<byte>(64);
        var header = new ThriftCompactWriter(bytes);
        header.BeginStruct();
        header.WriteInt32(1, (int)page.Type);
        header.WriteInt32(2, page.Plain.WrittenCount);
        header.WriteInt32(3, compressedLength);
        if (page.Type == ParquetPageType.Data)
        {
            header.BeginStruct(5);
            header.WriteInt32(1, page.Values);
            header.WriteInt32(2, (int)page.Encoding);
            // Of definition and of repetition levels; flat columns have none of the latter.
            header.WriteInt32(3, (int)ParquetEncoding.Rle);
            header.WriteInt32(4, (int)ParquetEncoding.Rle);
            header.EndStruct();
        }
        else
        {
            header.BeginStruct(7);
            header.WriteInt32(1, page.Values);
            header.WriteInt32(2, (int)page.Encoding);
            header.EndStruct();
        }
        header.EndStruct();
        return bytes.WrittenSpan;
    }
}
