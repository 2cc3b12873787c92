using System.Globalization;

namespace CivicSense.OpenData;

/// <summary>The files of one month of one data set while they are written: apart from the others until all of them are whole.</summary>
/// <remarks>Open files, write rows, <see cref="Publish"/>. Files that were not published are thrown away.</remarks>
sealed class MonthFiles : IDisposable
{
    /// <summary>The folder of files that are being written; no file of a data set has such a name.</summary>
    const string Unfinished = ".unfinished";

    readonly string folder;
    readonly string workFolder;
    readonly List<MonthFile> files = [];

    /// <param name="folder">The data set's folder.</param>
    public MonthFiles(string folder)
    {
        this.folder = folder;
        workFolder = Path.Combine(folder, Unfinished);
        Discard();
        Directory.CreateDirectory(workFolder);
    }

    /// <summary>Begins a file.</summary>
    /// <param name="resolution">'hour' or 'day', or null.</param>
    /// <param name="quantity">Its quantity.</param>
    /// <param name="month">Its month.</param>
    /// <param name="format">Its format.</param>
    /// <param name="createSink">Makes what writes rows to it.</param>
    public MonthFile<TRow> Open<TRow>(
        string? resolution, Quantity quantity, DatasetMonth month, DatasetFormat format, Func<Stream, ITableSink<TRow>> createSink)
    {
        var entry = new DatasetFileEntry(
            DatasetInfo.PathOf(resolution, quantity, month, format), quantity.Id, resolution, format.Id, Rows: 0, Bytes: 0, Sha256: "");
        var workPath = Path.Combine(workFolder, files.Count.ToString(CultureInfo.InvariantCulture));
        // Without a buffer, closing a file on a full disk does not fail once more.
        var stream = new HashingStream(new FileStream(workPath, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0));
        try
        {
            var file = new MonthFile<TRow>(entry, workPath, stream, createSink(stream));
            files.Add(file);
            return file;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Ends all files and moves them to where they belong. Gives them in order of their paths.</summary>
    public IReadOnlyList<DatasetFileEntry> Publish()
    {
        var entries = files.ConvertAll(file => file.Complete());
        for (var i = 0; i < files.Count; i++)
        {
            var target = Path.Combine(folder, entries[i].Path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(files[i].WorkPath, target, overwrite: true);
        }
        return [.. entries.OrderBy(entry => entry.Path, StringComparer.Ordinal)];
    }

    public void Dispose()
    {
        foreach (var file in files)
            file.Dispose();
        Discard();
    }

    void Discard()
    {
        if (Directory.Exists(workFolder))
            Directory.Delete(workFolder, recursive: true);
    }
}
