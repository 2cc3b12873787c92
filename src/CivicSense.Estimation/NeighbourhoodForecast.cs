using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// What the estimator predicts for the hours after the newest release. Immutable, so it may be asked while the next state is computed.
/// </summary>
sealed record NeighbourhoodForecast(IReadOnlyDictionary<Quantity, QuantityForecast> Quantities)
{
    /// <summary>The forecast before anything is released: the prior means.</summary>
    public static NeighbourhoodForecast Prior { get; } = new(new Dictionary<Quantity, QuantityForecast>());

    /// <summary>Predicts every key of a plan, in the quantities' units.</summary>
    public void Predict(ReleasePlan plan, HourWindow window, Span<double> baselines)
    {
        var cityRow = StateLayout.CityRow(window, TimeZoneInfo.FindSystemTimeZoneById(plan.TimeZone));
        for (var quantity = 0; quantity < plan.Quantities.Length; quantity++)
        {
            var planned = plan.Quantities[quantity].Quantity;
            var known = Quantities.GetValueOrDefault(planned);
            for (var area = 0; area < plan.Areas.Length; area++)
            {
                baselines[plan.KeyIndex(area, quantity)] =
                    known is null ? QuantityForecast.Prior(planned) : known.Predict(plan.Areas[area].Area, window, cityRow);
            }
        }
    }
}
