using CivicSense.Commons;

namespace CivicSense.Release;

/// <summary>
/// A small file outside the database that remembers how far releases have gone, so that none is ever done twice with fresh noise.
/// </summary>
/// <remarks>
/// <para>Calling protocol, one release at a time: <see cref="Prepare"/> before the database commits, <see cref="Publish"/> after. The file
/// is replaced atomically and flushed each time, and readable by the node's account only.</para>
/// <para>A prepared release stays in the fence, noise and all, until it is known to have committed. If it was cut off, it is done over
/// with the same values. So it makes no difference whether the database lost it in a crash or because a backup was restored.</para>
/// <para>A database that ends neither where the fence says nor just before is older than what the public has seen. Then the day must be
/// given up, because what its owners have spent is not known. See docs/decisions/0005-fence.md.</para>
/// </remarks>
public sealed class ReleaseFence
{
    /// <summary>What a probe writes at least.</summary>
    const int SmallestProbe = 65536;

    readonly string path;
    int newestLength;
    // Replaced as a whole; whoever renews a lease reads it while a release writes it.
    volatile FenceRecord? record;

    ReleaseFence(string path, FenceRecord? record) => (this.path, this.record) = (path, record);

    /// <summary>Opens the fence, which need not exist yet.</summary>
    /// <param name="path">The file. It belongs on the same machine as the node but not into the database's backups.</param>
    /// <exception cref="FormatException">The file exists but is no fence. The message says what to do.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ReleaseFence Open(string path)
    {
        return new ReleaseFence(path, File.Exists(path) ? Read(path) : null);
    }

    static FenceRecord Read(string path)
    {
        try
        {
            return FenceRecord.Read(File.ReadAllText(path));
        }
        catch (FormatException exception)
        {
            throw new FormatException(
                $"The fence file '{path}' is damaged. Move it away and start again: "
                    + "the node will then give up the present day and go on with the next.",
                exception);
        }
    }

    /// <summary>The newest day of which anything may have been released; null if nothing was, or if there is no fence.</summary>
    internal PrivacyDay? NewestReleasedDay => new[] { record?.Published?.ReleasedDay, record?.Prepared?.Point.ReleasedDay }.Max();

    /// <summary>The newest window that may have been released; null if none was, or if there is no fence.</summary>
    internal HourWindow? NewestReleasedWindow =>
        new[] { record?.Published?.ReleasedThrough, record?.Prepared?.Point.ReleasedThrough }.Max();

    /// <summary>The last window of the newest day of which anything may have been released, as its plan fixed it.</summary>
    internal HourWindow? NewestDayEnd => new[] { record?.Published?.DayEnd, record?.Prepared?.Point.DayEnd }.Max();

    /// <summary>What was being committed when the fence was last written; null if everything is settled.</summary>
    internal FencePreparation? Prepared => record?.Prepared;

    /// <summary>Whether something was being committed when the fence was last written.</summary>
    internal bool IsUnsettled => record is { IsUnsettled: true };

    /// <summary>Whether the giving up of a day is on its way that the database ends with.</summary>
    internal bool HasGivenUp(ReleaseState state) => record?.GivenUp?.Point.Head == state.LedgerHead;

    /// <summary>What the fence holds at this moment, to be compared later; null if there is none.</summary>
    internal FenceRecord? Content => record;

    /// <summary>The ledger entry that the database had when the fence was last written; null if there is no fence.</summary>
    internal (long Sequence, string Head)? Noted => record switch
    {
        null => null,
        { Prepared: { } prepared } => (prepared.Point.Sequence - (prepared.Release?.Entries.Length ?? 1), prepared.PreviousHead),
        { Published: { } published } => (published.Sequence, published.Head),
        _ => null,
    };

    /// <summary>Reads the file again: somebody else may have written it. One that has gone is as good as unchanged.</summary>
    /// <exception cref="FormatException">The file is no fence.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal void Reload()
    {
        if (File.Exists(path))
            record = Read(path);
    }

    /// <summary>Whether the database goes on from where the fence was, and only what was prepared here never came to be.</summary>
    internal bool IsSupersededBy(ReleaseState state) =>
        Prepared is not null && !(record?.Published?.ReleasedThrough > state.ReleasedThrough) && !IsBeforeGivingUp(record, state);

