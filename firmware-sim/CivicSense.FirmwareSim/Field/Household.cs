namespace CivicSense.FirmwareSim.Field;

/// <summary>Where a household is and what is peculiar to it.</summary>
/// <param name="Index">0, 1, 2, ...</param>
/// <param name="Area">The number of its area.</param>
/// <param name="Latitude">WGS 84, degrees.</param>
/// <param name="Longitude">WGS 84, degrees.</param>
readonly record struct Household(int Index, int Area, double Latitude, double Longitude);

/// <summary>
/// Places households in five neighbouring cells of the Web Mercator quadtree, in fixed shares, so that none is nearly empty.
/// </summary>
static class Neighbourhood
{
    /// <summary>The number of cells: the one with the centre and its four neighbours.</summary>
    public const int Areas = 5;

    static readonly (int Column, int Row)[] Cells = [(0, 0), (0, -1), (1, 0), (0, 1), (-1, 0)];

    // Of every 25 households in turn; the least gets four, so 94 households put 15 in each cell.
    static readonly int[] Turns = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 0, 0, 1, 2];

    /// <summary>Places the household with the given index.</summary>
    /// <param name="options">Centre and zoom.</param>
    /// <param name="noise">The stream of places.</param>
    /// <param name="index">0, 1, 2, ...</param>
    public static Household Place(FleetOptions options, CounterNoise noise, int index)
    {
        var area = Turns[index % Turns.Length];
        double size = 1L << options.AreaZoom;
        var sine = Math.Sin(options.Latitude * Math.PI / 180);
        var column = Math.Floor((options.Longitude + 180) / 360 * size) + Cells[area].Column;
        var row = Math.Floor((0.5 - Math.Log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size) + Cells[area].Row;

        // Away from the cell's edge, so that a second device a few metres off is in the same cell.
        var draws = noise.Stream(index);
        var x = (column + 0.05 + 0.9 * draws.Uniform(0)) / size;
        var y = (row + 0.05 + 0.9 * draws.Uniform(1)) / size;
        return new Household(index, area, Math.Atan(Math.Sinh(Math.PI * (1 - 2 * y))) * 180 / Math.PI, x * 360 - 180);
    }
}
