namespace CivicSense.OpenData;

/// <summary>Tells the public face how the node is. Implemented by the node.</summary>
/// <remarks>Everything here is published, so nothing here may depend on what or how much anybody measured.</remarks>
public interface INodeStatus
{
    /// <summary>The state of the node now. Does not throw where the database cannot be reached: that is part of the answer.</summary>
    ValueTask<NodeStatus> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>The state of the node.</summary>
public sealed record NodeStatus
{
    /// <summary>Whether the public data can be read.</summary>
    public required bool DatabaseReachable { get; init; }

    /// <summary>The newest window that was released; null before the first.</summary>
    public HourWindow? LastReleased { get; init; }

    /// <summary>
    /// When the next window is due to be released; null where that is not known, for example before enough households are enrolled.
    /// </summary>
    public DateTimeOffset? NextReleaseDue { get; init; }
}
