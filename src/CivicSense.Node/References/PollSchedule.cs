namespace CivicSense.Node.References;

/// <summary>When a source is looked at next: at its interval, and ever less often while it fails.</summary>
/// <remarks>Each pause is moved by up to a tenth, so that many nodes do not ask one server in the same second.</remarks>
sealed class PollSchedule(TimeSpan interval)
{
    /// <summary>The longest pause while a source fails, unless its interval is longer.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(2);

    const int MostDoublings = 10;

    int failures;

    /// <summary>The pause after an attempt.</summary>
    /// <param name="succeeded">Whether the attempt did.</param>
    /// <param name="chance">A random number from 0 to 1.</param>
    public TimeSpan Next(bool succeeded, double chance)
    {
        failures = succeeded ? 0 : Math.Min(failures + 1, MostDoublings);
        var pause = interval * Math.Pow(2, Math.Max(0, failures - 1));
        var longest = interval > LongestPause ? interval : LongestPause;
        return (pause < longest ? pause : longest) * (0.9 + 0.2 * chance);
    }
}
