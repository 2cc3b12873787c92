namespace CivicSense.FirmwareSim;

/// <summary>How far a run has come: everything before <paramref name="EventTime"/> was sent and acknowledged.</summary>
/// <param name="EventTime">The end of the hour that was just finished. In live mode the time of the last message.</param>
/// <param name="Sent">What was sent since the run began.</param>
public sealed record FleetProgress(DateTimeOffset EventTime, FleetCounts Sent);

/// <summary>What goes wrong in the field, and is made to go wrong here.</summary>
public enum FleetFault
{
    /// <summary>A device whose values are off by a constant: particles and gases by a factor, the rest by an offset.</summary>
    ConstantBias,

    /// <summary>A message that was never sent because the device fell silent for some hours.</summary>
    DropOut,

    /// <summary>The same message published twice, as firmware does that has lost track.</summary>
    Duplicate,

    /// <summary>The same message published again with the DUP flag, as after a lost acknowledgement (MQTT 5.0, section 4.4).</summary>
    Redelivery,

    /// <summary>A message that repeats the value from which the sensor has not moved for hours.</summary>
    StuckValue,

    /// <summary>A message with a value that cannot be, such as 3276.7 °C.</summary>
    OutOfRange,

    /// <summary>A message that is not a SenML pack: cut off, too deep, wrong types, or NaN.</summary>
    Malformed,

    /// <summary>A message sent an hour and a half after it was measured.</summary>
    Late,

    /// <summary>A message of a device whose clock is a year ahead.</summary>
    ClockAhead,
}

/// <summary>What a source has sent.</summary>
public sealed record FleetCounts
{
    readonly long[] faults;

    internal FleetCounts(long messages, long readings, long[] faults)
    {
        Messages = messages;
        Readings = readings;
        this.faults = faults;
    }

    /// <summary>Nothing yet.</summary>
    public static FleetCounts None { get; } = new(0, 0, new long[Tally.Faults]);

    /// <summary>Messages published, repetitions and malformed ones included.</summary>
    public long Messages { get; }

    /// <summary>Values in the well-formed messages among them, repetitions included.</summary>
    public long Readings { get; }

    /// <summary>The number of messages with the given fault. A message may have several.</summary>
    public long Of(FleetFault fault) => faults[(int)fault];

    /// <inheritdoc/>
    public bool Equals(FleetCounts? other) =>
        other is not null && Messages == other.Messages && Readings == other.Readings && faults.AsSpan().SequenceEqual(other.faults);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Messages, Readings);
}

/// <summary>The counters of one device. Written by the worker that drives it, read between two hours.</summary>
sealed class Tally
{
    public static readonly int Faults = Enum.GetValues<FleetFault>().Length;

    readonly long[] faults = new long[Faults];

    public long Messages { get; set; }

    public long Readings { get; set; }

    public void Count(FleetFault fault) => faults[(int)fault]++;

    public static FleetCounts Sum(IEnumerable<Tally> tallies)
    {
        long messages = 0, readings = 0;
        var byFault = new long[Faults];
        foreach (var tally in tallies)
        {
            messages += tally.Messages;
            readings += tally.Readings;
            for (var i = 0; i < Faults; i++) byFault[i] += tally.faults[i];
        }
        return new FleetCounts(messages, readings, byFault);
    }
}