    /// <summary>The database lacks what it had when a day was about to be given up.</summary>
    static bool IsBeforeGivingUp(FenceRecord? record, ReleaseState state) => record?.GivenUp?.Point.Sequence - 1 > state.LedgerLength;

    /// <summary>Compares the fence with the database.</summary>
    internal FenceFinding Inspect(ReleaseState state) => Inspect(record, state);

    /// <summary>Compares what a fence held with the database.</summary>
    internal static FenceFinding Inspect(FenceRecord? record, ReleaseState state)
    {
        if (record is null)
            return state.LedgerLength == 0 ? FenceFinding.InOrder : FenceFinding.Missing;
        if (record.GivenUp?.Point.Head == state.LedgerHead)
            return FenceFinding.Committed;
        // Otherwise giving up that was cut off counts for nothing: what was wrong before it still is, or another process has put it right.
        if (IsBeforeGivingUp(record, state))
            return FenceFinding.DatabaseIsOlder;
        if (record is { Published: null, Prepared: null })
            return Inspect(null, state);
        if (record.Published?.ReleasedThrough is { } through && !(state.ReleasedThrough >= through))
            return FenceFinding.DatabaseIsOlder;
        if (record.Prepared is { } prepared)
        {
            if (prepared.Point.Head == state.LedgerHead)
                return FenceFinding.Committed;
            if (prepared.PreviousHead == state.LedgerHead)
                return FenceFinding.CutOff;
        }
        else if ((record.Published?.Head ?? LedgerEntry.Genesis) == state.LedgerHead)
        {
            return FenceFinding.InOrder;
        }
        // A fence that was itself restored cannot tell how far releases have gone.
        return (record.Prepared?.Point ?? record.Published)?.Sequence < state.LedgerLength
            ? FenceFinding.FenceIsOlder
            : FenceFinding.DatabaseIsOlder;
    }

    /// <summary>Makes sure that a transaction continues what the last one left, before it reads or writes anything.</summary>
    /// <exception cref="InvalidOperationException">
    /// The database is another one than the last release went to: somebody exchanged it while the node ran. Stop; the next start settles
    /// it.
    /// </exception>
    internal void RequireSameDatabase(ReleaseState state)
    {
        if (Inspect(state) is not (FenceFinding.InOrder or FenceFinding.Committed))
            throw Exchanged();
    }

    /// <summary>The same for somebody who has read the state while a release may have been under way.</summary>
    /// <param name="before">What the fence held before the state was read.</param>
    /// <param name="state">The state.</param>
    /// <returns>Whether the database is known to be the same; false while a release is being committed.</returns>
    /// <exception cref="InvalidOperationException">The database is another one.</exception>
    internal bool IsSameDatabase(FenceRecord? before, ReleaseState state)
    {
        var now = record;
        FenceFinding[] findings = [Inspect(before, state), Inspect(now, state)];
        if (findings.Any(finding => finding is FenceFinding.InOrder or FenceFinding.Committed))
            return true;
        // A release that began or ended meanwhile leaves a fence that is not the one before.
        if (findings.Contains(FenceFinding.CutOff) || !ReferenceEquals(before, now))
            return false;
        throw Exchanged();
    }

    static InvalidOperationException Exchanged() =>
        new("The database is not the one that the last release went to. Was it exchanged while the node ran?");

    /// <summary>Notes what is about to be committed.</summary>
    /// <param name="last">The last ledger entry of the transaction.</param>
    /// <param name="previousHead">The ledger head that the transaction follows.</param>
    /// <param name="release">What it releases; null if it releases nothing.</param>
    /// <exception cref="IOException">The file could not be written: do not commit.</exception>
    internal void Prepare(LedgerEntry last, string previousHead, PreparedRelease? release)
    {
        var point = new FencePoint(
            last.Content.Sequence, last.Hash,
            // Also of what was prepared before: it has been committed, even where that could not be noted.
            new[] { release?.Day, NewestReleasedDay }.Max(),
            new[] { release?.Window, NewestReleasedWindow }.Max(),
            new[] { release?.DayEnd, NewestDayEnd }.Max());
        Replace(new FenceRecord(record?.Published, new FencePreparation(point, previousHead, release)));
    }

