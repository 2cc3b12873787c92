using System.Collections.Immutable;
using CivicSense.Commons;
using CivicSense.Privacy;
using CivicSense.Release;

namespace CivicSense.Benchmarks.Utility;

/// <summary>What one owner-day may cost: (epsilon, delta)-differential privacy.</summary>
/// <param name="Epsilon">Above 0.</param>
/// <param name="Delta">Above 0, below 1. Methods with Laplace noise do not use it.</param>
sealed record DayCost(decimal Epsilon, double Delta)
{
    /// <summary>The share of the squared norm budget that pays for the activity: a node's default.</summary>
    public const decimal ActivityShare = 0.05m;

    /// <summary>
    /// The same cost as rho-zCDP: that of Gaussian noise which is just (epsilon, delta)-private by its exact curve, rounded down.
    /// </summary>
    public decimal Rho
    {
        get
        {
            var sigma = GaussianAccounting.Sigma((double)Epsilon, Delta);
            return Math.Floor((decimal)(1 / (2 * sigma * sigma)) * 1_000_000) / 1_000_000;
        }
    }

    /// <summary>The options of a release of one quantity at this cost.</summary>
    /// <param name="quantity">The quantity.</param>
    /// <param name="timeZone">The time zone of the scene.</param>
    /// <param name="ownersPerArea">How many households an area has that is not to be merged; a node asks for five at least.</param>
    /// <exception cref="UtilityException">The release does not allow the cost.</exception>
    public ReleaseOptions Release(Quantity quantity, string timeZone, int ownersPerArea)
    {
        var options = new ReleaseOptions
        {
            TimeZone = timeZone,
            Rho = Rho,
            ActivityShare = ActivityShare,
            Shares = ImmutableDictionary.CreateRange(StringComparer.Ordinal, [KeyValuePair.Create(quantity.Id, 1 - ActivityShare)]),
        };
        return options.Validate() is { Count: > 0 } problems
            ? throw new UtilityException(string.Join(' ', problems))
            : options with { MinimumOwnersPerArea = Math.Min(options.MinimumOwnersPerArea, ownersPerArea) };
    }
}
