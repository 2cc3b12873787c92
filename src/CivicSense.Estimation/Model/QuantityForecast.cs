using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>What one quantity's model predicts. Immutable.</summary>
/// <param name="Quantity">The quantity.</param>
/// <param name="Last">The newest hour that the states have reached.</param>
/// <param name="States">The mean state of each filter.</param>
sealed record QuantityForecast(Quantity Quantity, HourWindow Last, IReadOnlyDictionary<FilterKey, double[]> States)
{
    /// <summary>What is predicted before anything was released, in the quantity's unit.</summary>
    public static double Prior(Quantity quantity) => quantity.FromModelScale(quantity.ToModelScale(quantity.PriorMean));

    /// <summary>Predicts a release area for a later window, in the quantity's unit.</summary>
    public double Predict(Area area, HourWindow window, double[] cityRow)
    {
        var key = new FilterKey(area, IsJoint: false);
        if (!States.TryGetValue(key, out var state))
            state = States[key.NearestOf(States.Keys)];
        var retention = ProcessParameters.Of(Quantity).Retention(Math.Max(0, window.Index - Last.Index));
        var value = Quantity.ToModelScale(Quantity.PriorMean);
        for (var component = 0; component < StateLayout.CityComponents; component++)
            value += cityRow[component] * retention[component] * state[component];
        foreach (var component in (ReadOnlySpan<int>)[StateLayout.Offset(Side.Inside), StateLayout.Local(Side.Inside)])
            value += retention[component] * state[component];
        return Quantity.FromModelScale(value);
    }
}
