namespace CivicSense.Ingestion;

/// <summary>What clients without a user name get: they may read what is public, and nothing else.</summary>
public sealed record AnonymousReaderOptions
{
    /// <summary>Whether they are let in at all. Default true.</summary>
    public bool Allowed { get; init; } = true;

    /// <summary>
    /// Most of them connected from one address at a time; an IPv6 network of 64 bits is one address. Default 16; 1 to 1,000,000.
    /// </summary>
    public int MaximumPerAddress { get; init; } = 16;

    /// <summary>Most of them connected at a time, so that room for devices is left. Default 2,000; 1 to 1,000,000.</summary>
    public int Maximum { get; init; } = 2000;
}
