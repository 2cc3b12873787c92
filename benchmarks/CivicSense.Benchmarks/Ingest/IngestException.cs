namespace CivicSense.Benchmarks.Ingest;

/// <summary>Something is wrong with what was asked for, or with this machine.</summary>
sealed class IngestException(string message) : Exception(message);
