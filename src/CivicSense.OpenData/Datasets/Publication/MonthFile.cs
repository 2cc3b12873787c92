namespace CivicSense.OpenData;

/// <summary>A file of <see cref="MonthFiles"/>, whatever its rows are.</summary>
/// <param name="entry">What the manifest says of it, but for rows, length and hash.</param>
/// <param name="workPath">Where it is written.</param>
/// <param name="stream">The open file; owned.</param>
abstract class MonthFile(DatasetFileEntry entry, string workPath, HashingStream stream) : IDisposable
{
    DatasetFileEntry? completed;

    /// <summary>How many rows have been written.</summary>
    public long Rows { get; protected set; }

    /// <summary>Where it is written.</summary>
    public string WorkPath { get; } = workPath;

    /// <summary>Ends the file, makes it durable and gives back the memory that it took. More than once is the same as once.</summary>
    public DatasetFileEntry Complete()
    {
        if (completed is not null)
            return completed;
        EndRows();
        var bytes = stream.Length;
        var hash = stream.Complete();
        stream.Dispose();
        return completed = entry with { Rows = Rows, Bytes = bytes, Sha256 = hash };
    }

    public void Dispose()
    {
        try
        {
            AbandonRows();
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

    /// <summary>Writes what is left of the rows, and forgets what writes them.</summary>
    protected abstract void EndRows();

    /// <summary>Forgets what writes rows.</summary>
    protected abstract void AbandonRows();
}

/// <summary>A file of <see cref="MonthFiles"/>.</summary>
sealed class MonthFile<TRow>(DatasetFileEntry entry, string workPath, HashingStream stream, ITableSink<TRow> sink)
    : MonthFile(entry, workPath, stream)
{
    ITableSink<TRow>? open = sink;

    /// <summary>Writes a row.</summary>
    /// <exception cref="InvalidOperationException">The file is complete.</exception>
    public void Write(TRow row)
    {
        (open ?? throw new InvalidOperationException("The file is complete.")).Write(row);
        Rows++;
    }

    protected override void EndRows()
    {
        open!.Complete();
        AbandonRows();
    }

    protected override void AbandonRows()
    {
        open?.Dispose();
        open = null;
    }
}
