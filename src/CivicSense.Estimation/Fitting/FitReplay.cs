using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Takes the filters of a few areas through what a history has shown of them, under any parameters.</summary>
/// <remarks>Thread-safe: every replay has a filter of its own.</remarks>
sealed class FitReplay
{
    readonly FitHour[] hours;
    readonly Moments?[] stations;
    readonly Area[] areas;
    readonly Quantity quantity;
    readonly StateLayout layout;
    readonly Moments?[][] outside;

    public FitReplay(Quantity quantity, FitHistory history, StateLayout layout)
    {
        (this.quantity, this.layout) = (quantity, layout);
        hours = [.. history.Hours];
        // A copy, because the history goes on while the fit runs elsewhere.
        stations = Array.ConvertAll(hours, hour => history.StationsIn(hour.Window));
        areas = [.. history.Areas];
        outside = [.. Enumerable.Range(0, areas.Length).Select(Outside)];
    }

    /// <summary>The areas, by whose number they are replayed.</summary>
    public IReadOnlyList<Area> Areas => areas;

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
                var spread = SpreadOf(parameters, area, hour.Owners);
                filter ??= AreaFilter.Start(layout, quantity, parameters, spread);
                filter.Adopt(parameters, spread);
            }
            Advance(filter!, parameters, last, hour);
            if (layout.HasStations && stations[index] is { } pooled)
                tell(filter!, Signal.Station, pooled);
            if (outside[area][index] is { } around)
                tell(filter!, Signal.Outside, around with { Variance = excess * around.Variance });
            if (double.IsFinite(hour.Measured[area].Variance))
                tell(filter!, Signal.Inside, hour.Measured[area] with { Variance = excess * hour.Measured[area].Variance });
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
    /// What all other areas say together in every hour. Pooled with the prior's weights whatever is tried: parameters can only be compared
    /// by how well they explain the same data.
    /// </summary>
    Moments?[] Outside(int area)
    {
        var prior = ModelParameters.Prior(quantity);
        return Array.ConvertAll(hours, hour => Pool.Measure(
            Others(area, hour.Owners), hour.Measured, [.. hour.Owners.Zip(areas, (count, of) => Spread.Of(prior, of, count))]));
    }

    AreaSpread SpreadOf(ModelParameters parameters, int area, double[] owners)
    {
        Spread[] spreads = [.. owners.Zip(areas, (count, of) => Spread.Of(parameters, of, count))];
        var others = Others(area, owners);
        return new AreaSpread(spreads[area], others.Length == 0 ? spreads[area] : Spread.OfMean(spreads, others));
    }

    /// <summary>All other areas, by the owners they have.</summary>
    static Share[] Others(int area, double[] owners)
    {
        var total = owners.Sum() - owners[area];
        return total <= 0
            ? []
            : [.. Enumerable.Range(0, owners.Length)
            .Where(other => other != area).Select(other => new Share(other, owners[other] / total))];
    }
}
