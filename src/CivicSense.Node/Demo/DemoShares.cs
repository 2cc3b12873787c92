using System.Collections.Immutable;
using CivicSense.Commons;

namespace CivicSense.Node.Demo;

/// <summary>
/// The shares of the norm budget where an archive is replayed, which holds particles, temperature and humidity but no sound.
/// </summary>
static class DemoShares
{
    public static ImmutableDictionary<string, decimal> OfArchive { get; } = ImmutableDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create(Quantity.Pm25.Id, 0.55m),
        KeyValuePair.Create(Quantity.Pm10.Id, 0.20m),
        KeyValuePair.Create(Quantity.Temperature.Id, 0.10m),
        KeyValuePair.Create(Quantity.Humidity.Id, 0.10m),
    ]);
}
