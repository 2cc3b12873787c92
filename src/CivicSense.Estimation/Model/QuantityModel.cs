using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>One quantity in the whole neighbourhood: a filter for each area, each with its own view of what the others measured.</summary>
/// <remarks>See docs/estimation.md, "One filter for each area". An hour costs a little for each pair of areas, and nothing cubic.</remarks>
sealed class QuantityModel(Quantity quantity, HourWindow first)
{
    /// <summary>Longer gaps are crossed in one step; nothing is estimated inside them.</summary>
    const int LongestBridge = 48;

    readonly ProcessParameters parameters = ProcessParameters.Of(quantity);
    readonly Dictionary<FilterKey, AreaFilter> filters = [];
    readonly List<Membership> memberships = [];
    AreaPooling? pooling;

    public Quantity Quantity => quantity;

    /// <summary>The newest hour that the state has reached.</summary>
    public HourWindow Last { get; private set; } = new(first.Index - 1);

    /// <summary>The filter of an area that has been estimated.</summary>
    public AreaFilter this[FilterKey key] => filters[key];

    public bool Knows(FilterKey key) => filters.ContainsKey(key);

    /// <summary>Moves on to <paramref name="window"/>, hour by hour where the gap can be bridged.</summary>
    /// <param name="context">The plan of the window's day.</param>
    /// <param name="window">The window.</param>
    /// <param name="contextOf">Names the plan that covers an hour of the gap, if any.</param>
    public ModelHour Advance(PlanContext context, HourWindow window, Func<HourWindow, PlanContext?> contextOf)
    {
        if (window.Index - Last.Index <= LongestBridge)
        {
            while (Last.Index + 1 < window.Index)
                Step(contextOf(Last.Next), Last.Next, context.Zone);
        }
        return Step(context, window, context.Zone);
    }

    /// <summary>Takes in an hour's measurements, after <see cref="Advance"/>.</summary>
    /// <param name="likelihoods">For each release area what was measured, or null.</param>
    public void Measure(IAreaLikelihood?[] likelihoods)
    {
        var spreads = pooling!.Spreads;
        // What an area says depends a little on what is expected of it: told first to the others, then to itself once they have spoken.
        var measured = new Moments[likelihoods.Length];
        for (var area = 0; area < likelihoods.Length; area++)
            measured[area] = Equivalent(likelihoods[area], filters[memberships[area].Key].Current());
        foreach (var member in memberships)
        {
            if (Pool.Measure(member.Outside, measured, spreads) is { } outside)
                filters[member.Key].Update(Side.Outside, outside);
        }
        for (var area = 0; area < likelihoods.Length; area++)
            measured[area] = Equivalent(likelihoods[area], filters[memberships[area].Key].Current());
        foreach (var member in memberships)
        {
            if (Pool.Measure(member.Inside, measured, spreads) is { } inside)
                filters[member.Key].Update(Side.Inside, inside);
        }
    }

    /// <summary>The state as far as predictions need it, for other threads.</summary>
    public QuantityForecast Forecast() =>
        new(quantity, Last, filters.ToDictionary(entry => entry.Key, entry => entry.Value.Mean.ToArray()));

    /// <summary>Forgets the hours that have been smoothed for the last time, and the filters of areas that are no more.</summary>
    public void Forget(Predicate<FilterStep> isOver)
    {
        foreach (var (key, filter) in filters)
        {
            filter.History.RemoveAll(isOver);
            if (filter.History.Count == 0 && memberships.Find(member => member.Key == key) is { } member && !member.Inside.Any(share => share > 0))
            {
                filters.Remove(key);
                memberships.Remove(member);
            }
        }
    }

    /// <summary>The linear measurement that takes the expected moments to the posterior ones.</summary>
    static Moments Equivalent(IAreaLikelihood? likelihood, Moments expected)
    {
        if (likelihood is null)
            return new Moments(0, double.PositiveInfinity);
        var posterior = likelihood.Posterior(expected);
        // A measurement never adds variance here: at a saturated response the exact moments may, by a little.
        var removed = Math.Max(expected.Variance - posterior.Variance, 1e-4 * expected.Variance);
        var variance = expected.Variance * expected.Variance / removed;
        return new Moments(expected.Mean + (posterior.Mean - expected.Mean) * variance / expected.Variance, variance - expected.Variance);
    }

    ModelHour Step(PlanContext? context, HourWindow window, TimeZoneInfo zone)
    {
        var number = context?.IndexOf(quantity) ?? -1;
        if (number >= 0 && context != pooling?.Context)
            Adopt(new AreaPooling(context!, number));
        var hour = new ModelHour(
            window, number >= 0 ? context!.Plan : null, StateLayout.CityRow(window, zone), parameters.Retention(window.Index - Last.Index), pooling!.Context.Owners);
        foreach (var filter in filters.Values)
            filter.Advance(quantity, hour);
        Last = window;
        return hour;
    }

    /// <summary>
    /// Takes over a plan's areas: filters of areas that stay go on, a new one forks from the nearest, one that goes stands by until
    /// smoothed.
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
                filter.Spread = member.Spread;
            else if (known.Count == 0)
                filters[member.Key] = AreaFilter.Start(quantity, member.Spread);
            else
                filters[member.Key] = filters[member.Key.NearestOf(known)].Fork(member.Spread);
        }
        var current = memberships.Select(member => member.Key).ToHashSet();
        foreach (var key in known.Where(key => !current.Contains(key)))
            memberships.Add(adopted.Bystander(key, filters[key].Spread));
    }
}

/// <summary>What was measured in one release area and hour, as a likelihood of its true value.</summary>
interface IAreaLikelihood
{
    /// <summary>The moments of the area's value on the model scale, given those expected before the measurement.</summary>
    Moments Posterior(Moments expected);
}
