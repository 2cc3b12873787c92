namespace CivicSense.Release.Tests;

/// <summary>The real lease, with something that happens after it was read and before it is taken.</summary>
sealed class HeldUpLease(IReleaseLease inner) : IReleaseLease
{
    public Action? BeforeTaking { get; set; }

    public string Name => inner.Name;

    public ValueTask<LeaseReading> ReadAsync(CancellationToken cancellationToken) => inner.ReadAsync(cancellationToken);

    public ValueTask<bool> TakeAsync(long afterToken, CancellationToken cancellationToken)
    {
        BeforeTaking?.Invoke();
        return inner.TakeAsync(afterToken, cancellationToken);
    }

    public ValueTask<bool> SeizeAsync(long afterToken, CancellationToken cancellationToken) =>
        inner.SeizeAsync(afterToken, cancellationToken);

    public ValueTask RenewAsync(Func<ReleaseState, bool> vouches, CancellationToken cancellationToken) =>
        inner.RenewAsync(vouches, cancellationToken);

    public ValueTask GiveBackAsync(CancellationToken cancellationToken) => inner.GiveBackAsync(cancellationToken);
}
