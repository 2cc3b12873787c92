using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>The concentrations of one band as the publisher prints them, both ends belonging to it.</summary>
/// <param name="Lower">The smallest.</param>
/// <param name="Upper">The largest; null where the last band is open.</param>
public readonly record struct BandRange(decimal Lower, decimal? Upper);

/// <summary>The break points of one pollutant in one version of an index.</summary>
/// <remarks>
/// Printed ranges leave gaps (0 to 5, 6 to 15). Where the publisher truncates concentrations to <see cref="Step"/> first, nothing falls
/// into them. Where it does not, a range reaches up to and including its printed upper end, and the next one begins right above. The last
/// band is open above in either case.
/// </remarks>
/// <param name="Quantity">The pollutant.</param>
/// <param name="AveragingHours">Over how many hours the concentration is averaged: 1 or 24.</param>
/// <param name="Step">The precision of the printed break points, in the quantity's unit.</param>
/// <param name="Truncates">Whether concentrations are truncated to multiples of <see cref="Step"/> first.</param>
/// <param name="Ranges">The range of each band of the table, in order.</param>
public sealed record IndexScale(Quantity Quantity, int AveragingHours, decimal Step, bool Truncates, ImmutableArray<BandRange> Ranges)
{
    /// <summary>The number of the band in which a concentration lies, counted from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The concentration is not in the quantity's valid range.</exception>
    public int BandOf(double concentration)
    {
        if (!Quantity.IsValid(concentration))
            throw new ArgumentOutOfRangeException(nameof(concentration), $"A concentration of {Quantity} is not in its valid range.");
        var value = Rounded(concentration);
        var band = 0;
        while (band < Ranges.Length - 1 && value > Ranges[band].Upper)
            band++;
        return band;
    }

    /// <summary>For each band the probability of that band or a better one: never falling, the last is 1.</summary>
    internal ImmutableArray<double> CumulativeProbabilities(UncertainValue value)
    {
        var result = ImmutableArray.CreateBuilder<double>(Ranges.Length);
        for (var band = 0; band < Ranges.Length - 1; band++)
        {
            var edge = (double)(Truncates ? Ranges[band + 1].Lower : Ranges[band].Upper!.Value);
            var probability = value.Cumulative(edge, inclusive: !Truncates);
            // The normal law is computed in pieces that may miss each other by the last digit.
            result.Add(band == 0 ? probability : Math.Max(probability, result[^1]));
        }
        result.Add(1);
        return result.MoveToImmutable();
    }

    /// <summary>A concentration as it is compared with the break points.</summary>
    /// <remarks>A conversion to decimal keeps 15 digits, so 9.1 is 9.1 and is not truncated to 9.0.</remarks>
    internal decimal Rounded(double concentration)
    {
        var exact = (decimal)concentration;
        return Truncates ? Math.Floor(exact / Step) * Step : exact;
    }
}