    /// <summary>Notes that what was prepared has been committed.</summary>
    /// <exception cref="IOException">The file could not be written. What was prepared still protects.</exception>
    internal void Publish()
    {
        if (record?.Prepared is { } prepared)
            Replace(new FenceRecord(prepared.Point, null));
    }

    /// <summary>Forgets something prepared that released nothing and was not committed.</summary>
    /// <exception cref="IOException">The file could not be written.</exception>
    internal void Discard()
    {
        // The database ends just before, which may be later than what could last be noted as published.
        if (record?.Prepared is { } prepared)
        {
            Replace(new FenceRecord(
                prepared.Point with { Sequence = prepared.Point.Sequence - 1, Head = prepared.PreviousHead }, null));
        }
    }

    /// <summary>Notes that a day is about to be given up. What the fence knew stays until that is committed.</summary>
    /// <param name="last">The ledger entry that gives it up; about to be committed.</param>
    /// <param name="day">The day given up.</param>
    /// <param name="through">Its last window.</param>
    /// <exception cref="IOException">The file could not be written: do not commit.</exception>
    internal void GiveUp(LedgerEntry last, PrivacyDay day, HourWindow through) => Replace(new FenceRecord(
        record?.Published, record?.Prepared,
        new FencePreparation(new FencePoint(last.Content.Sequence, last.Hash, day, through, through), last.PreviousHash, null)));

    /// <summary>Begins anew: the giving up has been committed.</summary>
    /// <exception cref="IOException">The file could not be written. What was noted before still protects.</exception>
    internal void Restart()
    {
        if (record?.GivenUp is { } givenUp)
            Replace(new FenceRecord(givenUp.Point, null));
    }

    /// <summary>Forgets a giving up that never was committed: the database is right all the same.</summary>
    /// <exception cref="IOException">The file could not be written.</exception>
    internal void DropGivingUp()
    {
        if (record is { GivenUp: not null } known)
            Replace(known with { GivenUp = null });
    }

    /// <summary>Tries whether the fence could be written now, as large as it last was to be.</summary>
    /// <exception cref="IOException">It could not.</exception>
    internal void Probe()
    {
        var temporary = path + ".new";
        WriteDurably(temporary, new string(' ', Math.Max(SmallestProbe, newestLength)));
        File.Delete(temporary);
    }

    /// <summary>
    /// Goes on where the database ends, because another fence vouches for it. What was prepared here and did not come to be is dropped;
    /// what is known to be public is not forgotten.
    /// </summary>
    /// <param name="state">Where the database ends.</param>
    /// <param name="zone">The time zone of the privacy days.</param>
    /// <exception cref="IOException">The file could not be written.</exception>
    internal void Adopt(ReleaseState state, TimeZoneInfo zone)
    {
        var published = record?.Published;
        PrivacyDay? day = state.ReleasedThrough is { } through ? PrivacyDay.Of(through, zone) : null;
        Replace(new FenceRecord(
            new FencePoint(
                state.LedgerLength, state.LedgerHead,
                new[] { day, published?.ReleasedDay }.Max(),
                new[] { state.ReleasedThrough, published?.ReleasedThrough }.Max(),
                new[] { day?.Windows(zone)[^1], published?.DayEnd }.Max()),
            null));
    }

    void Replace(FenceRecord next)
    {
        var temporary = path + ".new";
        var text = next.Write();
        newestLength = text.Length;
        WriteDurably(temporary, text);
        File.Move(temporary, path, overwrite: true);
        // Flushing the file under its new name makes the renaming durable, too, before anything is committed that relies on it.
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read))
            stream.Flush(flushToDisk: true);
        record = next;
    }

    static void WriteDurably(string path, string text)
    {
        File.Delete(path); // one that was left behind would keep its mode
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(path, options);
        using (var writer = new StreamWriter(stream, leaveOpen: true))
            writer.Write(text);
        stream.Flush(flushToDisk: true);
    }
}
