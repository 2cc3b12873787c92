using CivicSense.Release;

namespace CivicSense.Storage;

/// <summary>The lease of a database that one process uses: the lock on the file is the lease, so it is always ours.</summary>
sealed class SqliteReleaseLease(IReleaseStore store) : IReleaseLease
{
    public string Name => "";

    public async ValueTask<LeaseReading> ReadAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await store.BeginAsync(cancellationToken);
        return new LeaseReading(null, 0, IsLive: true, IsOurs: true, IsVouchedFor: false, VouchedBy: null, transaction.State);
    }

    public ValueTask<bool> TakeAsync(long afterToken, CancellationToken cancellationToken) => new(true);

    public ValueTask<bool> SeizeAsync(long afterToken, CancellationToken cancellationToken) => new(true);

    /// <remarks>Nobody relies on its word, and every release compares by itself.</remarks>
    public ValueTask RenewAsync(Func<ReleaseState, bool> vouches, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask GiveBackAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
