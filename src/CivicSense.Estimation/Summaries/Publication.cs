using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Turns model-scale results into estimates in the quantity's unit.</summary>
static class Publication
{
    /// <summary>The factor on every standard error for what the model leaves out; see docs/estimation.md, "Honest intervals".</summary>
    const double Inflation = 1.10;

    /// <summary>
    /// The same for a mean of energies: it is ruled by the few loudest hours, of which least is known because they are clipped.
    /// </summary>
    const double EnergyInflation = 1.25;

    /// <summary>What clipping and the assumed households leave as an error that does not average out, on the model scale.</summary>
    const double ModelError = 0.01;

    /// <summary>How far the spread between households may be from its constant: a share of the convexity correction.</summary>
    const double ConvexityUncertainty = 0.3;

    const double Normal95 = 1.959963984540054;

    /// <summary>An hour's estimate.</summary>
    public static Estimate Hour(Area area, Quantity quantity, HourWindow window, Moments value, NodeHour node, EstimateStatus status) =>
        Write(
        area, quantity, Resolution.Hour, window.Start, window.End,
        new Moments(value.Mean + node.Lift, value.Variance + node.WeightVariance), Inflation, status);

    /// <summary>The estimate of the mean over some hours.</summary>
    public static Estimate Period(
        Area area, Quantity quantity, Resolution resolution, DateTimeOffset start, DateTimeOffset end, Moments value, double weightVariance,
        EstimateStatus status) => Write(
        area, quantity, resolution, start, end, value with { Variance = value.Variance + weightVariance },
        quantity.Averaging == Averaging.Energetic ? EnergyInflation : Inflation, status);

    static Estimate Write(
        Area area, Quantity quantity, Resolution resolution, DateTimeOffset start, DateTimeOffset end, Moments value, double inflation,
        EstimateStatus status)
    {
        var parameters = ModelParameters.Prior(quantity);
        var convexity = quantity.IsLogarithmic
            ? 0.5 * (parameters.HouseholdBias * parameters.HouseholdBias + parameters.HouseholdVariation * parameters.HouseholdVariation)
            : 0;
        var deviation = inflation * Math.Sqrt(
            value.Variance + ModelError * ModelError + ConvexityUncertainty * ConvexityUncertainty * convexity * convexity);
        return new Estimate(
            area, quantity, resolution, start, end,
            quantity.FromModelScale(value.Mean), deviation * quantity.UnitsPerModelScale(value.Mean),
            quantity.FromModelScale(value.Mean - Normal95 * deviation), quantity.FromModelScale(value.Mean + Normal95 * deviation), status);
    }
}
