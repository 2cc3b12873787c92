namespace CivicSense.Storage;

/// <summary>The file that a copy of a database is written into.</summary>
static class BackupFile
{
    /// <summary>
    /// An empty one that only this account may read: whatever fills it would give a new one the mode of the account's other files.
    /// </summary>
    public static void CreateEmpty(string path)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var created = new FileStream(path, options);
    }

    /// <summary>
    /// Deletes what is left of one that was not finished: it is as private as the database. Nothing is said of one that cannot be deleted,
    /// because the failure that left it is the one to be told.
    /// </summary>
    public static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Brings it to the disk.</summary>
    public static void Flush(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        stream.Flush(flushToDisk: true);
    }
}
