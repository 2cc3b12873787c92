using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Node.Hosting;

/// <summary>The gate of a process that takes no readings: those of the others are refused by the database once their window is released.</summary>
sealed class DistantGate : IWindowGate
{
    /// <inheritdoc/>
    public ValueTask CloseAsync(HourWindow through, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
