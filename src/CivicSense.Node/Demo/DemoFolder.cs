using CivicSense.Node.Settings;

namespace CivicSense.Node.Demo;

/// <summary>The demo's data folder: one that was asked for and is kept, or a temporary one that goes with the demo.</summary>
sealed class DemoFolder : IDisposable
{
    readonly bool temporary;

    DemoFolder(string path, bool temporary) => (Path, this.temporary) = (path, temporary);

    public string Path { get; }

    /// <exception cref="UserErrorException">The folder holds a database already.</exception>
    public static DemoFolder Create(string? path)
    {
        if (path is null)
            return new DemoFolder(Directory.CreateTempSubdirectory("civicsense-demo-").FullName, temporary: true);
        if (new DataFolder(path).HasDatabase)
            throw new UserErrorException(
                $"--data: '{path}' holds a database already. Choose an empty folder; a demo always begins afresh.");
        return new DemoFolder(path, temporary: false);
    }

    public void Dispose()
    {
        if (temporary)
            Directory.Delete(Path, recursive: true);
    }
}
