namespace CivicSense.Benchmarks.Utility;

/// <summary>Something that the person who started the benchmark can put right; the message says what.</summary>
sealed class UtilityException(string message) : Exception(message);
