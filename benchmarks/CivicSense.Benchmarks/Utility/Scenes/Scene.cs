using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Benchmarks.Utility;

/// <summary>
/// What happens: which sensors stand where, what they measure, and what the official stations say. The same for every method.
/// </summary>
/// <param name="Quantity">The quantity that is measured.</param>
/// <param name="Calendar">The hours.</param>
/// <param name="FirstCounted">The first day whose errors count; on those before, methods may learn.</param>
/// <param name="Devices">The enrolled sensors, one in each household.</param>
/// <param name="Values">What they measure, by device and hour, in the unit of the quantity; NaN where one sends nothing.</param>
/// <param name="Stations">The official stations; their mean is the reference.</param>
/// <param name="AreaNames">What the areas are called, where they have a name.</param>
sealed record Scene(
    Quantity Quantity, Calendar Calendar, PrivacyDay FirstCounted, IReadOnlyList<Device> Devices, double[][] Values,
    IReadOnlyList<Station> Stations, IReadOnlyDictionary<Area, string> AreaNames)
{
    /// <summary>The number of the first hour that counts.</summary>
    public int FirstCountedHour => Calendar.Periods(Resolution.Day)[Array.IndexOf(Calendar.Days, FirstCounted)].FirstHour;

    /// <summary>What people call an area.</summary>
    public string NameOf(Area area) => AreaNames.TryGetValue(area, out var name) ? name : area.QuadKey;

    /// <summary>The mean of the stations by hour; NaN where none has a value.</summary>
    public double[] Reference() =>
        [.. Enumerable.Range(0, Calendar.Windows.Length).Select(hour => PeriodMeans.Of(Stations.Select(station => station.Values[hour])))];
}

/// <summary>An official station.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">Its value of every hour; NaN where it has none.</param>
sealed record Station(string Name, double[] Values);
