namespace CivicSense.Release;

/// <summary>What comparing the fence with the database has shown.</summary>
enum FenceFinding
{
    /// <summary>They agree.</summary>
    InOrder,

    /// <summary>What was prepared has been committed; only the fence has not been told.</summary>
    Committed,

    /// <summary>What was prepared is not in the database. It must be done over as it was prepared.</summary>
    CutOff,

    /// <summary>There is a ledger but no fence.</summary>
    Missing,

    /// <summary>
    /// The fence is older than the database, so it was restored or belongs to another one; what is public beyond both is not known.
    /// </summary>
    FenceIsOlder,

    /// <summary>The database is older than what the fence knows to be public.</summary>
    DatabaseIsOlder,
}
