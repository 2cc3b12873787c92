namespace CivicSense.Node.References;

/// <summary>A file; it counts as changed when its time or its length has changed.</summary>
sealed class FileDocument(string path) : IReferenceDocument
{
    (DateTime Written, long Length)? seen;

    public ValueTask<Stream?> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw new ReferenceSourceException("There is no such file. Is its path right, relative to the configuration file?");
            var state = (file.LastWriteTimeUtc, file.Length);
            if (state == seen)
                return ValueTask.FromResult<Stream?>(null);
            // Shared with whatever writes it, which must not fail because the node reads.
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            seen = state;
            return ValueTask.FromResult<Stream?>(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ReferenceSourceException("The file cannot be read. Check its permissions.", exception);
        }
    }

    public void Forget() => seen = null;
}
