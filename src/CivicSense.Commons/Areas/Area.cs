using System.Globalization;

namespace CivicSense.Commons;

/// <summary>A cell of the Web Mercator quadtree (OGC Two Dimensional Tile Matrix Set 2.0, WebMercatorQuad), named by its quadkey.</summary>
/// <remarks>
/// Each digit (0 to 3) halves the cell in both directions; a prefix is a parent. The empty quadkey is the whole world, and so is
/// <c>default</c>. A cell of zoom 14 is about 1.5 km wide at 52 degrees of latitude. Equality and order are those of the quadkey.
/// </remarks>
public readonly struct Area : IEquatable<Area>, IComparable<Area>
{
    /// <summary>The finest zoom that a device's place is ever stored at.</summary>
    public const int FinestZoom = 14;

    /// <summary>The finest zoom that a quadkey may name here.</summary>
    public const int MaximumZoom = 23;

    const double MaximumLatitude = 85.05112877980659;

    readonly string? quadKey;

    Area(string quadKey) => this.quadKey = quadKey;

    /// <summary>The quadkey; its length is the zoom.</summary>
    public string QuadKey => quadKey ?? "";

    /// <summary>0 for the world, one more for each halving.</summary>
    public int Zoom => QuadKey.Length;

    /// <summary>The cell one zoom up; the world is its own parent.</summary>
    public Area Parent => Zoom == 0 ? this : new Area(QuadKey[..^1]);

    /// <summary>Reads a quadkey: at most <see cref="MaximumZoom"/> digits of 0 to 3.</summary>
    public static bool TryParse(string? text, out Area area)
    {
        area = default;
        if (text is null || text.Length > MaximumZoom || text.AsSpan().ContainsAnyExcept("0123"))
            return false;
        area = new Area(text);
        return true;
    }

    /// <summary>Reads a quadkey.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not a quadkey.</exception>
    public static Area Parse(string text) =>
        TryParse(text, out var area)
            ? area
            : throw new FormatException($"'{text}' is not a quadkey: at most {MaximumZoom} digits, each 0, 1, 2 or 3.");

    /// <summary>The cell that contains a position.</summary>
    /// <param name="latitude">
    /// Degrees north (WGS 84), -90 to 90. Latitudes beyond the Mercator square fall into its outermost cells.
    /// </param>
    /// <param name="longitude">Degrees east (WGS 84), -180 to 180.</param>
    /// <param name="zoom">0 to <see cref="MaximumZoom"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range or not a number.</exception>
    public static Area FromPosition(double latitude, double longitude, int zoom = FinestZoom)
    {
        if (!(latitude is >= -90 and <= 90))
            throw new ArgumentOutOfRangeException(nameof(latitude), latitude, "Latitude must be -90 to 90 degrees.");
        if (!(longitude is >= -180 and <= 180))
            throw new ArgumentOutOfRangeException(nameof(longitude), longitude, "Longitude must be -180 to 180 degrees.");
        ArgumentOutOfRangeException.ThrowIfNegative(zoom);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(zoom, MaximumZoom);

        var sine = Math.Sin(Math.Clamp(latitude, -MaximumLatitude, MaximumLatitude) * Math.PI / 180);
        var size = 1 << zoom;
        var column = Math.Clamp((int)((longitude + 180) / 360 * size), 0, size - 1);
        var row = Math.Clamp((int)((0.5 - Math.Log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size), 0, size - 1);
        return new Area(string.Create(zoom, (column, row), static (digits, cell) =>
        {
            for (var i = 0; i < digits.Length; i++)
            {
                var bit = digits.Length - 1 - i;
                digits[i] = (char)('0' + ((cell.column >> bit) & 1) + 2 * ((cell.row >> bit) & 1));
            }
        }));
    }

    /// <summary>Whether <paramref name="other"/> is this cell or lies inside it.</summary>
    public bool Contains(Area other) => other.QuadKey.StartsWith(QuadKey, StringComparison.Ordinal);

    /// <summary>The ancestor at a coarser zoom, or the cell itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="zoom"/> is negative or finer than this cell.</exception>
    public Area AtZoom(int zoom)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(zoom);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(zoom, Zoom);
        return new Area(QuadKey[..zoom]);
    }

    /// <summary>Column and row of the tile, counted from the north-west corner.</summary>
    public (int Column, int Row) Tile
    {
        get
        {
            int column = 0, row = 0;
            foreach (var digit in QuadKey)
            {
                column = 2 * column + ((digit - '0') & 1);
                row = 2 * row + ((digit - '0') >> 1);
            }
            return (column, row);
        }
    }

    /// <summary>The cell's edges in degrees (WGS 84).</summary>
    public AreaBounds Bounds
    {
        get
        {
            var (column, row) = Tile;
            double size = 1L << Zoom;
            return new AreaBounds(
                West: column / size * 360 - 180, South: Latitude((row + 1) / size),
                East: (column + 1) / size * 360 - 180, North: Latitude(row / size));

            static double Latitude(double fraction) => Math.Atan(Math.Sinh(Math.PI * (1 - 2 * fraction))) * 180 / Math.PI;
        }
    }

    /// <inheritdoc/>
    public bool Equals(Area other) => QuadKey == other.QuadKey;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Area other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(QuadKey, StringComparison.Ordinal);

    /// <inheritdoc/>
    public int CompareTo(Area other) => string.CompareOrdinal(QuadKey, other.QuadKey);

    /// <inheritdoc/>
    public override string ToString() => QuadKey.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether both name the same cell.</summary>
    public static bool operator ==(Area left, Area right) => left.Equals(right);

    /// <summary>Whether they name different cells.</summary>
    public static bool operator !=(Area left, Area right) => !left.Equals(right);

    /// <summary>Whether <paramref name="left"/> comes first in quadkey order.</summary>
    public static bool operator <(Area left, Area right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> comes first in quadkey order or is the same cell.</summary>
    public static bool operator <=(Area left, Area right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> comes later in quadkey order.</summary>
    public static bool operator >(Area left, Area right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> comes later in quadkey order or is the same cell.</summary>
    public static bool operator >=(Area left, Area right) => left.CompareTo(right) >= 0;
}

/// <summary>The edges of an area in degrees (WGS 84).</summary>
/// <param name="West">Longitude of the western edge.</param>
/// <param name="South">Latitude of the southern edge.</param>
/// <param name="East">Longitude of the eastern edge.</param>
/// <param name="North">Latitude of the northern edge.</param>
public readonly record struct AreaBounds(double West, double South, double East, double North);
