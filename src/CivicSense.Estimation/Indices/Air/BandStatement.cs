using System.Collections.Immutable;

namespace CivicSense.Estimation;

/// <summary>
/// What can honestly be said about a band of an uncertain value: one band where it is sure enough, else a range of neighbouring bands.
/// </summary>
public sealed class BandStatement
{
    /// <summary>
    /// How probable a band must be to be stated alone, and a range to be stated at all: a reader who sees one every hour then meets a wrong
    /// one no more than about twice a day. At 95 % most noisy hours would be ranges; at 80 % every fifth statement could be wrong.
    /// </summary>
    public const double RequiredProbability = 0.9;

    readonly ImmutableArray<double> cumulative;
    readonly ImmutableArray<double> comonotone;

    /// <param name="table">The index.</param>
    /// <param name="cumulative">For each band the probability of that band or a better one; the last is 1.</param>
    internal BandStatement(IndexTable table, ImmutableArray<double> cumulative)
        : this(table, cumulative, cumulative)
    {
    }

    BandStatement(IndexTable table, ImmutableArray<double> cumulative, ImmutableArray<double> comonotone)
    {
        Table = table;
        this.cumulative = cumulative;
        this.comonotone = comonotone;
        Probabilities = [.. cumulative.Select((_, band) => Between(cumulative, band, band))];
        (First, Last, Probability) = Smallest();
    }

    /// <summary>The index.</summary>
    public IndexTable Table { get; }

    /// <summary>
    /// The probability of each band of the table, in order; of the worst of several pollutants, as if their errors were independent. They
    /// sum to 1.
    /// </summary>
    public ImmutableArray<double> Probabilities { get; }

    /// <summary>The number of the best band of the statement, counted from 0.</summary>
    public int First { get; }

    /// <summary>The number of the worst band of the statement; equal to <see cref="First"/> where one band is stated.</summary>
    public int Last { get; }

    /// <summary>
    /// The probability of the bands of the statement together, at least <see cref="RequiredProbability"/>; of the worst of several
    /// pollutants, the smaller of that for independent errors and that for errors that go together entirely.
    /// </summary>
    public double Probability { get; }

    /// <summary>Whether the statement is all bands, and so says nothing.</summary>
    public bool SaysNothing => First == 0 && Last == Probabilities.Length - 1;

    /// <summary>The statement for people, without its probability: <c>Fair</c>, <c>Fair to moderate</c> or <c>Cannot be told</c>.</summary>
    public override string ToString() =>
        SaysNothing ? "Cannot be told"
        : First == Last ? Table.Bands[First].Name
        : $"{Table.Bands[First].Name} to {Table.Bands[Last].Name.ToLowerInvariant()}";

    /// <summary>
    /// The statement about the worst of several pollutants. How far their errors go together is not known. A band or a better one is as
    /// probable as the product says if they are independent, and as the smallest factor if they go together entirely (the comonotone
    /// law). Independence makes bad bands likelier, going together good ones, so a statement must hold under both.
    /// </summary>
    internal static BandStatement Worst(IndexTable table, IReadOnlyCollection<BandStatement> statements)
    {
        var bands = Enumerable.Range(0, table.Bands.Length);
        return new BandStatement(
            table,
            [.. bands.Select(band => statements.Aggregate(1.0, (product, statement) => product * statement.cumulative[band]))],
            [.. bands.Select(band => statements.Min(statement => statement.cumulative[band]))]);
    }

    static double Between(ImmutableArray<double> law, int first, int last) => law[last] - (first == 0 ? 0 : law[first - 1]);

    (int First, int Last, double Probability) Smallest()
    {
        for (var length = 1; length < cumulative.Length; length++)
        {
            var best = (First: 0, Last: 0, Probability: 0.0);
            for (var first = 0; first + length <= cumulative.Length; first++)
            {
                var last = first + length - 1;
                var probability = Math.Min(Between(cumulative, first, last), Between(comonotone, first, last));
                if (probability > best.Probability)
                    best = (first, last, probability);
            }
            if (best.Probability >= RequiredProbability)
                return best;
        }
        return (0, cumulative.Length - 1, 1);
    }
}
