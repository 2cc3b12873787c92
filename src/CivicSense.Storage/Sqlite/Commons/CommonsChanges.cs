using System.Globalization;

namespace CivicSense.Storage;

/// <summary>
/// Counts the changes of what is public in a file. Thread-safe. Only for the process that makes them: it alone knows when.
/// </summary>
sealed class CommonsChanges
{
    long count;

    /// <summary>Another text after each change.</summary>
    public string Version => Interlocked.Read(ref count).ToString(CultureInfo.InvariantCulture);

    /// <summary>Called after a commit that may have changed something; also after one that failed, for it may stand.</summary>
    public void Note() => Interlocked.Increment(ref count);
}
