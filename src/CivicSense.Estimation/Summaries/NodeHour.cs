using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>What turns the value of an area's filter into the mean over its owners, for one hour.</summary>
/// <param name="Lift">What different areas and households add to the filter's mean of logarithms, on the model scale.</param>
/// <param name="WeightVariance">What not knowing the owner counts adds to the variance, the same in every hour of a day.</param>
readonly record struct NodeHour(double Lift, double WeightVariance)
{
    /// <summary>
    /// How far, on the model scale, a day's residuals typically lie on one side: a wrong owner count scales them all alike, which the
    /// filter's hour-by-hour uncertainty averages out and this does not.
    /// </summary>
    const double PersistentResidual = 0.15;

    /// <param name="node">The area.</param>
    /// <param name="quantity">The quantity.</param>
    /// <param name="own">What the area's own filter expects.</param>
    /// <param name="values">What is expected of each release area of the plan.</param>
    /// <param name="owners">The owner counts of the release areas.</param>
    public static NodeHour Of(
        SummaryNode node, Quantity quantity, Moments own, ReadOnlySpan<Moments> values, ReadOnlySpan<OwnerCount> owners)
    {
        var damping = ImaginedHouseholds.Damping(quantity, own.Mean);
        var parameters = ModelParameters.Prior(quantity);
        // A mean of logarithms lies below the logarithm of the mean, by half the variance between households.
        var spread = parameters.HouseholdBias * parameters.HouseholdBias + parameters.HouseholdVariation * parameters.HouseholdVariation;
        var households = quantity.IsLogarithmic ? 0.5 * damping * damping * spread : 0;
        if (node.Parts.Length == 1)
            return new NodeHour(households, Square(owners[node.Parts[0]].Relative * PersistentResidual));

        var (total, weighted, top) = (0.0, 0.0, double.NegativeInfinity);
        foreach (var part in node.Parts)
        {
            total += owners[part].Value;
            weighted += owners[part].Value * values[part].Mean;
            top = Math.Max(top, values[part].Mean);
        }
        var mean = weighted / total;
        var joint = mean;
        if (quantity.IsLogarithmic)
        {
            var sum = 0.0;
            foreach (var part in node.Parts)
                sum += owners[part].Value / total * Math.Exp(values[part].Mean - top);
            joint = top + Math.Log(sum);
        }

        double weightVariance = 0, relative = 0;
        foreach (var part in node.Parts)
        {
            var lever = quantity.IsLogarithmic ? Math.Exp(values[part].Mean - joint) - 1 : values[part].Mean - joint;
            weightVariance += Square(owners[part].Value / total * owners[part].Relative * lever);
            relative += owners[part].Value / total * owners[part].Relative;
        }
        // The areas' counts err together, through the share of active owners that they have in common: added up, not squared one by one.
        weightVariance += Square(relative * PersistentResidual);
        return new NodeHour(joint - mean + households, weightVariance);
    }

    static double Square(double value) => value * value;
}
