using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>What is expected of one quantity in the newest hour that the model has reached. Immutable.</summary>
/// <param name="Quantity">The quantity.</param>
/// <param name="Window">The hour.</param>
/// <param name="Values">The expected value of each filter's area on the model scale.</param>
sealed record QuantityForecast(Quantity Quantity, HourWindow Window, IReadOnlyDictionary<FilterKey, double> Values)
{
    /// <summary>What is predicted before anything was released, in the quantity's unit.</summary>
    public static double Prior(Quantity quantity) => quantity.FromModelScale(quantity.ToModelScale(quantity.PriorMean));

    /// <summary>The value of a release area in the quantity's unit.</summary>
    public double Of(Area area)
    {
        var key = new FilterKey(area, IsJoint: false);
        return Quantity.FromModelScale(Values.TryGetValue(key, out var value) ? value : Values[key.NearestOf(Values.Keys)]);
    }
}
