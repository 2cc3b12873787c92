using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// What the newest months have shown of some areas, as straight measurements: what parameters are fitted to. Its size does not grow with
/// the city.
/// </summary>
sealed class FitHistory
{
    /// <summary>So many areas, those with the most owners, say what all areas share.</summary>
    public const int MostLeading = 10;

    /// <summary>So many have a history at all, and with it a factor of their own.</summary>
    public const int MostAreas = 40;

    /// <summary>So many hours are kept: about half a year.</summary>
    public const int MostHours = 180 * 24;

    readonly Queue<FitHour> hours = [];
    readonly Dictionary<HourWindow, Moments> stations = [];
    readonly List<Area> areas = [];

    /// <summary>The hours, oldest first.</summary>
    public IReadOnlyCollection<FitHour> Hours => hours;

    /// <summary>The areas, in the order of an hour's measurements: first those that lead, then the others.</summary>
    public IReadOnlyList<Area> Areas => areas;

    /// <summary>How many of the areas lead.</summary>
    public int Leading { get; private set; }

    /// <summary>Adds an hour.</summary>
    /// <param name="window">The hour.</param>
    /// <param name="context">The day's plan.</param>
    /// <param name="measured">What each release area of the plan was measured to be.</param>
    public void Add(HourWindow window, PlanContext context, ReadOnlySpan<Moments> measured)
    {
        Choose(context);
        var values = new Moments[areas.Count];
        var owners = new double[areas.Count];
        for (var i = 0; i < areas.Count; i++)
        {
            var number = context.AreaIndexOf(areas[i]);
            values[i] = number < 0 ? FitHour.Nothing : measured[number];
            owners[i] = number < 0 ? FitHour.NoOwners : context.Owners[number].Value;
        }
        hours.Enqueue(new FitHour(window, StateLayout.CityRow(window, context.Zone), values, owners));
        if (hours.Count > MostHours)
            stations.Remove(hours.Dequeue().Window);
    }

    void Choose(PlanContext context)
    {
        var byOwners = context.Plan.Areas.OrderByDescending(area => area.EnrolledOwners).ThenBy(area => area.Area)
            .Select(area => area.Area);
        // A neighbourhood that has grown or moved is another one.
        if (2 * areas.Take(Leading).Count(area => context.AreaIndexOf(area) >= 0) < Math.Min(MostLeading, context.Plan.Areas.Length))
        {
            hours.Clear();
            stations.Clear();
            areas.Clear();
            areas.AddRange(byOwners.Take(MostLeading).Order());
            Leading = areas.Count;
        }
        if (areas.Count < MostAreas)
            areas.AddRange(byOwners.Except(areas).Take(MostAreas - areas.Count));
    }

    /// <summary>Adds what the stations had.</summary>
    public void AddStations(HourWindow window, Moments pooled) => stations[window] = pooled;

    /// <summary>What the stations had in an hour.</summary>
    public Moments? StationsIn(HourWindow window) => stations.TryGetValue(window, out var pooled) ? pooled : null;
}

/// <summary>One hour of a <see cref="FitHistory"/>.</summary>
/// <param name="Window">The hour.</param>
/// <param name="CityRow">How the city components add up in it.</param>
/// <param name="Measured">
/// What each area was measured to be; an infinite variance where nothing was. Areas that came later are not in it.
/// </param>
/// <param name="Owners">The expected number of active owners of each area, likewise.</param>
sealed record FitHour(HourWindow Window, double[] CityRow, Moments[] Measured, double[] Owners)
{
    /// <summary>What an area was measured to be that was not measured.</summary>
    public static Moments Nothing { get; } = new(0, double.PositiveInfinity);

    /// <summary>The owners of an area that is not there, so that it can be computed with.</summary>
    public const double NoOwners = 1;

    /// <summary>What an area was measured to be, whether or not it was there.</summary>
    public Moments MeasuredOf(int area) => area < Measured.Length ? Measured[area] : Nothing;

    /// <summary>The expected number of active owners of an area, whether or not it was there.</summary>
    public double OwnersOf(int area) => area < Owners.Length ? Owners[area] : NoOwners;
}
