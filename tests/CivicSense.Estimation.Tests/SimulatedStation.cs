using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>An official station: what it has in an hour, and when that becomes known.</summary>
sealed record SimulatedStation(string Name)
{
    /// <summary>How many hours after its hour a value is known.</summary>
    public int Delay { get; init; }

    /// <summary>The first hour in which it says nothing more.</summary>
    public int StopsAt { get; init; } = int.MaxValue;

    /// <summary>Its lasting difference from the mean of the areas, on the model scale.</summary>
    public double Bias { get; init; } = 0.1;

    /// <summary>What it has in the n-th hour, where that is not the simulated air.</summary>
    public Func<int, double>? Field { get; init; }
}

/// <summary>Hands out the values of some stations when they become known, and keeps them as a store would.</summary>
sealed class SimulatedStations(IReadOnlyList<SimulatedStation> stations, int seed, MemoryCommons commons) : IReferenceSource
{
    // Draws of its own: the households are the same whether there are stations or not.
    readonly Random random = new(seed);
    readonly List<(ReferenceValue Value, int Delay)> waiting = [];

    /// <summary>Measures an hour.</summary>
    /// <param name="window">The hour.</param>
    /// <param name="hour">Its number.</param>
    /// <param name="quantity">What is measured.</param>
    /// <param name="air">The mean of the areas on the model scale.</param>
    public void Measure(HourWindow window, int hour, Quantity quantity, double air)
    {
        foreach (var station in stations)
        {
            var value = station.Field?.Invoke(hour) ?? quantity.FromModelScale(air + station.Bias + 0.05 * random.Normal());
            if (hour < station.StopsAt)
                waiting.Add((new ReferenceValue(station.Name, quantity, window, value, window), station.Delay));
        }
    }

    public ValueTask<IReadOnlyList<ReferenceValue>> TakeAsync(HourWindow knownFrom, CancellationToken cancellationToken)
    {
        var known = waiting.Where(entry => entry.Value.Window.Index + entry.Delay <= knownFrom.Index).ToList();
        waiting.RemoveAll(known.Contains);
        List<ReferenceValue> values =
        [
            .. known.Select(entry => entry.Value with { KnownFrom = knownFrom })
                .OrderBy(value => value.Window).ThenBy(value => value.Station, StringComparer.Ordinal)
                    .ThenBy(value => value.Quantity.Ordinal),
        ];
        commons.References.AddRange(values);
        return ValueTask.FromResult<IReadOnlyList<ReferenceValue>>(values);
    }
}
