using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>Ends a release transaction: fence, commit, fence.</summary>
static class FencedCommit
{
    /// <summary>Makes a transaction public. Its last ledger entry must be <paramref name="last"/>.</summary>
    /// <param name="transaction">The transaction, ready to commit.</param>
    /// <param name="fence">The fence.</param>
    /// <param name="last">The last ledger entry that the transaction appended.</param>
    /// <param name="releasedDay">The day that it releases something of; null if it releases nothing.</param>
    /// <param name="cancellationToken">Cancels before the commit, never after.</param>
    /// <exception cref="VaultUnavailableException">Nothing was released; it may be tried again.</exception>
    public static async ValueTask CommitAsync(
        this IReleaseTransaction transaction, ReleaseFence fence, LedgerEntry last, PrivacyDay? releasedDay, CancellationToken cancellationToken)
    {
        Write(() => fence.Prepare(last, releasedDay));
        await transaction.CommitAsync(cancellationToken);
        try
        {
            fence.Publish();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The release is done. The prepared point stays in the file and says the same; the next release or start settles it.
        }
    }

    /// <summary>Makes the fence agree with a database in order, after a start.</summary>
    /// <exception cref="VaultUnavailableException">The fence cannot be written now.</exception>
    public static void Settle(ReleaseFence fence, ReleaseState state) => Write(() => fence.Settle(state));

    /// <summary>Makes the ledger entry that follows the newest of <paramref name="state"/>.</summary>
    public static LedgerEntry Entry(
        ReleaseState state, LedgerEntryKind kind, DateTimeOffset now, PrivacyDay day, HourWindow? window, string planHash, int keys,
        string valuesHash, decimal rho) =>
        LedgerEntry.Create(
            new LedgerRecord(state.LedgerLength + 1, kind, now, day, window, planHash, keys, valuesHash, rho), state.LedgerHead);

    /// <summary>Where the ledger stands after <paramref name="entry"/>.</summary>
    public static ReleaseState After(this ReleaseState state, LedgerEntry entry) =>
        state with { LedgerLength = entry.Content.Sequence, LedgerHead = entry.Hash };

    static void Write(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new VaultUnavailableException("The fence file cannot be written. Make room on its disk and let the node write there.", exception);
        }
    }
}
