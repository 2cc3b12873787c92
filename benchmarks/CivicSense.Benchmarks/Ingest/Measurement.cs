using HdrHistogram;

namespace CivicSense.Benchmarks.Ingest;

/// <summary>One line of the result. Values that a server does not tell are null.</summary>
/// <param name="Server">Who was measured.</param>
/// <param name="What">The load: shape, pace, number of devices.</param>
/// <param name="Rate">Messages a second: acknowledged, or at QoS 0 received.</param>
/// <param name="P50">Milliseconds from the message to its acknowledgement, median.</param>
/// <param name="P99">The same, 99th percentile.</param>
/// <param name="P999">The same, 99.9th percentile.</param>
/// <param name="ProcessorMicroseconds">Processor time of the server for a message.</param>
/// <param name="AllocatedBytes">Bytes allocated for a message.</param>
/// <param name="ResidentBytes">Memory of the server at the end.</param>
/// <param name="Lost">Messages acknowledged and not counted in the database; at QoS 0 sent and not counted.</param>
sealed record Measurement(
    string Server, string What, double? Rate, double? P50, double? P99, double? P999, double? ProcessorMicroseconds, double? AllocatedBytes,
    long ResidentBytes, long? Lost)
{
    /// <summary>A latency in milliseconds; null if there is none.</summary>
    public static double? Milliseconds(LongHistogram histogram, double percentile) =>
        histogram.TotalCount == 0 ? null : histogram.GetValueAtPercentile(percentile) / 1e6;
}
