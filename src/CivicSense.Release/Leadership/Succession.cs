namespace CivicSense.Release;

/// <summary>What a process knows of the database when it is about to lead, and may do where its fence does not agree with it.</summary>
/// <param name="FollowsAnother">Whether it was another process whose fence last agreed with the database.</param>
/// <param name="KnowsHistory">Whether what our fence has noted is in the database's ledger.</param>
/// <param name="SawItVouchedFor">Whether what our fence has noted was vouched for within the last minute by a live lease.</param>
/// <param name="HasWaited">Whether the process whose fence is right has had its time to come back.</param>
/// <param name="IsContradicted">Whether the database's ledger tells another story than our fence, of a day that is not over.</param>
sealed record Succession(bool FollowsAnother, bool KnowsHistory, bool SawItVouchedFor, bool HasWaited, bool IsContradicted = false)
{
    /// <summary>Nobody else has ever released.</summary>
    public static Succession OfNobody { get; } = new(false, false, false, false);

    /// <summary>What to do about a finding. Every path is in docs/decisions/0016-leader.md.</summary>
    /// <param name="finding">What comparing the fence with the database has shown.</param>
    /// <param name="isSuperseded">Whether only a release that was prepared here, and never committed, stands against the database.</param>
    public SuccessionStep Resolve(FenceFinding finding, bool isSuperseded) => finding switch
    {
        FenceFinding.InOrder or FenceFinding.Committed or FenceFinding.CutOff => SuccessionStep.GoOn,
        _ when !FollowsAnother => SuccessionStep.GiveUp,
        FenceFinding.DatabaseIsOlder when !(KnowsHistory && isSuperseded) => SuccessionStep.GiveUp,
        _ when IsContradicted => SuccessionStep.GiveUp,
        _ when KnowsHistory && SawItVouchedFor => SuccessionStep.Adopt,
        _ when HasWaited => SuccessionStep.GiveUp,
        _ => SuccessionStep.Wait,
    };
}

/// <summary>What a process does before it leads.</summary>
enum SuccessionStep
{
    /// <summary>Fence and database agree, or what they differ in is kept in the fence.</summary>
    GoOn,

    /// <summary>The fence takes over where the database ends.</summary>
    Adopt,

    /// <summary>The present day is given up: what its owners have spent is not known.</summary>
    GiveUp,

    /// <summary>Another process may know better. This one does not lead yet.</summary>
    Wait,
}

/// <summary>The process may not lead now: another may know better what has been published.</summary>
sealed class MustWaitException() : Exception("Another process may know better what has been published.");
