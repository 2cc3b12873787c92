namespace CivicSense.Storage.Tests;

/// <summary>Something that a program asked of a disk, or that a device was told.</summary>
abstract record DiskEvent
{
    /// <summary>
    /// Bytes were given to the operating system; they may reach the disk at any time before the next <see cref="Synced"/>.
    /// </summary>
    public sealed record Written(string File, long Offset, byte[] Bytes) : DiskEvent;

    /// <summary>A file was cut; as late as what is written.</summary>
    public sealed record Truncated(string File, long Length) : DiskEvent;

    /// <summary>Everything asked of the file so far is on the disk.</summary>
    public sealed record Synced(string File) : DiskEvent;

    /// <summary>A file was deleted. SQLite syncs the folder where that matters.</summary>
    public sealed record Deleted(string File) : DiskEvent;

    /// <summary>Everything up to the step with this number has been acknowledged.</summary>
    public sealed record Acknowledged(int Step) : DiskEvent;
}
