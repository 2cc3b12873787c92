namespace CivicSense.Estimation;

/// <summary>
/// The long-run variances of the components that are a filter's own: of its area (inside) and of the pooled rest (outside).
/// </summary>
readonly record struct AreaSpread(Spread Inside, Spread Outside);

/// <summary>
/// How far a mean over some households lies from the city: the lasting part and the hourly part, as variances on the model scale.
/// </summary>
readonly record struct Spread(double Offset, double Local)
{
    public double Total => Offset + Local;

    /// <summary>The spread of a release area with so many owners.</summary>
    public static Spread Of(ProcessParameters parameters, double owners) => new(
        parameters.OffsetDeviation * parameters.OffsetDeviation + parameters.HouseholdBias * parameters.HouseholdBias / owners,
        parameters.LocalDeviation * parameters.LocalDeviation + parameters.HouseholdVariation * parameters.HouseholdVariation / owners);

    /// <summary>The spread of a weighted mean of areas that differ independently of each other.</summary>
    public static Spread OfMean(ReadOnlySpan<Spread> areas, ReadOnlySpan<double> weights)
    {
        double offset = 0, local = 0;
        for (var area = 0; area < areas.Length; area++)
        {
            offset += weights[area] * weights[area] * areas[area].Offset;
            local += weights[area] * weights[area] * areas[area].Local;
        }
        return new Spread(offset, local);
    }
}
