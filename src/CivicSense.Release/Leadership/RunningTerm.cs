using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>One term of leadership, and what renews its lease meanwhile.</summary>
sealed class RunningTerm : IAsyncDisposable
{
    /// <summary>A third of what a lease lasts, so that one renewal may fail.</summary>
    static readonly TimeSpan Interval = IReleaseLease.Duration / 3;

    readonly IReleaseLease lease;
    readonly ReleaseFence fence;
    readonly FollowingFence following;
    readonly TimeProvider time;
    readonly CancellationTokenSource ended = new();
    readonly Task renewing;
    volatile bool isSettled;
    volatile Exception? reason;

    /// <summary>Begins to renew the lease, which must be ours.</summary>
    public RunningTerm(ReleaseTerm parts, IReleaseLease lease, ReleaseFence fence, FollowingFence following, TimeProvider time)
    {
        Parts = parts;
        (this.lease, this.fence, this.following, this.time) = (lease, fence, following, time);
        renewing = RenewAsync();
    }

    public ReleaseTerm Parts { get; }

    /// <summary>Says from now on that the fence agrees with the database, for as long as it does.</summary>
    /// <exception cref="LeaseLostException">Another process has taken the lease.</exception>
    public async ValueTask VouchAsync(CancellationToken cancellationToken)
    {
        isSettled = true;
        await RenewOnceAsync(cancellationToken);
    }

    /// <summary>Does some work of the term. It is cancelled when the term ends.</summary>
    /// <exception cref="LeaseLostException">Another process has taken the lease.</exception>
    /// <exception cref="InvalidOperationException">The database is not the one any more that the last release went to.</exception>
    public async ValueTask RunAsync(Func<CancellationToken, ValueTask> work, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended.Token);
        try
        {
            ThrowIfEnded();
            await work(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ThrowIfEnded();
            throw;
        }
    }

    void ThrowIfEnded()
    {
        if (reason is LeaseLostException)
            throw new LeaseLostException();
        if (reason is { } other)
            throw new InvalidOperationException(other.Message, other);
    }

    async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended.Token))
                await TryToRenewAsync();
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The term is over.
        }
    }

    async ValueTask TryToRenewAsync()
    {
        try
        {
            await RenewOnceAsync(ended.Token);
        }
        catch (VaultUnavailableException)
        {
            // The release meets the same and says so. Without a renewal the lease expires.
        }
        catch (Exception exception) when (exception is LeaseLostException or InvalidOperationException)
        {
            reason = exception;
            await ended.CancelAsync();
        }
    }

    async ValueTask RenewOnceAsync(CancellationToken cancellationToken)
    {
        if (!isSettled)
        {
            await lease.RenewAsync(static _ => false, cancellationToken);
            return;
        }
        var (moment, before, agrees) = (following.Now, fence.Content, false);
        await lease.RenewAsync(state => agrees = fence.IsSameDatabase(before, state), cancellationToken);
        if (agrees)
            following.Vouch(moment);
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await renewing;
        await Parts.Parts.DisposeAsync();
        ended.Dispose();
    }
}
