using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>Writes fence and database in the order that keeps a release from being done twice.</summary>
static class FencedCommit
{
    /// <summary>Commits a transaction that appends to the ledger but releases nothing.</summary>
    /// <param name="transaction">The transaction, ready to commit.</param>
    /// <param name="fence">The fence.</param>
    /// <param name="entry">The one ledger entry that the transaction appended.</param>
    /// <exception cref="VaultUnavailableException">Nothing was committed; it may be tried again.</exception>
    public static async ValueTask CommitAsync(this IReleaseTransaction transaction, ReleaseFence fence, LedgerEntry entry)
    {
        WriteFence(() => fence.Prepare(entry, entry.PreviousHash, release: null));
        await transaction.CommitAsync(CancellationToken.None);
        PublishQuietly(fence);
    }

    /// <summary>Notes in the fence that a commit has succeeded.</summary>
    public static void PublishQuietly(ReleaseFence fence) => Quietly(fence.Publish);

    /// <summary>Writes the fence after a commit that stands in any case.</summary>
    public static void Quietly(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The commit stands. What was prepared stays in the fence, says the same, and is settled before anything else is released.
        }
    }

    /// <summary>Writes the fence, and reports that it cannot be written in the words of the store.</summary>
    /// <exception cref="FenceUnavailableException">The fence cannot be written now.</exception>
    public static void WriteFence(Action write)
    {
        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FenceUnavailableException(exception);
        }
    }

    /// <summary>Reads the fence again, and reports that it cannot be read in the words of the store.</summary>
    /// <exception cref="VaultUnavailableException">The fence cannot be read now.</exception>
    /// <exception cref="FormatException">The file is no fence.</exception>
    public static void ReadFence(ReleaseFence fence)
    {
        try
        {
            fence.Reload();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new VaultUnavailableException(
                "The fence file cannot be read. Let the node read it, and see whether its disk is there.", exception);
        }
    }

    /// <summary>Makes the ledger entry that follows the newest of <paramref name="state"/>.</summary>
    public static LedgerEntry Entry(
        ReleaseState state, LedgerEntryKind kind, DateTimeOffset now, PrivacyDay day, HourWindow? window, string planHash, int keys,
        string valuesHash, decimal rho, int absent = 0) =>
        LedgerEntry.Create(
            new LedgerRecord(state.LedgerLength + 1, kind, now, day, window, planHash, keys, valuesHash, rho, absent), state.LedgerHead);

    /// <summary>Where the ledger stands after <paramref name="entry"/>.</summary>
    public static ReleaseState After(this ReleaseState state, LedgerEntry entry) =>
        state with { LedgerLength = entry.Content.Sequence, LedgerHead = entry.Hash };
}
