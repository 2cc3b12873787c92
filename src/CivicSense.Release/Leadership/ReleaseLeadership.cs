using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.Extensions.Logging;

namespace CivicSense.Release;

/// <summary>Follows while another process releases, leads when none does, and follows again when the lease is lost.</summary>
/// <remarks>
/// Calling protocol: <see cref="StepAsync"/> about every second, never two calls at once; <see cref="StopAsync"/> at the end. What may be
/// asked meanwhile is thread-safe. docs/decisions/0016-leader.md says why nothing is released twice.
/// </remarks>
public sealed class ReleaseLeadership : IReleaseSchedule
{
    /// <summary>For how long a leader tries to write its fence before it lets others lead.</summary>
    static readonly TimeSpan LongestFenceFailure = TimeSpan.FromMinutes(1);

    readonly IReleaseLease lease;
    readonly ReleaseFence fence;
    readonly Func<ReleaseTerm> newTerm;
    readonly TimeSpan lateness;
    readonly TimeProvider time;
    readonly ILogger<ReleaseLeadership> logger;
    readonly FollowingFence following;
    readonly HoldingBack holdingBack;
    volatile RunningTerm? current;
    volatile ReleaseProgress earlier = new(0, 0, null);
    volatile ReleaseState? followed;
    long? fenceFailingSince;
    bool isFenceUnwritable;
    bool isObjectionTold;
    bool hasFollowed;
    bool keepsLease;

