using System.Buffers;
using System.IO.Compression;

namespace CivicSense.OpenData;

/// <summary>Compresses pages and writes them with their headers (parquet.thrift, PageHeader), counting where in the file they lie.</summary>
/// <remarks>
/// Fill <see cref="Page"/>, then call <see cref="WriteDictionary"/> or <see cref="WriteData"/>; pages of a chunk that have been written lie
/// in memory until <see cref="Complete"/>, because compression is chosen for a chunk as a whole.
/// </remarks>
sealed class ParquetPageWriter(Stream output)
{
    readonly List<PendingPage> pending = [];

    /// <summary>What is being written to a page, before compression.</summary>
    public ArrayBufferWriter<byte> Page { get; } = new();

    /// <summary>How many bytes of the file have been written.</summary>
    public long Position { get; private set; }

    /// <summary>Writes bytes that belong to no page.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        Position += bytes.Length;
    }

    /// <summary>Ends a page with the dictionary of a chunk.</summary>
    public void WriteDictionary(ParquetChunk chunk, int entries) => EndPage(chunk, ParquetPageType.Dictionary, entries, ParquetEncoding.Plain);

    /// <summary>Ends the page with the rows of a chunk.</summary>
    public void WriteData(ParquetChunk chunk, ParquetEncoding encoding) => EndPage(chunk, ParquetPageType.Data, chunk.Rows, encoding);

    /// <summary>Writes the pages of a chunk, compressed if that makes them smaller.</summary>
    public void Complete(ParquetChunk chunk)
    {
        var isSmaller = pending.Sum(page => (long)page.Compressed.Length) < pending.Sum(page => (long)page.Plain.Length);
        chunk.Compression = isSmaller ? ParquetCompression.Gzip : ParquetCompression.None;
        var begin = Position;
        foreach (var page in pending)
        {
            var content = isSmaller ? page.Compressed : page.Plain;
            if (page.Type == ParquetPageType.Dictionary)
                chunk.DictionaryOffset = Position;
            else
                chunk.DataOffset = Position;
            var header = Header(page, content.Length);
            WriteRaw(header);
            WriteRaw(content);
            chunk.UncompressedSize += header.Length + page.Plain.Length;
        }
        chunk.CompressedSize = Position - begin;
        pending.Clear();
    }

    void EndPage(ParquetChunk chunk, ParquetPageType type, int values, ParquetEncoding encoding)
    {
        chunk.Encodings.Add(encoding);
        var plain = Page.WrittenSpan.ToArray();
        pending.Add(new PendingPage(type, values, encoding, plain, Compress(plain)));
        Page.ResetWrittenCount();
    }

    static byte[] Compress(byte[] plain)
    {
        var compressed = new MemoryStream(plain.Length / 2 + 64);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(plain);
        return compressed.ToArray();
    }

    static ReadOnlySpan<byte> Header(PendingPage page, int compressedLength)
    {
        var bytes = new ArrayBufferWriter<byte>(64);
        var header = new ThriftCompactWriter(bytes);
        header.BeginStruct();
        header.WriteInt32(1, (int)page.Type);
        header.WriteInt32(2, page.Plain.Length);
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

    readonly record struct PendingPage(ParquetPageType Type, int Values, ParquetEncoding Encoding, byte[] Plain, byte[] Compressed);
}
