namespace CivicSense.Commons;

/// <summary>Whose time closes windows.</summary>
public enum ClockMode
{
    /// <summary>The machine's clock. The privacy guarantee is claimed for this one.</summary>
    Wall,

    /// <summary>
    /// The newest event time seen, for replays and the demo. One owner's message can then make another's late, so the guarantee is not
    /// claimed.
    /// </summary>
    Event,
}
