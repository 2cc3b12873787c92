namespace CivicSense.OpenData;

/// <summary>A file of <see cref="MonthFiles"/>, whatever its rows are.</summary>
/// <param name="entry">What the manifest says of it, once rows, length and hash are known.</param>
/// <param name="workPath">Where it is written.</param>
/// <param name="stream">The open file; owned.</param>
/// <param name="sink">What writes to it; owned.</param>
abstract class MonthFile(DatasetFileEntry entry, string workPath, HashingStream stream, ITableSink sink) : IDisposable
{
    /// <summary>How many rows have been written.</summary>
    public long Rows { get; protected set; }

    /// <summary>Where it is written.</summary>
    public string WorkPath { get; } = workPath;

    /// <summary>Ends the file and makes it durable.</summary>
    public DatasetFileEntry Complete()
    {
        sink.Complete();
        var bytes = stream.Length;
        var hash = stream.Complete();
        stream.Dispose();
        return entry with { Rows = Rows, Bytes = bytes, Sha256 = hash };
    }

    public void Dispose()
    {
        try
        {
            sink.Dispose();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // What compression still holds cannot be written, and the file is thrown away.
        }
        finally
        {
            stream.Dispose();
        }
    }
}

/// <summary>A file of <see cref="MonthFiles"/>.</summary>
sealed class MonthFile<TRow>(DatasetFileEntry entry, string workPath, HashingStream stream, ITableSink<TRow> sink)
    : MonthFile(entry, workPath, stream, sink)
{
    public void Write(TRow row)
    {
        sink.Write(row);
        Rows++;
    }
}
