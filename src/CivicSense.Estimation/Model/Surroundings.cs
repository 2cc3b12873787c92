using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Which release areas lie around a cell, and how much each counts there: near ones more, precise ones more.</summary>
sealed class Surroundings
{
    /// <summary>As many areas as say nearly all there is to say: the cost of an area must not grow with the city.</summary>
    const int Most = 32;

    /// <summary>
    /// Over this many kilometres the weight falls to 1/e. Differences between stations of one city are alike over 10 to 20 km.
    /// </summary>
    const double Reach = 15;

    const double EarthCircumference = 40_075;

    readonly Area[] areas;
    readonly (double X, double Y, double Kilometres)[] places;

    /// <summary>Remembers the release areas of a plan, which are in quadkey order.</summary>
    public Surroundings(IEnumerable<Area> releaseAreas)
    {
        areas = [.. releaseAreas];
        places = Array.ConvertAll(areas, Place);
    }

    /// <summary>The shares of the chosen areas around a cell; they sum to 1. Empty where there are none.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="precision">How much one measurement of each release area says.</param>
    /// <param name="chosen">Which may take part.</param>
    public Share[] Of(Area cell, ReadOnlySpan<double> precision, Func<int, bool> chosen)
    {
        var centre = Place(cell);
        var candidates = new List<(int Area, double Distance)>();
        foreach (var area in Near(cell, chosen))
            candidates.Add((area, Distance(centre, places[area])));
        candidates.Sort(static (left, right) =>
            left.Distance != right.Distance ? left.Distance.CompareTo(right.Distance) : left.Area.CompareTo(right.Area));
        if (candidates.Count > Most)
            candidates.RemoveRange(Most, candidates.Count - Most);

        var shares = new Share[candidates.Count];
        var total = 0.0;
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] = new Share(
                candidates[i].Area, precision[candidates[i].Area] * Math.Exp(-(candidates[i].Distance - candidates[0].Distance) / Reach));
            total += shares[i].Weight;
        }
        for (var i = 0; i < shares.Length; i++)
            shares[i] = shares[i] with { Weight = shares[i].Weight / total };
        return shares;
    }

    /// <summary>The chosen areas of the smallest cell around the given one that has enough of them.</summary>
    List<int> Near(Area cell, Func<int, bool> chosen)
    {
        var found = new List<int>();
        for (var zoom = cell.Zoom; zoom >= 0; zoom--)
        {
            found.Clear();
            var around = cell.AtZoom(zoom);
            var first = Array.BinarySearch(areas, around);
            for (var area = first < 0 ? ~first : first; area < areas.Length && around.Contains(areas[area]); area++)
            {
                if (chosen(area))
                    found.Add(area);
            }
            // Twice as many as needed, because the nearest ones may lie across an edge.
            if (found.Count >= 2 * Most)
                break;
        }
        return found;
    }

    static (double X, double Y, double Kilometres) Place(Area area)
    {
        var (column, row) = area.Tile;
        var tiles = Math.ScaleB(1, area.Zoom);
        var (x, y) = ((column + 0.5) / tiles, (row + 0.5) / tiles);
        // Web Mercator stretches by the secant of the latitude, which is cosh of this.
        return (x, y, EarthCircumference / Math.Cosh(Math.PI * (1 - 2 * y)));
    }

    static double Distance((double X, double Y, double Kilometres) left, (double X, double Y, double Kilometres) right)
    {
        var across = Math.Abs(left.X - right.X);
        var (x, y) = (Math.Min(across, 1 - across), left.Y - right.Y);
        return Math.Sqrt(x * x + y * y) * left.Kilometres;
    }
}
