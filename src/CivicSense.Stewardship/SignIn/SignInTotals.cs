using Microsoft.Extensions.Logging;

namespace CivicSense.Stewardship;

/// <summary>
/// Counts refused sign-ins for the whole node, never for a device or an address, and logs the totals at most once an hour.
/// </summary>
sealed class SignInTotals(ILogger<SignInTotals> logger)
{
    static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    readonly Lock gate = new();
    long? reported;
    long paced;
    long refused;

    /// <summary>All refused attempts, the paced ones included.</summary>
    public long Refused
    {
        get
        {
            lock (gate) return refused;
        }
    }

    /// <summary>A name or a secret was wrong.</summary>
    public void CountRefused() => Count(wasPaced: false);

    /// <summary>An attempt came too fast to be looked at.</summary>
    public void CountPaced() => Count(wasPaced: true);

    void Count(bool wasPaced)
    {
        lock (gate)
        {
            refused++;
            if (wasPaced)
                paced++;
            // By the machine's clock: on the node's, which readings may drive, an hour can pass in an instant.
            if (reported is { } before && TimeProvider.System.GetElapsedTime(before) < Pause)
                return;
            reported = TimeProvider.System.GetTimestamp();
            logger.SignInsRefused(refused, paced);
        }
    }
}
