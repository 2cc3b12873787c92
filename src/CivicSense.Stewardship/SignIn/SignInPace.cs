using System.Net;
using System.Threading.RateLimiting;

namespace CivicSense.Stewardship;

/// <summary>How often somebody may try to sign in: from one network, and all together. Safe for concurrent use.</summary>
/// <remarks>
/// A secret has 256 bits and cannot be guessed at any pace. The limits keep what attempts cost small: one reads the vault once, which takes
/// some 0.1 ms, so all together take at most about a hundredth of a processor.
/// </remarks>
sealed class SignInPace : IDisposable
{
    /// <summary>Attempts at once from one network; as many a minute later on.</summary>
    public const int PerNetwork = 30;

    /// <summary>Attempts at once from all networks; a fifth of it a second later on.</summary>
    public const int Together = 500;

    // The network first: who comes too fast takes nothing from the others.
    readonly PartitionedRateLimiter<IPAddress> limiter = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<IPAddress, IPAddress>(network => RateLimitPartition.GetTokenBucketLimiter(network, _ =>
            new TokenBucketRateLimiterOptions
            {
                TokenLimit = PerNetwork, TokensPerPeriod = PerNetwork / 30, ReplenishmentPeriod = TimeSpan.FromSeconds(2), QueueLimit = 0,
            })),
        PartitionedRateLimiter.Create<IPAddress, int>(_ => RateLimitPartition.GetTokenBucketLimiter(0, _ =>
            new TokenBucketRateLimiterOptions
            {
                TokenLimit = Together, TokensPerPeriod = Together / 5, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0,
            })));

    /// <summary>Takes one attempt from the allowance.</summary>
    public bool Allows(IPAddress network)
    {
        using var lease = limiter.AttemptAcquire(network);
        return lease.IsAcquired;
    }

    /// <inheritdoc/>
    public void Dispose() => limiter.Dispose();
}
