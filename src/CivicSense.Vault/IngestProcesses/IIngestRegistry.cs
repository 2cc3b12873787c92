using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>Where this process says that it ingests, that it lives, and how far it has closed its windows.</summary>
/// <remarks>
/// <para>Calling protocol: <see cref="RegisterAsync"/> once, before contributions are read or committed; then <see cref="ReportAsync"/>
/// every few seconds and whenever windows were closed; <see cref="StopAsync"/> once, after the last commit. Safe for concurrent use.</para>
/// <para>The name is the store's (on PostgreSQL an option of its connection). Where only one process can use the store, the registry is the
/// process itself.</para>
/// </remarks>
public interface IIngestRegistry
{
    /// <summary>
    /// Takes the name. When the call has returned, nothing that an earlier process of this name had not committed is committed any more.
    /// </summary>
    /// <returns>The incarnation: greater than that of any process that had the name before.</returns>
    /// <exception cref="IngestNameTakenException">Another process has the name, and lives.</exception>
    /// <exception cref="VaultUnavailableException">The vault cannot be written now; the same call may succeed later.</exception>
    ValueTask<long> RegisterAsync(CancellationToken cancellationToken);

    /// <summary>Says that the process lives, and how far it has come.</summary>
    /// <param name="closedThrough">
    /// The newest window that it has closed, with everything that it had accepted for that and earlier windows durable; null before the
    /// first.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How far the release has come, and what time it is for the store.</returns>
    /// <exception cref="IngestReplacedException">Another process has taken the name. This one must stop.</exception>
    /// <exception cref="VaultUnavailableException">Nothing was said; the same call may succeed later.</exception>
    ValueTask<IngestAnswer> ReportAsync(HourWindow? closedThrough, CancellationToken cancellationToken);

    /// <summary>
    /// Says that nothing more will come from this process, and gives the name back. Does nothing where it is not registered.
    /// </summary>
    /// <exception cref="VaultUnavailableException">It could not be said: the process will be waited for until its time is up.</exception>
    ValueTask StopAsync(CancellationToken cancellationToken);
}

/// <summary>What the store answers to a report.</summary>
/// <param name="ReleasedThrough">
/// The newest window that has been released or given up, in which nothing is taken any more; null before the first.
/// </param>
/// <param name="StoreTime">The store's clock while it answered; null where the store has no clock but that of this process.</param>
public readonly record struct IngestAnswer(HourWindow? ReleasedThrough, DateTimeOffset? StoreTime);

/// <summary>Another process that lives ingests under the name already.</summary>
public sealed class IngestNameTakenException(string name) : Exception(
    (name.Length == 0
        ? "Another process that has no name takes readings into this database already."
        : $"Another process takes readings into this database under the name '{name}' already.")
    + " Stop it, or start this one under a name of its own: --name NAME.");

/// <summary>Another process has taken this one's name and goes on where it was, so that this one may not write any more.</summary>
public sealed class IngestReplacedException() : Exception(
    "Another process has taken over the name under which this one took readings, so this one stops. "
    + "What it had acknowledged is stored. Give each process a name of its own: --name NAME.");
