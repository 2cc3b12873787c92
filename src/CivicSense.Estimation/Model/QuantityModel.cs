using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>The state-space model of one quantity: one filter for each area, all told of the same hours.</summary>
/// <remarks>Every hour goes: <see cref="Advance"/>, then the stations, then the citizens' measurements, then <see cref="Track"/>.</remarks>
sealed class QuantityModel
{
    /// <summary>Longer gaps are crossed in one step: what happened in them cannot be told any more.</summary>
    public const int LongestBridge = 48;

    /// <summary>From so many filters on, two processors are faster than one.</summary>
    const int WorthSharing = 64;

    readonly StateLayout layout;
    readonly EstimatorOptions options;
    readonly Dictionary<FilterKey, AreaFilter> filters = [];
    readonly List<Membership> memberships = [];
    AreaPooling? pooling;
    HourWindow pastKnownFrom;

    public QuantityModel(Quantity quantity, HourWindow first, ModelParameters parameters, StateLayout layout, EstimatorOptions options)
    {
        (Quantity, Parameters, this.layout, this.options) = (quantity, parameters, layout, options);
        Last = new HourWindow(first.Index - 1);
        Series = new SeriesBook(quantity);
        pastKnownFrom = first;
    }

    public Quantity Quantity { get; }

    public ModelParameters Parameters { get; private set; }

    /// <summary>The newest hour that the state has reached.</summary>
    public HourWindow Last { get; private set; }

    /// <summary>What is being learnt about past hours and days.</summary>
    public SeriesBook Series { get; }

    /// <summary>What parameters are fitted to.</summary>
    public FitHistory History { get; } = new();

    /// <summary>The filter of an area that is estimated.</summary>
    public AreaFilter this[FilterKey key] => filters[key];

    /// <summary>
    /// Moves on to <paramref name="window"/>, hour by hour where the gap can be bridged. Does nothing if it is there already.
    /// </summary>
    /// <param name="context">The plan of the window's day.</param>
    /// <param name="window">The window.</param>
    /// <param name="contextOf">Names the plan that covers an hour of the gap, if any.</param>
    public void Advance(PlanContext context, HourWindow window, Func<HourWindow, PlanContext?> contextOf)
    {
        if (window <= Last)
            return;
        if (window.Index - Last.Index <= LongestBridge)
        {
            while (Last.Next < window)
            {
                Step(contextOf(Last.Next), Last.Next, context.Zone);
                Track(isReleased: false);
            }
        }
        Step(context, window, context.Zone);
    }

    /// <summary>Takes in what the stations had in the present hour or some hours ago.</summary>
    public void MeasureStations(HourWindow window, Moments measured)
    {
        var delay = (int)Math.Min(int.MaxValue, Last.Index - window.Index);
        // An hour ahead is one of which the plan has left out the quantity.
        if (delay is < 0 or > StateLayout.LongestDelay || window < pastKnownFrom)
            return;
        foreach (var filter in filters.Values)
        {
            if (delay == 0)
                filter.Update(Signal.Station, measured);
            else
                filter.UpdatePast(delay, measured);
        }
    }

    /// <summary>Takes in the present hour's measurements. Returns what each says, as a straight measurement.</summary>
    /// <param name="measurements">For each release area what was measured, or null.</param>
    public Moments[] Measure(IAreaMeasurement?[] measurements)
    {
        var spreads = pooling!.Spreads;
        // What an area says depends a little on what is expected of it: told first to the others, then to itself once they have spoken.
        var measured = new Moments[measurements.Length];
        ForAll(measurements.Length, area =>
            measured[area] = Straight(measurements[area], filters[memberships[area].Key].Current(Signal.Inside)));
        if (options.Pooling)
        {
            ForAll(memberships.Count, index =>
            {
                if (Pool.Measure(memberships[index].Outside, measured, spreads) is { } outside)
                    filters[memberships[index].Key].Update(Signal.Outside, outside);
            });
            ForAll(measurements.Length, area =>
                measured[area] = Straight(measurements[area], filters[memberships[area].Key].Current(Signal.Inside)));
        }
        ForAll(memberships.Count, index =>
        {
            if (Pool.Measure(memberships[index].Inside, measured, spreads) is { } inside)
                filters[memberships[index].Key].Update(Signal.Inside, inside);
        });
        return measured;
    }

