using CivicSense.Vault;

namespace CivicSense.Release;

/// <summary>
/// Says which of several processes may release: one at a time, for as long as it renews, by the clock of the database alone. Thread-safe.
/// </summary>
/// <remarks>
/// <para>Each taking of the lease has a token of its own, drawn at random: it is no other's, also after a backup has been restored.
/// <see cref="IReleaseStore.BeginAsync"/> looks at the token in its own transaction, and nobody can take the lease while that transaction
/// runs. So a process that was paused releases nothing once another has taken over, however late it notices. See
/// docs/decisions/0016-leader.md.</para>
/// <para>A lease that has expired and was not taken is still its holder's.</para>
/// <para>Every call throws <see cref="VaultUnavailableException"/> while the database cannot be used.</para>
/// </remarks>
public interface IReleaseLease
{
    /// <summary>How long a lease lasts that is not renewed.</summary>
    static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    /// <summary>The name of this process.</summary>
    string Name { get; }

    /// <summary>Reads the lease and where the release stands, both of one moment.</summary>
    ValueTask<LeaseReading> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Takes the lease, unless somebody has it or has had it meanwhile. Nobody is vouched for by that.</summary>
    /// <param name="afterToken">The token that was read: the lease must not have been taken since.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it is ours.</returns>
    ValueTask<bool> TakeAsync(long afterToken, CancellationToken cancellationToken);

    /// <summary>Takes the lease also from a process that has it: it vouches for a database that is known to be an older one.</summary>
    /// <param name="afterToken">The token that was read: the lease must not have been taken since.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it is ours; false also while its holder has a release transaction open.</returns>
    ValueTask<bool> SeizeAsync(long afterToken, CancellationToken cancellationToken);

    /// <summary>Lets the lease last for another <see cref="Duration"/>.</summary>
    /// <param name="vouches">
    /// Compares the state of the database with the fence, in the transaction that renews; answers whether the holder vouches for it. What
    /// it throws undoes the renewal.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LeaseLostException">Another process has taken it.</exception>
    ValueTask RenewAsync(Func<ReleaseState, bool> vouches, CancellationToken cancellationToken);

    /// <summary>Lets others take the lease at once. Does nothing if it is not ours.</summary>
    ValueTask GiveBackAsync(CancellationToken cancellationToken);
}

/// <summary>The lease and the state of the release at one moment.</summary>
/// <param name="Holder">The name of the process that took it last; null if none ever did.</param>
/// <param name="Token">Which taking of it was the last; 0 if none ever was.</param>
/// <param name="IsLive">Whether it has neither expired nor been given back.</param>
/// <param name="IsOurs">Whether this process took it last.</param>
/// <param name="IsVouchedFor">Whether the holder has found, since it took it, that its fence agrees with this database.</param>
/// <param name="VouchedBy">The name of the process whose fence was last found to agree; null if none ever was.</param>
/// <param name="State">Where the release stands.</param>
/// <param name="IsLongDead">Whether it expired or was given back more than a minute ago.</param>
public sealed record LeaseReading(
    string? Holder, long Token, bool IsLive, bool IsOurs, bool IsVouchedFor, string? VouchedBy, ReleaseState State,
    bool IsLongDead = false);

/// <summary>Another process releases now. That ends a term, and is no failure of the node.</summary>
public sealed class LeaseLostException() : Exception("Another process has taken over the releases.");