    /// <summary>Puts it together; nothing is read before the first <see cref="StepAsync"/>.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="commons">The public side of the same database.</param>
    /// <param name="fence">The fence of this process, which the cycles of all terms use.</param>
    /// <param name="newTerm">Makes what leads for one term.</param>
    /// <param name="options">What is released, and how long to wait for a process that may know better.</param>
    /// <param name="time">Real time, whatever drives the node's clock.</param>
    /// <param name="logger">Receives who leads.</param>
    public ReleaseLeadership(
        IReleaseLease lease, ICommons commons, ReleaseFence fence, Func<ReleaseTerm> newTerm, ReleaseOptions options, TimeProvider time,
        ILogger<ReleaseLeadership> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.lease, this.fence, this.newTerm, this.time, this.logger) = (lease, fence, newTerm, time, logger);
        lateness = options.Lateness;
        following = new FollowingFence(fence, commons, options.TimeZone, time, logger);
        holdingBack = new HoldingBack(lease.Name, options.TakeOverAfter, time, logger);
    }

    /// <summary>Whether this process leads, as far as it knows.</summary>
    public bool IsLeading => current is not null;

    /// <inheritdoc/>
    public DateTimeOffset? NextDue => current is { } term
        ? term.Parts.Cycle.NextDue
        : followed?.ReleasedThrough?.Next.End + lateness;

    /// <inheritdoc/>
    public bool IsReleasing => current is { Parts.Cycle.IsReleasing: true };

    /// <inheritdoc/>
    public ReleaseProgress Progress => current is { } term ? Sum(earlier, term.Parts.Cycle.Progress) : earlier;

    /// <summary>Does what is to be done now: begins to lead or follows; or, leading, releases what is due.</summary>
    /// <exception cref="VaultUnavailableException">The database or the fence cannot be used now; call again later.</exception>
    /// <exception cref="InvalidOperationException">Something was about to be released twice. Do not go on.</exception>
    public async ValueTask StepAsync(CancellationToken cancellationToken)
    {
        if (current is { } term)
            await LeadAsync(term, cancellationToken);
        else
            await FollowAsync(cancellationToken);
    }

    /// <summary>Ends the term, if one runs, and lets others take the lease at once.</summary>
    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        if (current is { } term)
            await EndAsync(term);
        try
        {
            if (!keepsLease)
                await lease.GiveBackAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is VaultUnavailableException or OperationCanceledException)
        {
            // It expires by itself.
        }
    }

    async ValueTask LeadAsync(RunningTerm term, CancellationToken cancellationToken)
    {
        try
        {
            await term.RunAsync(async cancel => await term.Parts.Cycle.ReleaseDueAsync(cancel), cancellationToken);
            fenceFailingSince = null;
        }
        catch (FenceUnavailableException)
        {
            fenceFailingSince ??= time.GetTimestamp();
            if (time.GetElapsedTime(fenceFailingSince.Value) >= LongestFenceFailure)
            {
                await EndAsync(term);
                logger.LeavesLead();
                await StayOutAsync(cancellationToken);
            }
            throw;
        }
        catch (LeaseLostException)
        {
            await EndAsync(term);
            logger.LostLead();
        }
        catch (InvalidOperationException)
        {
            // Until it expires nobody else leads: time for this process to come back, whose fence knows.
            keepsLease = true;
            await EndAsync(term);
            throw;
        }
    }

    async ValueTask FollowAsync(CancellationToken cancellationToken)
    {
        var moment = following.Now;
        var reading = await lease.ReadAsync(cancellationToken);
        followed = reading.State;
        if (!reading.IsLive || reading.IsOurs)
        {
            await TryToLeadAsync(reading, cancellationToken);
            return;
        }

        holdingBack.EndWaiting();
        if (!hasFollowed)
            logger.Follows();
        hasFollowed = true;
        // A lease in our own name is that of this process before it was killed. Its fence is ours, and what is prepared there may have
        // been committed at the last moment.
        if (reading.IsVouchedFor && reading.Holder != lease.Name)
            await FollowLeaderAsync(reading, moment, cancellationToken);
    }

    async ValueTask FollowLeaderAsync(LeaseReading reading, FollowingFence.Moment moment, CancellationToken cancellationToken)
    {
        try
        {
            if (await following.FollowAsync(reading.State, moment, cancellationToken))
                isObjectionTold = false;
            else
                await ObjectAsync(reading, cancellationToken);
        }
        catch (FenceUnavailableException)
        {
            if (!isFenceUnwritable)
                logger.CannotFollow();
            isFenceUnwritable = true;
        }
    }

    /// <summary>The leader's fence agrees with the database, but both are older than what ours knows to be public.</summary>
    async ValueTask ObjectAsync(LeaseReading reading, CancellationToken cancellationToken)
    {
        if (!isObjectionTold)
            logger.Objects();
        isObjectionTold = true;
        // Not while a release transaction of the leader runs; then in a second.
        if (await lease.SeizeAsync(reading.Token, cancellationToken))
            await BeginAsync(hasWaited: false, cancellationToken);
    }

    async ValueTask TryToLeadAsync(LeaseReading reading, CancellationToken cancellationToken)
    {
        if (isFenceUnwritable)
            FencedCommit.WriteFence(fence.Probe);
        isFenceUnwritable = false;
        if (!following.TryReload())
            return;
        var succession = await following.AssessAsync(reading, lease.Name, cancellationToken);
        var step = succession.Resolve(fence.Inspect(reading.State), fence.IsSupersededBy(reading.State));
        if (step != SuccessionStep.Wait)
            holdingBack.EndWaiting();
        else if (!holdingBack.HasWaitedFor(reading.VouchedBy!))
            return;
        if (step != SuccessionStep.GiveUp && holdingBack.LetsOthersObject(reading))
            return;
        if (reading.IsOurs || await lease.TakeAsync(reading.Token, cancellationToken))
            await BeginAsync(hasWaited: step == SuccessionStep.Wait, cancellationToken);
    }

    /// <summary>Lets others lead; this process looks first whether its fence can be written before it does again.</summary>
    async ValueTask StayOutAsync(CancellationToken cancellationToken)
    {
        fenceFailingSince = null;
        isFenceUnwritable = true;
        await lease.GiveBackAsync(cancellationToken);
    }

    /// <summary>The lease is renewed from the first moment; vouched for only when the fence is settled.</summary>
    async ValueTask BeginAsync(bool hasWaited, CancellationToken cancellationToken)
    {
        // Again, now that nobody else can release: whoever had the lease may have woken up and gone on after it was read.
        var reading = await lease.ReadAsync(cancellationToken);
        var succession = (await following.AssessAsync(reading, lease.Name, cancellationToken)) with { HasWaited = hasWaited };
        var term = new RunningTerm(newTerm(), lease, fence, following, time);
        try
        {
            await term.RunAsync(
                async cancel =>
                {
                    await term.Parts.Cycle.BeginTermAsync(succession, term.Parts.RestoreAsync, cancel);
                    await term.VouchAsync(cancel);
                },
                cancellationToken);
        }
        catch (LeaseLostException)
        {
            await term.DisposeAsync();
            return;
        }
        catch (MustWaitException)
        {
            await term.DisposeAsync();
            await lease.GiveBackAsync(cancellationToken);
            return;
        }
        catch (FenceUnavailableException)
        {
            await term.DisposeAsync();
            await StayOutAsync(cancellationToken);
            throw;
        }
        catch
        {
            await term.DisposeAsync();
            throw;
        }
        current = term;
        if (hasFollowed)
            logger.Leads();
        hasFollowed = true;
    }

    async ValueTask EndAsync(RunningTerm term)
    {
        // What others have released since is found in the commons.
        earlier = Sum(earlier, term.Parts.Cycle.Progress) with { Newest = null };
        current = null;
        await term.DisposeAsync();
    }

    static ReleaseProgress Sum(ReleaseProgress before, ReleaseProgress since) =>
        new(before.Windows + since.Windows, before.Keys + since.Keys, since.Newest);
}
