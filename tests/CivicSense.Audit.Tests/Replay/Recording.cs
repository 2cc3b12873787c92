using CivicSense.Commons;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>Everything that one run of a node gave out, and what it kept, at every step.</summary>
sealed record Recording
{
    public required Neighbourhood Place { get; init; }

    /// <summary>What happened to the node.</summary>
    public required IReadOnlyList<Incident> Incidents { get; init; }

    /// <summary>All calls of the mechanisms, in order.</summary>
    public required IReadOnlyList<MechanismCall> Calls { get; init; }

    /// <summary>What each device was answered, in order; by the device's name.</summary>
    public required IReadOnlyDictionary<string, List<string>> DeviceAnswers { get; init; }

    /// <summary>What the node kept after each release.</summary>
    public required IReadOnlyList<PrivateState> Kept { get; init; }

    /// <summary>The public tables at the end.</summary>
    public required DatabaseText Published { get; init; }

    /// <summary>What the public face answered, by address and time.</summary>
    public required IReadOnlyList<(string Address, string Answer)> PublicAnswers { get; init; }

    /// <summary>All lines of all loggers, by category.</summary>
    public required IReadOnlyDictionary<string, LogLine[]> Logs { get; init; }

    /// <summary>What was thrown to the parts of the node that run by themselves.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>All plans that were in force, by day.</summary>
    public required IReadOnlyDictionary<PrivacyDay, ReleasePlan> Plans { get; init; }

    /// <summary>The released values in the order of windows and keys.</summary>
    public required IReadOnlyList<long> ReleasedValues { get; init; }

    /// <summary>The released activity in the order of days and areas.</summary>
    public required IReadOnlyList<long> ReleasedActivity { get; init; }

    /// <summary>What is wrong with the run by itself.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public ReleasePlan Plan => Plans[Place.Day];

    public bool IsActivity(MechanismCall call) => call.Inputs.Count == Plans[call.Day].Areas.Length;
}

/// <summary>What a node kept at one moment.</summary>
/// <param name="Time">When, by the node's clock.</param>
/// <param name="CallsSoFar">How many calls of mechanisms came before.</param>
/// <param name="ReleasedThrough">The newest window dealt with.</param>
/// <param name="Vault">The private tables.</param>
/// <param name="Fence">The fence file.</param>
sealed record PrivateState(DateTimeOffset Time, int CallsSoFar, HourWindow? ReleasedThrough, DatabaseText Vault, string Fence);
