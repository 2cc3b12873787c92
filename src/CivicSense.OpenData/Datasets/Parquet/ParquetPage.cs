using System.Buffers;
using System.IO.Compression;

namespace CivicSense.OpenData;

/// <summary>A page that is being written, plain and compressed. Its buffers serve for all pages of a file, one after the other.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "A stream in memory holds nothing that must be given back.")]
sealed class ParquetPage(ParquetPageType type)
{
    readonly MemoryStream compressed = new();

    /// <summary>Whether it has been ended and not been written to the file yet.</summary>
    public bool IsPending { get; private set; }

    public ParquetPageType Type { get; } = type;

    /// <summary>What it holds before compression.</summary>
    public ArrayBufferWriter<byte> Plain { get; } = new();

    /// <summary>What it holds, compressed with gzip.</summary>
    public ReadOnlySpan<byte> Compressed => compressed.GetBuffer().AsSpan(0, (int)compressed.Length);

    /// <summary>How many values it has.</summary>
    public int Values { get; private set; }

    public ParquetEncoding Encoding { get; private set; }

    /// <summary>Ends and compresses it.</summary>
    public void End(int values, ParquetEncoding encoding)
    {
        (Values, Encoding, IsPending) = (values, encoding, true);
        compressed.SetLength(0);
        using var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true);
        gzip.Write(Plain.WrittenSpan);
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        Plain.ResetWrittenCount();
        compressed.SetLength(0);
        IsPending = false;
    }
}
