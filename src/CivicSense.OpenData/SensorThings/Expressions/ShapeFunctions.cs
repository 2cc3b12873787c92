using System.Buffers;
using NetTopologySuite.Geometries;

namespace CivicSense.OpenData.SensorThings;

/// <summary>
/// The geospatial functions of OGC 18-088, table 23: the relations are those of OGC 06-103r4, clause 6.1.2.3. Geometry is plane, in
/// degrees; so are distances and lengths.
/// </summary>
static class ShapeFunctions
{
    const int PatternLength = 9;

    static readonly SearchValues<char> PatternLetters = SearchValues.Create("TF*012");

    public static IReadOnlyList<Function> All { get; } =
    [
        new("geo.distance", 2, 2, false, arguments => Both(arguments, (left, right) => left.Distance(right))),
        new("geo.length", 1, 1, false, arguments => Find(arguments[0]) is { } shape ? shape is ILineal ? shape.Length : 0.0 : null),
        Relation("geo.intersects", (left, right) => left.Intersects(right)),
        Relation("st_equals", (left, right) => left.EqualsTopologically(right)),
        Relation("st_disjoint", (left, right) => left.Disjoint(right)),
        Relation("st_touches", (left, right) => left.Touches(right)),
        Relation("st_within", (left, right) => left.Within(right)),
        Relation("st_overlaps", (left, right) => left.Overlaps(right)),
        Relation("st_crosses", (left, right) => left.Crosses(right)),
        Relation("st_intersects", (left, right) => left.Intersects(right)),
        Relation("st_contains", (left, right) => left.Contains(right)),
        new("st_relate", 3, 3, true, Relate),
    ];

    /// <summary>The geometry of a value, or null if it has none.</summary>
    static Geometry? Find(object value) => value switch
    {
        Shape shape => shape.Geometry,
        AreaShape area => area.Geometry,
        _ => null,
    };

    static Function Relation(string name, Func<Geometry, Geometry, bool> holds) =>
        new(name, 2, 2, true, arguments => Both(arguments, (left, right) => holds(left, right)));

    static object? Both(object[] arguments, Func<Geometry, Geometry, object> compute) =>
        Find(arguments[0]) is { } left && Find(arguments[1]) is { } right ? compute(left, right) : null;

    static object? Relate(object[] arguments)
    {
        if (arguments[2] is not string { Length: PatternLength } pattern || pattern.AsSpan().ContainsAnyExcept(PatternLetters))
            throw ProblemException.BadParameter("$filter",
                "The third argument of st_relate must be nine of the characters T, F, *, 0, 1 and 2.");
        return Both(arguments, (left, right) => left.Relate(right, pattern));
    }
}
