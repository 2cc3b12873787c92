using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>Shuts windows against new contributions, so that a release sees them complete and for the last time.</summary>
public interface IWindowGate
{
    /// <summary>Accepts nothing more for <paramref name="through"/> or any earlier window.</summary>
    /// <returns>Completes when everything that was accepted for those windows is durable in the vault.</returns>
    ValueTask CloseAsync(HourWindow through, CancellationToken cancellationToken);
}
