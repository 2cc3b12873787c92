using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>
/// Shuts the windows of this process against new contributions. Other processes have theirs: see <see cref="IWindowGate"/>.
/// </summary>
public interface IWindowClosing
{
    /// <summary>Accepts nothing more for <paramref name="through"/> or any earlier window.</summary>
    /// <returns>
    /// Completes when everything that this process had accepted for those windows is durable in the vault, and the registry has been told
    /// or could not be.
    /// </returns>
    ValueTask CloseAsync(HourWindow through, CancellationToken cancellationToken);
}
