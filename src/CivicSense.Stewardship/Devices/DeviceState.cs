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
    public static DeviceState Of(OpenHours open, DateTimeOffset now, PrivateWords words)
    {
        if (open.Contributions.Count == 0)
        {
            return new DeviceState(false, null, open.ReleasedThrough is { } released
                ? words.Text("device.state.released", ("time", words.Moment(released.End.UtcDateTime, now.UtcDateTime)))
                : words["device.state.new"]);
        }
        var last = DateTimeOffset.FromUnixTimeMilliseconds(open.Contributions.Max(contribution => contribution.LastTime));
        // A sensor's clock may run a little ahead.
        var age = now > last ? now - last : TimeSpan.Zero;
        return new DeviceState(age <= Quiet, last.UtcDateTime, age switch
        {
            { TotalSeconds: < 120 } => words.Text("device.state.seconds", ("seconds", (int)age.TotalSeconds)),
            _ when age <= Quiet => words.Text("device.state.minutes", ("minutes", (int)age.TotalMinutes)),
            _ => words.Text("device.state.silent", ("time", words.Moment(last.UtcDateTime, now.UtcDateTime))),
        });
    }
}
