using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>
/// A commit holds contributions to windows that have been released. Nothing of it was written; what is late must be left out.
/// </summary>
/// <param name="through">The newest window that has been released or given up.</param>
public sealed class WindowReleasedException(HourWindow through)
    : Exception("A contribution belongs to a window that has already been released.")
{
    /// <summary>The newest window that has been released or given up. Nothing is taken for it and earlier ones, ever.</summary>
    public HourWindow Through { get; } = through;
}
