namespace CivicSense.Storage;

/// <summary>The database cannot be opened as it is. The message says why and what to do about it.</summary>
public sealed class UnusableDatabaseException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The database was written by a newer version of the program; opening it with this one could damage it.</summary>
public sealed class DatabaseNewerException(string path, int databaseVersion, int supportedVersion)
    : Exception(
        $"The database '{path}' has schema version {databaseVersion}, but this program knows only up to version {supportedVersion}. "
        + "Start the newer program that wrote it, or restore a backup made before the upgrade.")
{
    /// <summary>The schema version found in the file.</summary>
    internal int DatabaseVersion { get; } = databaseVersion;

    /// <summary>The newest schema version that this program knows.</summary>
    internal int SupportedVersion { get; } = supportedVersion;
}
