using System.Globalization;

namespace CivicSense.OpenData;

/// <summary>Which areas a request asks for: those that contain a position and touch a box, where it names them.</summary>
sealed class PlaceFilter
{
    readonly Area? cell;
    readonly AreaBounds? box;

    PlaceFilter(Area? cell, AreaBounds? box) => (this.cell, this.box) = (cell, box);

    /// <summary>Reads <see cref="QueryParameter.Point"/> and <see cref="QueryParameter.BoundingBox"/>.</summary>
    /// <exception cref="ProblemException">400: one of them cannot be read.</exception>
    public static PlaceFilter Read(ResourceRequest request) => new(
        request.Text(QueryParameter.Point) is { } point ? ReadPoint(point) : null,
        request.Text(QueryParameter.BoundingBox) is { } box ? ReadBox(box) : null);

    public bool Covers(Area area) =>
        (cell is not { } finest || area.Contains(finest)) && (box is not { } wanted || Touches(area.Bounds, wanted));

    static bool Touches(AreaBounds area, AreaBounds wanted) =>
        area.South <= wanted.North && area.North >= wanted.South
        && (wanted.West <= wanted.East
            ? area.West <= wanted.East && area.East >= wanted.West
            : area.West <= wanted.East || area.East >= wanted.West);

    static Area ReadPoint(string text) => ReadNumbers(text, 2) is [>= -180 and <= 180 and var longitude, >= -90 and <= 90 and var latitude]
        ? Area.FromPosition(latitude, longitude, Area.MaximumZoom)
        : throw ProblemException.BadParameter(
            QueryParameter.Point.Name,
            $"{ProblemException.Quote(text)} is no position: two numbers with a comma between, "
                + "the longitude (-180 to 180) before the latitude (-90 to 90).");

    static AreaBounds ReadBox(string text) =>
        ReadNumbers(text, 4) is [>= -180 and <= 180 and var west, >= -90 and <= 90 and var south, >= -180 and <= 180 and var east,
            >= -90 and <= 90 and var north]
        && south <= north
            ? new AreaBounds(west, south, east, north)
            : throw ProblemException.BadParameter(
                QueryParameter.BoundingBox.Name,
                $"{ProblemException.Quote(text)} is no box: four numbers with commas between, west,south,east,north in degrees, "
                    + "south not above north.");

    static double[] ReadNumbers(string text, int count)
    {
        var fields = text.Length <= 200 ? text.Split(',') : [];
        var numbers = new List<double>(count);
        foreach (var field in fields)
        {
            if (double.TryParse(
                field, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                numbers.Add(number);
        }
        return numbers.Count == fields.Length && fields.Length == count ? [.. numbers] : [];
    }
}
