namespace CivicSense.Estimation;

/// <summary>
/// By what factor the variance of an area's own air differs from what the parameters say, learnt from how far its measurements lie from
/// what was predicted.
/// </summary>
/// <remarks>
/// Parameters are the same for all areas and hold for months, but some streets are rougher than others, and winters than summers. The
/// factor's logarithm follows the score of the likelihood, divided by the information of everything learnt so far: adaptive filtering (Mehra
/// 1972) in the form of score-driven models (Creal, Koopman and Lucas 2013). See docs/estimation.md, "Rough and calm areas".
/// </remarks>
sealed class LocalScale
{
    /// <summary>The prior's deviation of the logarithm: areas and seasons differ by a quarter in their deviations.</summary>
    const double Deviation = 0.5;

    /// <summary>Squared deviations count up to here: one episode is not a rough month.</summary>
    const double MostSquared = 20;

    /// <summary>Air comes in bursts and noise does not, see <see cref="ParameterFit"/>: so much less is an hour of nothing but air worth.</summary>
    const double Burst = 6;

    /// <summary>What is left of the past after a measured hour: it is forgotten within a month.</summary>
    static readonly double Retention = Math.Exp(-1.0 / (30 * 24));

    double logarithm;
    double precision = 1 / (Deviation * Deviation);

    /// <summary>The factor.</summary>
    public double Factor { get; private set; } = 1;

    /// <summary>Another area's, that begins with what this one has learnt.</summary>
    public LocalScale Copy() => new() { logarithm = logarithm, precision = precision, Factor = Factor };

    /// <summary>Learns from a measurement of the area.</summary>
    /// <param name="own">The part of the innovation's expected variance that is the area's own air.</param>
    /// <param name="air">The part that is air at all; the rest is noise.</param>
    /// <param name="square">The squared innovation, as a multiple of its expected variance.</param>
    public void Learn(double own, double air, double square)
    {
        var worth = 0.5 / (1 + Burst * air * air);
        precision = 1 / (Retention * Retention / precision + (1 - Retention * Retention) * Deviation * Deviation)
            + worth * own * own;
        logarithm = Retention * logarithm + worth * own * (Math.Min(square, MostSquared) - 1) / precision;
        Factor = Math.Exp(logarithm);
    }

    /// <summary>The variance that the factor is of has changed: what was learnt, and not only expected, holds on.</summary>
    /// <param name="ratio">The new variance, as a multiple of the former.</param>
    public void Rebase(double ratio)
    {
        logarithm -= (1 - 1 / (Deviation * Deviation * precision)) * Math.Log(ratio);
        Factor = Math.Exp(logarithm);
    }
}
