namespace CivicSense.Estimation;

/// <summary>An energetic mean of hourly sound levels over a time.</summary>
/// <remarks>
/// <para>The value is 10 log10 of the mean of 10^(L/10), each hour weighted by how much of it lies in the time (ISO 1996-1).</para>
/// <para>The hours' errors go together, so they are taken to be fully correlated: the standard error (first order, "delta method") is the
/// mean of theirs weighted by their share of the energy, and each end of the interval is the energetic mean of theirs. Errors that are less
/// correlated average out more: the interval is then wider than need be, the more so the longer the time.</para>
/// </remarks>
/// <param name="Value">The level in dB(A).</param>
/// <param name="StandardError">Its standard error in dB.</param>
/// <param name="Lower">The lower end of the 95 % interval in dB(A).</param>
/// <param name="Upper">The upper end of the 95 % interval in dB(A).</param>
/// <param name="Covered">For how much of the time there were estimates.</param>
/// <param name="Length">The length of the time, as it elapsed.</param>
public sealed record SoundLevel(double Value, double StandardError, double Lower, double Upper, TimeSpan Covered, TimeSpan Length)
{
    /// <summary>The covered share of the time, 0 to 1.</summary>
    public double Share => Covered / Length;

    /// <summary>The energetic mean of levels.</summary>
    /// <param name="parts">The levels, each with its weight and what is added to it first, in dB. At least one weight is positive.</param>
    /// <param name="covered">For how much of the time there were estimates.</param>
    /// <param name="length">The length of the time.</param>
    internal static SoundLevel Mean(IReadOnlyCollection<WeightedLevel> parts, TimeSpan covered, TimeSpan length)
    {
        double total = 0, energy = 0, lower = 0, upper = 0, error = 0;
        foreach (var part in parts)
        {
            var share = part.Weight * Energy(part.Value + part.Penalty);
            total += part.Weight;
            energy += share;
            error += share * part.StandardError;
            lower += part.Weight * Energy(part.Lower + part.Penalty);
            upper += part.Weight * Energy(part.Upper + part.Penalty);
        }
        return new SoundLevel(Level(energy / total), error / energy, Level(lower / total), Level(upper / total), covered, length);
    }

    static double Energy(double level) => Math.Pow(10, level / 10);

    static double Level(double energy) => 10 * Math.Log10(energy);
}

/// <summary>A level that takes part in an energetic mean.</summary>
readonly record struct WeightedLevel(double Weight, double Penalty, double Value, double StandardError, double Lower, double Upper);