    /// <summary>Begins to track the present hour and adds it to its day, week and month.</summary>
    public void Track(bool isReleased)
    {
        var context = pooling!.Context;
        // An hour that no plan covers has no areas to be estimated.
        if (context.Plan.Day != PrivacyDay.Of(Last, context.Zone))
            return;
        Series.Add(this, context, Last, isReleased);
    }

    /// <summary>What is predicted for later hours, for other threads.</summary>
    public QuantityForecast Forecast() =>
        new(Quantity, Last, filters.ToDictionary(entry => entry.Key, entry => entry.Value.Current(Signal.Inside).Mean));

    /// <summary>Uses other parameters from the next hour on.</summary>
    public void Adopt(ModelParameters parameters)
    {
        Parameters = parameters;
        if (pooling is { } current)
            Adopt(new AreaPooling(current.Context, current.Context.IndexOf(Quantity), parameters));
    }

    /// <summary>
    /// What was measured, as a straight measurement. Its line is drawn as if the season were like the half year: a rougher one would make
    /// it flatter, what is read along it would scatter more, and that would pass for still more roughness.
    /// </summary>
    Moments Straight(IAreaMeasurement? measurement, Moments expected) =>
        measurement?.Straight(expected with { Variance = expected.Variance / (Parameters.Roughness * Parameters.Roughness) })
            ?? new Moments(0, double.PositiveInfinity);

    void Step(PlanContext? context, HourWindow window, TimeZoneInfo zone)
    {
        var number = context?.IndexOf(Quantity) ?? -1;
        if (number >= 0 && context != pooling?.Context)
            Adopt(new AreaPooling(context!, number, Parameters));
        var hours = window.Index - Last.Index;
        if (hours > 1)
            pastKnownFrom = window;
        var transition = new Transition(layout, Parameters, StateLayout.CityRow(Last, zone), hours);
        var cityRow = StateLayout.CityRow(window, zone);
        double[][] rows =
            [layout.Row(Signal.Inside, cityRow), layout.Row(Signal.Outside, cityRow),
            layout.HasStations ? layout.Row(Signal.Station, cityRow) : []];
        var all = filters.Values.ToArray();
        ForAll(all.Length, index => all[index].Advance(transition, rows));
        Last = window;
    }

    /// <summary>
    /// Takes over a plan's areas: filters of areas that stay go on, a new one forks from the nearest, one that goes stands by until all
    /// that it tracks is final.
    /// </summary>
    void Adopt(AreaPooling adopted)
    {
        pooling = adopted;
        var known = filters.Keys.ToList();
        memberships.Clear();
        memberships.AddRange(adopted.Memberships);
        foreach (var member in adopted.Memberships)
        {
            if (filters.TryGetValue(member.Key, out var filter))
                filter.Adopt(Parameters, member.Spread);
            else if (known.Count == 0)
                filters[member.Key] = AreaFilter.Start(layout, Quantity, Parameters, member.Spread, options.Smoothing);
            else
                filters[member.Key] = filters[member.Key.NearestOf(known)].Fork(Parameters, member.Spread);
        }
        var current = memberships.Select(member => member.Key).ToHashSet();
        foreach (var key in known.Where(key => !current.Contains(key)))
        {
            if (!filters[key].IsTracking)
                filters.Remove(key);
            else
                memberships.Add(adopted.Bystander(key));
        }
    }

    static void ForAll(int count, Action<int> action)
    {
        if (count >= WorthSharing)
        {
            Parallel.For(0, count, action);
            return;
        }
        for (var index = 0; index < count; index++)
            action(index);
    }
}

/// <summary>What was measured in one release area and hour.</summary>
interface IAreaMeasurement
{
    /// <summary>The straight measurement of the area's value that says the same: value and noise variance, which may be infinite.</summary>
    /// <param name="expected">What is expected of the value before it is measured.</param>
    Moments Straight(Moments expected);
}
