using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Carries a state over to another set of areas: areas stay, merge, split, appear or go. A linear map with added variance.</summary>
sealed class LayoutChange
{
    readonly int[][] sources;

    LayoutChange(StateLayout from, StateLayout to, int[][] sources, bool[] known)
    {
        From = from;
        To = to;
        this.sources = sources;
        Known = known;
    }

    public StateLayout From { get; }

    public StateLayout To { get; }

    /// <summary>Whether an area of <see cref="To"/> is one of <see cref="From"/>, so that nothing about it becomes less certain.</summary>
    public bool[] Known { get; }

    public static LayoutChange Between(StateLayout from, StateLayout to)
    {
        var origins = new int[to.Areas.Length][];
        var known = new bool[to.Areas.Length];
        for (var area = 0; area < origins.Length; area++)
        {
            var same = from.Areas.IndexOf(to.Areas[area]);
            known[area] = same >= 0;
            origins[area] = same >= 0 ? [same] : Relatives(from, to.Areas[area]);
        }
        return new LayoutChange(from, to, origins, known);
    }

    /// <summary>The areas that a new one was merged from, or else the nearest one that it was split from.</summary>
    static int[] Relatives(StateLayout from, Area area)
    {
        var all = Enumerable.Range(0, from.Areas.Length);
        int[] inside = [.. all.Where(old => area.Contains(from.Areas[old]))];
        if (inside.Length > 0)
            return inside;
        return [.. all.Where(old => from.Areas[old].Contains(area)).OrderByDescending(old => from.Areas[old].Zoom).Take(1)];
    }

    public double[] Apply(double[] vector)
    {
        var result = new double[To.Dimension];
        Array.Copy(vector, result, StateLayout.CityComponents);
        for (var area = 0; area < sources.Length; area++)
        {
            foreach (var source in sources[area])
            {
                result[StateLayout.Offset(area)] += vector[StateLayout.Offset(source)] / sources[area].Length;
                result[StateLayout.Local(area)] += vector[StateLayout.Local(source)] / sources[area].Length;
            }
        }
        return result;
    }

    /// <summary>The transpose: takes the smoother's adjoint vector back to the earlier areas.</summary>
    public double[] ApplyTransposed(double[] vector)
    {
        var result = new double[From.Dimension];
        Array.Copy(vector, result, StateLayout.CityComponents);
        for (var area = 0; area < sources.Length; area++)
        {
            foreach (var source in sources[area])
            {
                result[StateLayout.Offset(source)] += vector[StateLayout.Offset(area)] / sources[area].Length;
                result[StateLayout.Local(source)] += vector[StateLayout.Local(area)] / sources[area].Length;
            }
        }
        return result;
    }

    public SymmetricMatrix Apply(SymmetricMatrix matrix) => matrix.Congruence(Apply, To.Dimension);

    public SymmetricMatrix ApplyTransposed(SymmetricMatrix matrix) => matrix.Congruence(ApplyTransposed, From.Dimension);
}
