using System.IO.Compression;
using System.Text;

namespace CivicSense.OpenData;

/// <summary>The zip file of an <see cref="OfflineArchive"/>.</summary>
/// <param name="zip">The file.</param>
/// <param name="newest">
/// When the newest release in it was recorded. All entries are as old as that: the archive says nothing of when it was made.
/// </param>
sealed class ArchiveFile(ZipArchive zip, DateTimeOffset newest)
{
    /// <summary>The earliest time that a zip file can state.</summary>
    public static DateTimeOffset Earliest { get; } = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public void WriteText(string path, string text) => WriteBytes(path, Encoding.UTF8.GetBytes(text));

    public void WriteBytes(string path, ReadOnlySpan<byte> content)
    {
        using var stream = Create(path, CompressionLevel.Optimal);
        stream.Write(content);
    }

    /// <summary>Adds a file as it is.</summary>
    public async Task CopyAsync(string path, string source, CancellationToken cancellationToken)
    {
        // They are compressed already.
        await using var from = File.OpenRead(source);
        await using var to = Create(path, CompressionLevel.NoCompression);
        await from.CopyToAsync(to, cancellationToken);
    }

    /// <summary>Opens a new entry. Only one can be open at a time.</summary>
    public Stream Create(string path, CompressionLevel level)
    {
        var entry = zip.CreateEntry(path, level);
        entry.LastWriteTime = newest > Earliest ? newest : Earliest;
        return entry.Open();
    }
}
