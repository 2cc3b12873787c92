using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Makes one series of the official stations of one quantity, so that a station that falls silent leaves no step in it.</summary>
/// <remarks>
/// Each station has a lasting difference from the others, learnt as a slow mean; what is pooled is the values less their differences. All
/// of it is public.
/// </remarks>
sealed class StationPool(Quantity quantity)
{
    /// <summary>Hours over which a lasting difference is learnt.</summary>
    const double Memory = 336;

    /// <summary>Instruments are not better than this, on the model scale.</summary>
    const double InstrumentDeviation = 0.02;

    readonly SortedDictionary<string, (double Difference, double Hours, HourWindow Heard)> stations = new(StringComparer.Ordinal);
    HourWindow newest = new(long.MinValue);

    /// <summary>The pooled value of one hour and its noise variance.</summary>
    /// <param name="values">The values of one hour, at least one, none told before.</param>
    /// <param name="local">How far a single station is from the others from hour to hour, as a variance.</param>
    /// <returns>Null for an hour that came before one that was told: its stations were told already, or are too late.</returns>
    public Moments? Add(IReadOnlyCollection<ReferenceValue> values, double local)
    {
        var window = values.First().Window;
        if (window <= newest)
            return null;
        newest = window;
        var scaled = values.Select(value => (value.Station, Value: quantity.ToModelScale(value.Value))).ToList();
        var known = scaled.Where(value => stations.ContainsKey(value.Station)).ToList();
        var mean = known.Count > 0
            ? known.Average(value => value.Value - stations[value.Station].Difference)
            : scaled.Average(value => value.Value);
        // Known stations may move against each other, not all together, and a new one joins where it stands: either would be a step.
        var common = known.Count > 0 ? known.Average(value => Change(value.Station, value.Value - mean)) : 0;
        foreach (var (station, value) in scaled)
        {
            var (difference, hours, _) = stations.GetValueOrDefault(station);
            var change = Change(station, value - mean) - (hours > 0 ? common : 0);
            stations[station] = (difference + change, hours + 1, window);
        }
        foreach (var silent in stations.Where(entry => window.Index - entry.Value.Heard.Index > Memory).Select(entry => entry.Key).ToList())
            stations.Remove(silent);
        return new Moments(mean, InstrumentDeviation * InstrumentDeviation + local * (1.0 / scaled.Count - 1.0 / stations.Count));
    }

    double Change(string station, double shown)
    {
        var (difference, hours, _) = stations.GetValueOrDefault(station);
        return (shown - difference) / Math.Min(hours + 1, Memory);
    }
}
