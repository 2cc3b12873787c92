using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>One area's value in one hour on the model scale, as a function of the release areas inside it.</summary>
/// <param name="Mean">The logarithm of the expected value for concentrations; the expected value otherwise.</param>
/// <param name="Variance">The variance of the estimate.</param>
/// <param name="WeightVariance">What not knowing the areas' owner counts adds, the same in every hour of a day.</param>
/// <param name="Owners">The expected number of active owners.</param>
sealed record NodeHour(double Mean, double Variance, double WeightVariance, double Owners)
{
    /// <summary>
    /// How far, on the model scale, a day's residuals typically lie on one side: a wrong owner count scales them all alike, which the
    /// filter's hour-by-hour uncertainty averages out and this does not.
    /// </summary>
    const double PersistentResidual = 0.3;

    /// <param name="node">The area.</param>
    /// <param name="quantity">The quantity.</param>
    /// <param name="own">The mean over the area's owners, on the model scale.</param>
    /// <param name="values">The same for each release area of the plan.</param>
    /// <param name="owners">The owner counts of the release areas.</param>
    public static NodeHour Of(SummaryNode node, Quantity quantity, Moments own, Moments[] values, OwnerCount[] owners)
    {
        var parts = node.Parts.Length;
        var rate = AcrossAreas(quantity);
        Span<double> means = stackalloc double[parts], variances = stackalloc double[parts], weights = stackalloc double[parts];
        Span<double> slopes = stackalloc double[parts];
        var total = 0.0;
        foreach (var part in node.Parts)
            total += owners[part].Mean;
        for (var i = 0; i < parts; i++)
        {
            means[i] = values[node.Parts[i]].Mean;
            variances[i] = values[node.Parts[i]].Variance;
            weights[i] = owners[node.Parts[i]].Mean / total;
        }
        var joint = PowerMean.Of(means, variances, weights, rate, slopes);

        double weightVariance = 0, relative = 0;
        for (var i = 0; i < parts; i++)
        {
            var lever = rate == 0 ? means[i] - joint : Math.Exp(rate * (means[i] - joint)) - 1;
            var pull = weights[i] * owners[node.Parts[i]].Relative * lever;
            weightVariance += parts == 1 ? 0 : pull * pull;
            relative += slopes[i] * owners[node.Parts[i]].Relative;
        }
        // The areas' counts err together, through the share of active owners that they have in common: added up, not squared one by one.
        weightVariance += relative * relative * PersistentResidual * PersistentResidual;
        // By how much uncertain and different exponents raise a mean of exponentials above the exponential of the mean.
        var convexity = joint - SymmetricMatrix.Dot(means, weights);
        return new NodeHour(own.Mean + convexity, own.Variance, weightVariance, total);
    }

    /// <summary>Concentrations of households and areas are averaged as such, everything else on its own scale.</summary>
    static double AcrossAreas(Quantity quantity) => quantity.IsLogarithmic ? 1 : 0;

    /// <summary>
    /// The rate of the <see cref="PowerMean"/> over hours: sound is averaged as energy (a unit of the model scale is 10 dB).
    /// </summary>
    public static double AcrossHours(Quantity quantity) =>
        quantity.IsLogarithmic ? 1 : quantity.Averaging == Averaging.Energetic ? Math.Log(10) : 0;
}

/// <summary>Turns model-scale results into estimates in the quantity's unit.</summary>
static class Publication
{
    /// <summary>The factor on every standard error for what the model leaves out; see docs/estimation.md, "Honest intervals".</summary>
    const double Inflation = 1.1;

    /// <summary>What clipping and the assumed households leave as an error that does not average out, on the model scale.</summary>
    const double ModelError = 0.03;

    /// <summary>How far the spread between households may be from its constant: a share of the convexity correction.</summary>
    const double ConvexityUncertainty = 0.5;

    const double Normal95 = 1.959963984540054;

    public static Estimate Hour(SummaryNode node, Quantity quantity, HourWindow window, NodeHour hour, EstimateStatus status)
    {
        // Of an uncertain logarithm, people read the median: the error it makes is the smallest on average.
        var median = hour.Mean - (quantity.IsLogarithmic ? 0.5 * hour.Variance : 0);
        return Write(node, quantity, Resolution.Hour, window.Start, window.End, median,
            hour.Variance + hour.WeightVariance + Households(quantity, hour.Owners), status);
    }

    /// <summary>From the node's hours of the day, their mean on the model scale and its variance.</summary>
    public static Estimate Day(
        SummaryNode node, PlanContext context, Quantity quantity, IReadOnlyList<NodeHour> hours, double mean, double variance, EstimateStatus status)
    {
        var median = mean - 0.5 * NodeHour.AcrossHours(quantity) * variance;
        // Household episodes last a few hours: a day has about a third as many independent ones as hours.
        var total = variance + hours.Average(hour => hour.WeightVariance)
            + Households(quantity, hours.Average(hour => hour.Owners)) * Math.Min(1, 3.0 / hours.Count);
        return Write(node, quantity, Resolution.Day, context.Windows[0].Start, context.Windows[^1].End, median, total, status);
    }

    /// <summary>What single households add to the mean of their neighbours without it showing in the sum of clipped residuals.</summary>
    static double Households(Quantity quantity, double owners)
    {
        var variation = ProcessParameters.Of(quantity).HouseholdVariation;
        return variation * variation / owners;
    }

    static Estimate Write(
        SummaryNode node, Quantity quantity, Resolution resolution, DateTimeOffset start, DateTimeOffset end,
        double median, double variance, EstimateStatus status)
    {
        var parameters = ProcessParameters.Of(quantity);
        var spread = parameters.HouseholdBias * parameters.HouseholdBias + parameters.HouseholdVariation * parameters.HouseholdVariation;
        // A mean of logarithms lies below the logarithm of the mean, by half the variance between households.
        var convexity = quantity.IsLogarithmic ? 0.5 * spread : 0;
        var centre = median + convexity;
        var deviation = Inflation * Math.Sqrt(variance + ModelError * ModelError + ConvexityUncertainty * ConvexityUncertainty * convexity * convexity);
        return new Estimate(
            node.Area, quantity, resolution, start, end,
            quantity.FromModelScale(centre), deviation * quantity.UnitsPerModelScale(centre),
            quantity.FromModelScale(centre - Normal95 * deviation), quantity.FromModelScale(centre + Normal95 * deviation), status);
    }
}
