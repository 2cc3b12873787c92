using System.Diagnostics.CodeAnalysis;
using NetTopologySuite.Geometries;

namespace CivicSense.OpenData.SensorThings;

/// <summary>A property that has properties itself: a JSON object.</summary>
class ComplexValue(params (string Name, object? Value)[] members)
{
    /// <summary>Names and values in their order.</summary>
    public IReadOnlyList<(string Name, object? Value)> Members => members;

    /// <summary>Finds a member by its name, exactly as written.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out object? value)
    {
        value = Array.Find(members, member => member.Name == name).Value;
        return value is not null;
    }

    /// <summary>The same with nothing but these members of it, or of the members inside it; what is not there is left out.</summary>
    /// <param name="paths">Names, or names with slashes between them.</param>
    public ComplexValue Only(IReadOnlyCollection<string> paths)
    {
        var kept = new List<(string, object?)>();
        foreach (var (name, value) in members)
        {
            var inner = paths.Where(path => path.StartsWith(name + "/", StringComparison.Ordinal)).Select(path => path[(name.Length + 1)..])
                .ToList();
            if (paths.Contains(name)) kept.Add((name, value));
            else if (inner.Count > 0 && value is ComplexValue complex) kept.Add((name, complex.Only(inner)));
        }
        return new ComplexValue([.. kept]);
    }
}

/// <summary>An area as a GeoJSON polygon (RFC 7946).</summary>
sealed class AreaShape(Area area) : ComplexValue(("type", "Polygon"), ("coordinates", Ring(area)))
{
    static readonly GeometryFactory Factory = new(new PrecisionModel(), 4326);

    Polygon? polygon;

    /// <summary>The same for the functions on geometries.</summary>
    public Geometry Geometry =>
        polygon ??= Factory.CreatePolygon([.. Corners(area).Select(corner => new Coordinate(corner.Longitude, corner.Latitude))]);

    // Counter-clockwise, closed (RFC 7946, section 3.1.6).
    static (double Longitude, double Latitude)[] Corners(Area area)
    {
        var bounds = area.Bounds;
        var (west, south, east, north) = (Degrees(bounds.West), Degrees(bounds.South), Degrees(bounds.East), Degrees(bounds.North));
        return [(west, south), (east, south), (east, north), (west, north), (west, south)];

        // Seven decimals are about a centimetre.
        static double Degrees(double value) => Math.Round(value, 7);
    }

    static object?[] Ring(Area area) =>
        [Corners(area).Select(corner => (object?)(object?[])[corner.Longitude, corner.Latitude]).ToArray()];
}
