using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// What the estimator predicts for the hour that is about to be released. Immutable, so it may be asked while the next state is computed.
/// </summary>
sealed record NeighbourhoodForecast(IReadOnlyDictionary<Quantity, QuantityForecast> Quantities)
{
    /// <summary>The forecast before anything is released: the prior means.</summary>
    public static NeighbourhoodForecast Prior { get; } = new(new Dictionary<Quantity, QuantityForecast>());

    /// <summary>Predicts every key of a plan, in the quantities' units.</summary>
    public void Predict(ReleasePlan plan, Span<double> baselines)
    {
        for (var quantity = 0; quantity < plan.Quantities.Length; quantity++)
        {
            var planned = plan.Quantities[quantity].Quantity;
            var known = Quantities.GetValueOrDefault(planned);
            for (var area = 0; area < plan.Areas.Length; area++)
                baselines[plan.KeyIndex(area, quantity)] = known?.Of(plan.Areas[area].Area) ?? QuantityForecast.Prior(planned);
        }
    }
}
