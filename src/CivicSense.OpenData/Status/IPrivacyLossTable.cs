namespace CivicSense.OpenData;

/// <summary>Turns the cost of one day into what it adds up to over longer times. Implemented by the node with the accountant.</summary>
public interface IPrivacyLossTable
{
    /// <summary>The delta that all rows are stated at.</summary>
    public const double Delta = 1e-6;

    /// <summary>The loss over 1, 7, 30 and 365 owner-days that each cost <paramref name="rhoPerDay"/>, for both adjacencies.</summary>
    /// <param name="rhoPerDay">The zCDP cost of one owner-day (owner's data of the day absent); positive.</param>
    IReadOnlyList<PrivacyLossRow> Rows(decimal rhoPerDay);
}

/// <summary>What an owner loses at most over a number of days, at delta = 1e-6.</summary>
/// <param name="Days">The number of owner-days.</param>
/// <param name="Adjacency"><c>absent</c>: the owner's data against none; <c>replaced</c>: the owner's data against any other.</param>
/// <param name="Epsilon">Epsilon of the composed Gaussian mechanism, converted exactly.</param>
/// <param name="EpsilonBound">Epsilon by the general conversion from zCDP, which holds for any mechanism of that cost.</param>
/// <param name="LossBound">
/// How far what is published can shift the odds between two statements about the owner's days: by a factor of at most exp of this, but with
/// a probability of at most delta. It is larger than epsilon at the same delta, which allows for small breaches with a larger probability.
/// </param>
public sealed record PrivacyLossRow(int Days, string Adjacency, double Epsilon, double EpsilonBound, double LossBound);
