using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>Reads what the ingest processes have said of themselves.</summary>
public interface IIngestRoster
{
    /// <summary>All processes that have registered, in order of their names, and how far the release has come, as of one moment.</summary>
    /// <exception cref="VaultUnavailableException">The vault cannot be read now.</exception>
    ValueTask<IngestRoster> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>The ingest processes of a node at one moment.</summary>
/// <param name="Processes">Those that have registered, in order of their names. Processes that ended long ago may be left out.</param>
/// <param name="ReleasedThrough">The newest window that has been released or given up; null before the first.</param>
public sealed record IngestRoster(IReadOnlyList<IngestProcess> Processes, HourWindow? ReleasedThrough);

/// <summary>What one ingest process has said of itself.</summary>
/// <param name="Name">Its name. Private: it may say where a machine stands.</param>
/// <param name="Incarnation">Which of the processes of this name it is: a later one has a greater number.</param>
/// <param name="Heartbeat">When it last said something, by the store's clock.</param>
/// <param name="Silence">How long ago that was, by the store's clock. Negative if that clock was set back.</param>
/// <param name="ClosedThrough">The newest window that it has closed and made durable; null if it has closed none yet.</param>
/// <param name="IsStopped">Whether it has ended properly, so that nothing more comes from it.</param>
public sealed record IngestProcess(
    string Name, long Incarnation, DateTimeOffset Heartbeat, TimeSpan Silence, HourWindow? ClosedThrough, bool IsStopped);
