using CivicSense.Commons;

namespace CivicSense.Benchmarks.Utility;

/// <summary>Hands out the values of a scene's stations as time goes by.</summary>
/// <param name="scene">The scene.</param>
/// <param name="delay">How many hours after its own window's release a value is first known; 0 for at once.</param>
sealed class SceneReferences(Scene scene, int delay) : IReferenceSource
{
    readonly Station[] stations = [.. scene.Stations.OrderBy(station => station.Name, StringComparer.Ordinal)];
    int next;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ReferenceValue>> TakeAsync(HourWindow knownFrom, CancellationToken cancellationToken)
    {
        var values = new List<ReferenceValue>();
        for (; next < scene.Calendar.Windows.Length && scene.Calendar.Windows[next].Index + delay <= knownFrom.Index; next++)
        {
            values.AddRange(stations.Where(station => !double.IsNaN(station.Values[next])).Select(station =>
                new ReferenceValue(station.Name, scene.Quantity, scene.Calendar.Windows[next], station.Values[next], knownFrom)));
        }
        return ValueTask.FromResult<IReadOnlyList<ReferenceValue>>(values);
    }
}
