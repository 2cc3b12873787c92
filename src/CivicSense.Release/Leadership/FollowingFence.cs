using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;

namespace CivicSense.Release;

/// <summary>Keeps the fence of a process that does not lead where the database is, on the word of the process that does.</summary>
/// <remarks>
/// The fence is a safeguard against a database that was replaced by an older one. Only a fence that knows can tell, so another process's
/// fence is followed only while that process says, in a live lease, that the two agree; and never backward.
/// </remarks>
sealed class FollowingFence(ReleaseFence fence, ICommons commons, string timeZone, TimeProvider time, ILogger logger)
{
    /// <summary>For how long nobody is expected to replace the database while release processes run.</summary>
    static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    /// <summary>For how long a fence may be damaged because it is just being copied.</summary>
    static readonly TimeSpan LongestCopying = TimeSpan.FromSeconds(10);

    readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(timeZone);
    volatile Moment? vouchedAt;
    long? damagedSince;
    bool isDamageTold;

    /// <summary>The present moment, to be noted before the database is read.</summary>
    public Moment Now => new(time.GetTimestamp(), time.GetUtcNow());

    /// <summary>Notes that the fence and the database were the same at a moment, by the word of a live lease.</summary>
    public void Vouch(Moment moment) => vouchedAt = moment;

    /// <summary>Goes where the database is, which another process vouches for. Writes the file only where that is news.</summary>
    /// <returns>False if that process is wrong: the database lacks what our fence knows to be public, of a day that is not over.</returns>
    /// <param name="state">The database, in the moment of the lease.</param>
    /// <param name="moment">Noted before that was read.</param>
    /// <param name="cancellationToken">Cancels before the file is written.</param>
    /// <exception cref="VaultUnavailableException">The database cannot be read or the fence not be written.</exception>
    public async ValueTask<bool> FollowAsync(ReleaseState state, Moment moment, CancellationToken cancellationToken)
    {
        var finding = fence.Inspect(state);
        if (finding != FenceFinding.InOrder)
        {
            if (!IsDayOver(state)
                && (await IsContradictedAsync(state, cancellationToken)
                    || (finding == FenceFinding.DatabaseIsOlder && !fence.IsSupersededBy(state))))
            {
                return false;
            }
            FencedCommit.WriteFence(() => fence.Adopt(state, zone));
        }
        if (fence.Inspect(state) == FenceFinding.InOrder)
            Vouch(moment);
        return true;
    }

    /// <summary>Reads the fence again: it may lie on a disk shared with a process that has died, or have been copied from one.</summary>
    /// <returns>False if it is no fence at the moment, perhaps because it is just being copied.</returns>
    /// <exception cref="VaultUnavailableException">It cannot be read.</exception>
    public bool TryReload()
    {
        try
        {
            FencedCommit.ReadFence(fence);
            damagedSince = null;
            isDamageTold = false;
            return true;
        }
        catch (FormatException)
        {
            damagedSince ??= time.GetTimestamp();
            if (time.GetElapsedTime(damagedSince.Value) < LongestCopying)
                return false;
            if (!isDamageTold)
                logger.FenceDamaged();
            isDamageTold = true;
            return true;
        }
    }

    /// <summary>What is known before leading.</summary>
    /// <param name="reading">The lease as it was read.</param>
    /// <param name="name">The name of this process.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async ValueTask<Succession> AssessAsync(LeaseReading reading, string name, CancellationToken cancellationToken)
    {
        if (reading.VouchedBy is null || reading.VouchedBy == name)
            return Succession.OfNobody;
        // The clock as well as the counter, which stands still while a machine sleeps.
        var saw = vouchedAt is { } then && time.GetElapsedTime(then.Stamp) < Memory && time.GetUtcNow() - then.Time < Memory;
        var knows = await KnowsHistoryAsync(reading.State, cancellationToken);
        var isContradicted = !IsDayOver(reading.State) && await IsContradictedAsync(reading.State, cancellationToken);
        return new Succession(FollowsAnother: true, knows, saw, HasWaited: false, isContradicted);
    }

    /// <summary>Every day of which the fence knows anything is over in the database: released, or given up.</summary>
    bool IsDayOver(ReleaseState state) => state.ReleasedThrough >= fence.NewestDayEnd;

    /// <summary>The ledger tells another story than the fence knows.</summary>
    async ValueTask<bool> IsContradictedAsync(ReleaseState state, CancellationToken cancellationToken) =>
        fence.Noted is not null && !await KnowsHistoryAsync(state, cancellationToken);

    async ValueTask<bool> KnowsHistoryAsync(ReleaseState state, CancellationToken cancellationToken)
    {
        if (fence.Noted is not var (sequence, head) || sequence > state.LedgerLength)
            return false;
        if (sequence == 0)
            return head == LedgerEntry.Genesis;
        return sequence == state.LedgerLength
            ? head == state.LedgerHead
            : await commons.ReadLedgerAsync(sequence - 1, 1, cancellationToken) is [var entry] && entry.Hash == head;
    }

    /// <summary>A moment by the machine's counter and by its clock.</summary>
    internal sealed record Moment(long Stamp, DateTimeOffset Time);
}
