using System.Collections.Concurrent;
using CivicSense.OpenData;
using CivicSense.Privacy;
using PrivacyLossRow = CivicSense.OpenData.PrivacyLossRow;

namespace CivicSense.Node.Hosting;

/// <summary>Gives the public face the accountant's table without letting it see the private rooms.</summary>
sealed class PrivacyLossTable : IPrivacyLossTable
{
    /// <summary>Of the loss bound: the same as <see cref="IPrivacyLossTable.Delta"/>.</summary>
    static readonly Rational StatedProbability = new(1, 1_000_000);

    readonly ConcurrentDictionary<decimal, IReadOnlyList<PrivacyLossRow>> known = new();

    /// <inheritdoc/>
    public IReadOnlyList<PrivacyLossRow> Rows(decimal rhoPerDay) => known.GetOrAdd(rhoPerDay, static rho =>
    [
        .. new PrivacyLoss(Rational.FromDecimal(rho)).Rows.Select(row => new PrivacyLossRow(
            row.OwnerDays, row.Adjacency == Adjacency.ReplaceOne ? "replaced" : "absent", row.Epsilon, row.EpsilonBound,
            Math.BitIncrement(ZeroConcentratedAccounting.LossBound(row.Rho, StatedProbability).ToDouble()))),
    ]);
}
