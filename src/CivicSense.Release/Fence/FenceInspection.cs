namespace CivicSense.Release;

/// <summary>Compares a fence file with a database for whoever looks after a node. Changes nothing, and settles nothing.</summary>
public static class FenceInspection
{
    /// <summary>Compares them as they are now.</summary>
    /// <param name="path">The fence file, which need not exist.</param>
    /// <param name="state">Where the database says that the release stands.</param>
    /// <exception cref="FormatException">The file is no fence. The message says what to do.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static FenceVerdict Compare(string path, ReleaseState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return ReleaseFence.Open(path).Inspect(state) switch
        {
            FenceFinding.InOrder => FenceVerdict.InOrder,
            FenceFinding.Committed or FenceFinding.CutOff => FenceVerdict.Unsettled,
            FenceFinding.Missing => FenceVerdict.Missing,
            FenceFinding.FenceIsOlder => FenceVerdict.FenceIsOlder,
            _ => FenceVerdict.DatabaseIsOlder,
        };
    }
}

/// <summary>How a fence file and a database stand to each other.</summary>
public enum FenceVerdict
{
    /// <summary>They agree; or there is neither a fence nor a ledger yet.</summary>
    InOrder,

    /// <summary>A release is being committed, or was when its process ended. The next start settles it, and nothing is lost.</summary>
    Unsettled,

    /// <summary>There is a ledger but no fence.</summary>
    Missing,

    /// <summary>The database has gone on without this fence.</summary>
    FenceIsOlder,

    /// <summary>The database is older than what this fence knows to be public.</summary>
    DatabaseIsOlder,
}
