namespace CivicSense.Benchmarks.Ingest;

enum LoadState
{
    Unopened,
    Connecting,
    Greeting,
    Ready,
    Closed,
}

/// <summary>One client of the load generator.</summary>
/// <param name="template">What it publishes.</param>
/// <param name="window">How many messages it has in flight; with a pace, at most.</param>
sealed class LoadConnection(PublishTemplate template, int window)
{
    readonly long[] intended = new long[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)window)];
    uint sent;
    uint acknowledged;

    public LoadState State { get; set; }

    /// <summary>Its place among the generator's connections.</summary>
    public int Number { get; set; }

    public int Socket { get; set; } = -1;

    public PublishTemplate Template => template;

    public int Window => window;

    /// <summary>Messages a second, each sent at its own time; 0: the next as soon as one is acknowledged.</summary>
    public double Pace { get; init; }

    /// <summary>When the next message of a paced connection is due.</summary>
    public long NextDue { get; set; }

    /// <summary>Whether its times are part of the result.</summary>
    public bool IsMeasured { get; init; } = true;

    public int InFlight => (int)(sent - acknowledged);

    public bool HasRoom => InFlight < window;

    /// <summary>What the kernel did not take yet.</summary>
    public byte[] Unsent { get; set; } = [];

    /// <summary>Bytes of an incomplete acknowledgement, lowest address in the highest byte.</summary>
    public uint Partial { get; set; }

    public int PartialLength { get; set; }

    public long BegunAt { get; set; }

    /// <summary>Remembers when a message should have been sent.</summary>
    public void Sent(long when)
    {
        intended[sent & (uint)(intended.Length - 1)] = when;
        unchecked { sent++; }
    }

    /// <summary>Takes the oldest message's acknowledgement. False if this is not the one that is due.</summary>
    public bool TryAcknowledge(ushort identifier, out long when)
    {
        when = intended[acknowledged & (uint)(intended.Length - 1)];
        // Identifiers run from 1 to 65,535 and begin again.
        var isDue = InFlight > 0 && identifier == acknowledged % ushort.MaxValue + 1;
        unchecked { acknowledged++; }
        return isDue;
    }
}
