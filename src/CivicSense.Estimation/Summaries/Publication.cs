using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Turns model-scale results into estimates in the quantity's unit.</summary>
static class Publication
{
    /// <summary>The factor on every standard error for what the model leaves out; see docs/estimation.md, "Honest intervals".</summary>
    const double Inflation = 1.10;

    /// <summary>What clipping and the assumed households leave as an error that does not average out, on the model scale.</summary>
    const double ModelError = 0.01;

    /// <summary>
    /// The same for a mean of energies over hours: the few loudest rule it, and of those clipping takes most. 0.6 dB.
    /// </summary>
    const double EnergyModelError = 0.06;

    /// <summary>How far the spread between households may be from its constant: a share of the convexity correction.</summary>
    const double ConvexityUncertainty = 0.3;

    const double Normal95 = 1.959963984540054;

    /// <summary>An hour's estimate.</summary>
    public static Estimate Hour(Area area, Quantity quantity, HourWindow window, Moments value, NodeHour node, EstimateStatus status) =>
        Write(
        area, quantity, Resolution.Hour, window.Start, window.End,
        new Moments(value.Mean + node.Lift, value.Variance + node.WeightVariance), ModelError, status);

    /// <summary>The estimate of the mean over some hours.</summary>
    public static Estimate Period(
        Area area, Quantity quantity, Resolution resolution, DateTimeOffset start, DateTimeOffset end, Moments value, double weightVariance,
        EstimateStatus status) => Write(
        area, quantity, resolution, start, end, value with { Variance = value.Variance + weightVariance },
        quantity.Averaging == Averaging.Energetic ? EnergyModelError : ModelError, status);

    static Estimate Write(
        Area area, Quantity quantity, Resolution resolution, DateTimeOffset start, DateTimeOffset end, Moments value, double modelError,
        EstimateStatus status)
    {
        var parameters = ModelParameters.Prior(quantity);
        var convexity = quantity.IsLogarithmic
            ? 0.5 * (parameters.HouseholdBias * parameters.HouseholdBias + parameters.HouseholdVariation * parameters.HouseholdVariation)
            : 0;
        var deviation = Inflation * Math.Sqrt(
            value.Variance + modelError * modelError + ConvexityUncertainty * ConvexityUncertainty * convexity * convexity);
        return new Estimate(
            area, quantity, resolution, start, end,
            quantity.FromModelScale(value.Mean), deviation * quantity.UnitsPerModelScale(value.Mean),
            quantity.FromModelScale(value.Mean - Normal95 * deviation), quantity.FromModelScale(value.Mean + Normal95 * deviation), status);
    }
}
