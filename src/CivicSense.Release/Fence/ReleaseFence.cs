using CivicSense.Commons;

namespace CivicSense.Release;

/// <summary>A small file outside the database that remembers how far releases have gone, so that a restored backup cannot repeat one.</summary>
/// <remarks>
/// <para>Calling protocol, one release at a time: <see cref="Prepare"/> before the database commits, <see cref="Publish"/> after. The file is
/// replaced atomically and flushed each time.</para>
/// <para>When the node starts, <see cref="Inspect"/> compares it with the database. A database that ends where the fence says is fine. One
/// that ends where a prepared release began was cut off before its commit: nothing of it was ever public, and it may be done afresh.
/// Any other database is older than what the public has seen: the day must be given up, because what its owners have spent is not known.
/// If the fence is the one that lags behind, it was restored too, or belongs elsewhere: then today must be given up at least.</para>
/// </remarks>
public sealed class ReleaseFence
{
    readonly string path;
    FenceRecord? record;

    ReleaseFence(string path, FenceRecord? record) => (this.path, this.record) = (path, record);

    /// <summary>Opens the fence, which need not exist yet.</summary>
    /// <param name="path">The file. It belongs on the same machine as the node but not into the database's backups.</param>
    /// <exception cref="FormatException">The file exists but is no fence. The message says what to do.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ReleaseFence Open(string path)
    {
        if (!File.Exists(path))
            return new ReleaseFence(path, null);
        try
        {
            return new ReleaseFence(path, FenceRecord.Read(File.ReadAllText(path)));
        }
        catch (FormatException exception)
        {
            throw new FormatException(
                $"The fence file '{path}' is damaged. Move it away and start again: the node will then give up the present day and go on with the next.",
                exception);
        }
    }

    /// <summary>Compares the fence with the database.</summary>
    internal FenceFinding Inspect(ReleaseState state)
    {
        if (record is null)
            return state.LedgerLength == 0 ? FenceFinding.InOrder : FenceFinding.Missing;
        if (record.Prepared?.Head == state.LedgerHead || record.Published?.Head == state.LedgerHead)
            return FenceFinding.InOrder;
        if (record.Published is null && state.LedgerLength == 0)
            return FenceFinding.InOrder;
        // A fence that was itself restored cannot tell how far releases have gone.
        return record.Published?.Sequence >= state.LedgerLength ? FenceFinding.DatabaseIsOlder : FenceFinding.FenceIsOlder;
    }

    /// <summary>The newest day of which anything may have been released; null if nothing was, or if there is no fence.</summary>
    internal PrivacyDay? NewestReleasedDay =>
        new[] { record?.Published?.ReleasedDay, record?.Prepared?.ReleasedDay }.Max();

    /// <summary>Notes what is about to be committed.</summary>
    /// <param name="last">The last ledger entry of the transaction.</param>
    /// <param name="releasedDay">The day that the transaction releases something of; null if it releases nothing.</param>
    /// <exception cref="IOException">The file could not be written: do not commit.</exception>
    internal void Prepare(LedgerEntry last, PrivacyDay? releasedDay) => Replace(new FenceRecord(
        record?.Published,
        new FencePoint(last.Content.Sequence, last.Hash, new[] { releasedDay, record?.Published?.ReleasedDay }.Max())));

    /// <summary>Notes that what was prepared has been committed.</summary>
    /// <exception cref="IOException">The file could not be written. The prepared state still protects.</exception>
    internal void Publish()
    {
        // Also where the file cannot be written now: the next Prepare must not forget what has been published.
        record = new FenceRecord(record?.Prepared ?? record?.Published, null);
        Replace(record);
    }

    /// <summary>Makes the fence agree with a database in order, after a start.</summary>
    internal void Settle(ReleaseState state)
    {
        if (record?.Prepared?.Head == state.LedgerHead)
            Publish();
        else if (record?.Prepared is not null)
            Replace(new FenceRecord(record.Published, null));
    }

    void Replace(FenceRecord next)
    {
        var temporary = path + ".new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            using (var writer = new StreamWriter(stream, leaveOpen: true))
                writer.Write(next.Write());
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
        record = next;
    }
}

/// <summary>What comparing the fence with the database has shown.</summary>
enum FenceFinding
{
    /// <summary>They agree, or a release was cut off before its commit.</summary>
    InOrder,

    /// <summary>There is a ledger but no fence.</summary>
    Missing,

    /// <summary>The fence is older than the database, so it was restored or belongs to another one; what is public beyond both is not known.</summary>
    FenceIsOlder,

    /// <summary>The database is older than what the fence knows to be public.</summary>
    DatabaseIsOlder,
}
