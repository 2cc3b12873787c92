namespace CivicSense.Commons;

/// <summary>The box around a set of areas on the Web Mercator square: x grows to the east and y to the south, both from 0 to 1.</summary>
/// <param name="Left">Its western edge.</param>
/// <param name="Top">Its northern edge.</param>
/// <param name="Right">Its eastern edge.</param>
/// <param name="Bottom">Its southern edge.</param>
public readonly record struct MapFrame(double Left, double Top, double Right, double Bottom)
{
    /// <summary>From west to east.</summary>
    public double Width => Right - Left;

    /// <summary>From north to south.</summary>
    public double Height => Bottom - Top;

    /// <summary>The smallest box that holds all of these areas.</summary>
    public static MapFrame Around(IEnumerable<Area> areas)
    {
        ArgumentNullException.ThrowIfNull(areas);
        var frame = new MapFrame(1, 1, 0, 0);
        foreach (var area in areas)
        {
            var box = Of(area);
            frame = new MapFrame(Math.Min(frame.Left, box.Left), Math.Min(frame.Top, box.Top), Math.Max(frame.Right, box.Right),
                Math.Max(frame.Bottom, box.Bottom));
        }
        return frame;
    }

    /// <summary>The box of one area.</summary>
    public static MapFrame Of(Area area)
    {
        var (column, row) = area.Tile;
        var size = Math.Pow(2, area.Zoom);
        return new MapFrame(column / size, row / size, (column + 1) / size, (row + 1) / size);
    }

    /// <summary>Where a point lies in the box, in words.</summary>
    public string Direction((double X, double Y) point)
    {
        const double middle = 0.2;
        var east = Width > 0 ? (point.X - Left) / Width - 0.5 : 0;
        var south = Height > 0 ? (point.Y - Top) / Height - 0.5 : 0;
        var vertical = south < -middle ? "north" : south > middle ? "south" : "";
        var horizontal = east < -middle ? "west" : east > middle ? "east" : "";
        return (vertical, horizontal) switch
        {
            ("", "") => "centre",
            ("", _) => horizontal,
            (_, "") => vertical,
            _ => $"{vertical}-{horizontal}",
        };
    }
}
