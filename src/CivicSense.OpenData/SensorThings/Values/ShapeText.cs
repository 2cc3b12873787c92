using System.Text;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO;

namespace CivicSense.OpenData.SensorThings;

/// <summary>Reads geometries from well-known text (OGC 06-103r4, clause 7).</summary>
static class ShapeText
{
    static readonly WKTReader Reader = new();

    /// <summary>The geometry, or null if this is none, is invalid, or is a collection of different kinds.</summary>
    public static Shape? Read(string text)
    {
        // The reader takes any digit of Unicode for the beginning of a number.
        if (!Ascii.IsValid(text)) return null;
        // Mixed collections have no relations in OGC 06-103r4, and nested ones would be read recursively.
        if (text.Contains("COLLECTION", StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            var geometry = Reader.Read(text);
            return geometry is { IsEmpty: false, IsValid: true } && Array.TrueForAll(geometry.Coordinates, IsFinite)
                ? new Shape(geometry, text)
                : null;
        }
        catch (Exception exception) when (exception is ParseException or ArgumentException or FormatException or OverflowException
            or NotSupportedException or InvalidOperationException or TopologyException)
        {
            return null;
        }
    }

    static bool IsFinite(Coordinate coordinate) => double.IsFinite(coordinate.X) && double.IsFinite(coordinate.Y);
}
