using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// What the newest months have shown of a few areas, as straight measurements: what parameters are fitted to. Its size does not grow with
/// the city.
/// </summary>
sealed class FitHistory
{
    /// <summary>The areas with the most owners say most.</summary>
    public const int MostAreas = 10;

    /// <summary>So many hours are kept: about half a year.</summary>
    public const int MostHours = 180 * 24;

    readonly Queue<FitHour> hours = [];
    readonly Dictionary<HourWindow, Moments> stations = [];
    Area[] areas = [];

    /// <summary>The hours, oldest first.</summary>
    public IReadOnlyCollection<FitHour> Hours => hours;

    /// <summary>The areas, in the order of an hour's measurements.</summary>
    public IReadOnlyList<Area> Areas => areas;

    /// <summary>Adds an hour.</summary>
    /// <param name="window">The hour.</param>
    /// <param name="context">The day's plan.</param>
    /// <param name="measured">What each release area of the plan was measured to be.</param>
    public void Add(HourWindow window, PlanContext context, ReadOnlySpan<Moments> measured)
    {
        // A neighbourhood that has grown or moved is another one.
        if (2 * areas.Count(area => context.AreaIndexOf(area) >= 0) < Math.Min(MostAreas, context.Plan.Areas.Length))
        {
            hours.Clear();
            stations.Clear();
            areas = [.. context.Plan.Areas.OrderByDescending(area => area.EnrolledOwners)
                .ThenBy(area => area.Area).Take(MostAreas).Select(area => area.Area).Order()];
        }
        var values = new Moments[areas.Length];
        var owners = new double[areas.Length];
        for (var i = 0; i < areas.Length; i++)
        {
            var number = context.AreaIndexOf(areas[i]);
            values[i] = number < 0 ? new Moments(0, double.PositiveInfinity) : measured[number];
            owners[i] = number < 0 ? 1 : context.Owners[number].Value;
        }
        hours.Enqueue(new FitHour(window, StateLayout.CityRow(window, context.Zone), values, owners));
        if (hours.Count > MostHours)
            stations.Remove(hours.Dequeue().Window);
    }

    /// <summary>Adds what the stations had.</summary>
    public void AddStations(HourWindow window, Moments pooled) => stations[window] = pooled;

    /// <summary>What the stations had in an hour.</summary>
    public Moments? StationsIn(HourWindow window) => stations.TryGetValue(window, out var pooled) ? pooled : null;
}

/// <summary>One hour of a <see cref="FitHistory"/>.</summary>
/// <param name="Window">The hour.</param>
/// <param name="CityRow">How the city components add up in it.</param>
/// <param name="Measured">What each area was measured to be; an infinite variance where nothing was.</param>
/// <param name="Owners">The expected number of active owners of each area.</param>
sealed record FitHour(HourWindow Window, double[] CityRow, Moments[] Measured, double[] Owners);
