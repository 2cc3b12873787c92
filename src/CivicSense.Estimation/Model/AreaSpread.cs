using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>The long-run variances of what is a filter's own: of its area (inside) and of the pooled rest (outside).</summary>
readonly record struct AreaSpread(Spread Inside, Spread Outside);

/// <summary>
/// How far a mean over some households lies from the city, as variances: lastingly, over hours, over days, and in one hour alone.
/// </summary>
readonly record struct Spread(double Offset, double Local, double Slow, double White)
{
    public double Total => Offset + Local + Slow + White;

    /// <summary>The spread of a release area with so many owners.</summary>
    public static Spread Of(ModelParameters parameters, Area area, double owners)
    {
        var factor = parameters.Roughness * parameters.AreaFactors.GetValueOrDefault(area, 1);
        var square = factor * factor;
        var bias = parameters.HouseholdDamping * parameters.HouseholdBias;
        var variation = parameters.HouseholdDamping * parameters.HouseholdVariation;
        return new Spread(
            parameters.OffsetDeviation * parameters.OffsetDeviation + bias * bias / owners,
            square * parameters.LocalDeviation * parameters.LocalDeviation + variation * variation / owners,
            square * parameters.SlowDeviation * parameters.SlowDeviation,
            square * parameters.WhiteDeviation * parameters.WhiteDeviation);
    }

    /// <summary>
    /// The spread of the official stations: that of an area with very many owners, and instruments of their own. What they have in one
    /// hour alone is in <see cref="ModelParameters.StationLocalDeviation"/>.
    /// </summary>
    public static Spread OfStations(ModelParameters parameters) => new(
        parameters.OffsetDeviation * parameters.OffsetDeviation + parameters.StationOffsetDeviation * parameters.StationOffsetDeviation,
        parameters.StationLocalDeviation * parameters.StationLocalDeviation,
        parameters.SlowDeviation * parameters.SlowDeviation, White: 0);

    /// <summary>The spread of a weighted mean of areas that differ independently of each other.</summary>
    public static Spread OfMean(ReadOnlySpan<Spread> areas, ReadOnlySpan<Share> shares)
    {
        double offset = 0, local = 0, slow = 0, white = 0;
        foreach (var share in shares)
        {
            var square = share.Weight * share.Weight;
            offset += square * areas[share.Area].Offset;
            local += square * areas[share.Area].Local;
            slow += square * areas[share.Area].Slow;
            white += square * areas[share.Area].White;
        }
        return new Spread(offset, local, slow, white);
    }
}

/// <summary>A release area, by its number in the plan, and its weight in a mean.</summary>
readonly record struct Share(int Area, double Weight);
