using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>
/// What is being learnt about the past of every area of one quantity: its hours, days, weeks and months, until they are final.
/// </summary>
sealed class SeriesBook(Quantity quantity)
{
    /// <summary>How many hours after its end an hour or period becomes final.</summary>
    public const int FinalAfter = 48;

    /// <summary>A week or month of which less has been released is not written.</summary>
    const double LeastCoverage = 0.75;

    readonly Dictionary<FilterKey, AreaSeries> series = [];

    /// <summary>Adds the hour that the model is in.</summary>
    public void Add(QuantityModel model, PlanContext context, HourWindow window, bool isReleased)
    {
        var values = new Moments[context.Plan.Areas.Length];
        for (var area = 0; area < values.Length; area++)
            values[area] = model[new FilterKey(context.Plan.Areas[area].Area, IsJoint: false)].Current(Signal.Inside);
        var periods = Period.Of(context.Plan.Day);
        foreach (var node in context.Nodes)
        {
            if (!series.TryGetValue(node.Key, out var own))
                series[node.Key] = own = new AreaSeries(node.Area, quantity, model[node.Key]);
            var expected = model[node.Key].Current(Signal.Inside);
            own.Add(window, periods, isReleased, expected, NodeHour.Of(node, quantity, expected, values, context.Owners));
        }
    }

    /// <summary>The newest hour of every area, as live estimates.</summary>
    public IEnumerable<Estimate> LiveHours(PlanContext context) => context.Nodes.Select(node => series[node.Key].LiveHour());

    /// <summary>The hours that have become final, once each. Forgets them.</summary>
    public IEnumerable<Estimate> FinalHours(HourWindow newest) =>
        series.OrderBy(entry => entry.Key.Area)
            .SelectMany(entry => entry.Value.TakeFinalHours(new HourWindow(newest.Index - FinalAfter))).ToList();

    /// <summary>The days, weeks and months that end with or before a day and have not been written yet, as live estimates.</summary>
    public IEnumerable<Estimate> Close(PrivacyDay day, TimeZoneInfo zone) =>
        series.OrderBy(entry => entry.Key.Area).SelectMany(entry => entry.Value.Close(day, zone, LeastCoverage)).ToList();

    /// <summary>The days, weeks and months that have become final, once each. Forgets them.</summary>
    public IEnumerable<Estimate> FinalPeriods(HourWindow newest, TimeZoneInfo zone) => series.OrderBy(entry => entry.Key.Area)
        .SelectMany(entry => entry.Value.TakeFinalPeriods(new HourWindow(newest.Index - FinalAfter).End, zone, LeastCoverage)).ToList();

    /// <summary>Forgets the areas of which nothing is being learnt any more.</summary>
    public void Tidy()
    {
        foreach (var key in series.Where(entry => entry.Value.IsEmpty).Select(entry => entry.Key).ToList())
            series.Remove(key);
    }
}
