using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>
/// Shuts windows against new contributions in the whole node, so that a release sees them complete and for the last time.
/// </summary>
public interface IWindowGate
{
    /// <summary>Waits until nothing more comes for <paramref name="through"/> or any earlier window.</summary>
    /// <returns>
    /// Completes when everything that was acknowledged for those windows is durable in the vault. The answer is how many ingest processes
    /// were declared dead meanwhile that had still lived in or after <paramref name="through"/>: what they had not stored yet is missing. 0
    /// where all have answered.
    /// </returns>
    ValueTask<int> CloseAsync(HourWindow through, CancellationToken cancellationToken);
}
