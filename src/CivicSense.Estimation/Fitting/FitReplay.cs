using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Takes the filters of some areas through what a history has shown of them, under any parameters.</summary>
/// <remarks>Thread-safe: every replay has a filter of its own.</remarks>
sealed class FitReplay
{
    readonly FitHour[] hours;
    readonly Moments?[] stations;
    readonly Area[] areas;
    readonly Quantity quantity;
    readonly StateLayout layout;
    readonly Moments?[][] outside;

    /// <summary>A copy of a history's newest hours.</summary>
    public FitReplay(Quantity quantity, FitHistory history, StateLayout layout, int newestHours = FitHistory.MostHours)
    {
        (this.quantity, this.layout) = (quantity, layout);
        hours = [.. history.Hours.TakeLast(newestHours)];
        // A copy, because the history goes on while the fit runs elsewhere.
        stations = Array.ConvertAll(hours, hour => history.StationsIn(hour.Window));
        areas = [.. history.Areas];
        Leading = history.Leading;
        // Around an area that does not lead are all that do.
        var aroundOthers = new Lazy<Moments?[]>(() => Outside(Leading));
        outside = [.. Enumerable.Range(0, areas.Length).Select(area => area < Leading ? Outside(area) : aroundOthers.Value)];
    }

    /// <summary>The areas, by whose number they are replayed: first those that lead, then the others.</summary>
    public IReadOnlyList<Area> Areas => areas;

    /// <summary>How many areas lead: parameters that all share are fitted to them, and they are what surrounds the others.</summary>
    public int Leading { get; }

    /// <summary>Takes an area's filter through the history.</summary>
    /// <param name="parameters">The parameters to try.</param>
    /// <param name="excess">How many times the variance of the measurements is what they say.</param>
    /// <param name="area">The area.</param>
    /// <param name="tell">Tells the filter of one measurement.</param>
    public void Run(ModelParameters parameters, double excess, int area, Action<AreaFilter, Signal, Moments> tell)
    {
        AreaFilter? filter = null;
        var last = default(FitHour);
        for (var index = 0; index < hours.Length; index++)
        {
            var hour = hours[index];
            if (last is null || !last.Owners.AsSpan().SequenceEqual(hour.Owners))
            {
                var spread = SpreadOf(parameters, area, hour);
                filter ??= AreaFilter.Start(layout, quantity, parameters, spread);
                filter.Adopt(parameters, spread);
            }
            Advance(filter!, parameters, last, hour);
            if (layout.HasStations && stations[index] is { } pooled)
                tell(filter!, Signal.Station, pooled);
            if (outside[area][index] is { } around)
                tell(filter!, Signal.Outside, around with { Variance = excess * around.Variance });
            var own = hour.MeasuredOf(area);
            if (double.IsFinite(own.Variance))
                tell(filter!, Signal.Inside, own with { Variance = excess * own.Variance });
            last = hour;
        }
    }

    void Advance(AreaFilter filter, ModelParameters parameters, FitHour? last, FitHour hour)
    {
        var transition =
            new Transition(layout, parameters, last?.CityRow ?? hour.CityRow, last is null ? 1 : hour.Window.Index - last.Window.Index);
        filter.Advance(transition,
            [layout.Row(Signal.Inside, hour.CityRow), layout.Row(Signal.Outside, hour.CityRow),
                layout.HasStations ? layout.Row(Signal.Station, hour.CityRow) : []]);
    }

    /// <summary>
    /// What all other areas that lead say together in every hour. Pooled with the prior's weights whatever is tried: parameters can only be
    /// compared by how well they explain the same data.
    /// </summary>
    Moments?[] Outside(int area)
    {
        var prior = ModelParameters.Prior(quantity);
        return Array.ConvertAll(hours, hour => Pool.Measure(
            Others(area, hour), hour.Measured, LeadingSpreads(prior, hour)));
    }

    AreaSpread SpreadOf(ModelParameters parameters, int area, FitHour hour)
    {
        var own = Spread.Of(parameters, areas[area], hour.OwnersOf(area));
        var others = Others(area, hour);
        return new AreaSpread(own, others.Length == 0 ? own : Spread.OfMean(LeadingSpreads(parameters, hour), others));
    }

    Spread[] LeadingSpreads(ModelParameters parameters, FitHour hour) =>
        [.. hour.Owners.Take(Leading).Zip(areas, (count, of) => Spread.Of(parameters, of, count))];

    /// <summary>All other areas that lead, by the owners they have.</summary>
    Share[] Others(int area, FitHour hour)
    {
        var others = Enumerable.Range(0, Leading).Where(other => other != area).ToArray();
        var total = others.Sum(other => hour.Owners[other]);
        return [.. others.Select(other => new Share(other, hour.Owners[other] / total))];
    }
}
