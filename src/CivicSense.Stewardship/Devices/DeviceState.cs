using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Stewardship;

/// <summary>Whether a device works, as far as its open hours tell.</summary>
/// <param name="IsSending">Whether its newest reading is at most <see cref="Quiet"/> old.</param>
/// <param name="LastReading">The time of the newest reading that is still there, UTC; null for none.</param>
/// <param name="Text">The same in words.</param>
sealed record DeviceState(bool IsSending, DateTime? LastReading, string Text)
{
    /// <summary>Sensors send every few minutes; after three times that something is likely to be wrong.</summary>
    static readonly TimeSpan Quiet = TimeSpan.FromMinutes(15);

    /// <summary>Judges a device by its open hours.</summary>
    public static DeviceState Of(OpenHours open, DateTimeOffset now, LocalTime local)
    {
        if (open.Contributions.Count == 0)
        {
            return new DeviceState(false, null, open.ReleasedThrough is { } released
                ? $"Nothing since {local.Moment(released.End.UtcDateTime, now.UtcDateTime)} at least. "
                    + "What came earlier is deleted, so the node cannot say more."
                : "Nothing has come from it yet.");
        }
        var last = DateTimeOffset.FromUnixTimeMilliseconds(open.Contributions.Max(contribution => contribution.LastTime));
        // A sensor's clock may run a little ahead.
        var age = now > last ? now - last : TimeSpan.Zero;
        return new DeviceState(age <= Quiet, last.UtcDateTime, age switch
        {
            { TotalSeconds: < 120 } => $"It works: last reading {(int)age.TotalSeconds} s ago.",
            _ when age <= Quiet => $"It works: last reading {(int)age.TotalMinutes} min ago.",
            _ => $"Nothing since {local.Moment(last.UtcDateTime, now.UtcDateTime)}.",
        });
    }
}
