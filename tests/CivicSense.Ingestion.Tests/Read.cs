using System.Text;

namespace CivicSense.Ingestion.Tests;

/// <summary>What one payload was read as.</summary>
sealed record Read(bool IsWellFormed, IReadOnlyList<Reading> Readings, IReadOnlyDictionary<ReadingOutcome, long> Refused)
{
    /// <summary>Receive time of all payloads, milliseconds since 1970.</summary>
    public static readonly long Now = ManualClock.Start.ToUnixTimeMilliseconds();

    public static Read Payload(string json) => Payload(Encoding.UTF8.GetBytes(json));

    public static Read Payload(ReadOnlySpan<byte> payload)
    {
        var buffer = new ReadingBuffer();
        var isWellFormed = PayloadReader.TryRead(payload, Now, buffer);
        var statistics = new IngestionStatistics();
        buffer.CountRefused(statistics);
        var refused = statistics.Snapshot().Where(pair => pair.Value != 0).ToDictionary();
        return isWellFormed ? new Read(true, buffer.Readings.ToArray(), refused) : new Read(false, [], refused);
    }

    /// <summary>The only reading, with nothing refused.</summary>
    public static Reading Single(string json)
    {
        var read = Payload(json);
        Assert.True(read.IsWellFormed);
        Assert.Empty(read.Refused);
        return Assert.Single(read.Readings);
    }

    public static void IsMalformed(string json) => Assert.False(Payload(json).IsWellFormed, json);

    /// <summary>Asserts that nothing was read and one thing was refused for a reason.</summary>
    public static void IsRefused(string json, ReadingOutcome reason)
    {
        var read = Payload(json);
        Assert.True(read.IsWellFormed, json);
        Assert.Empty(read.Readings);
        Assert.Equal([KeyValuePair.Create(reason, 1L)], read.Refused);
    }
}
