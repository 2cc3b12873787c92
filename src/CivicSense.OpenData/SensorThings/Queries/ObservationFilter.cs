namespace CivicSense.OpenData.SensorThings;

/// <summary>A filter on Observations, taken apart by what it takes to decide.</summary>
/// <param name="Streams">What is decided for a whole Datastream at once.</param>
/// <param name="Bounds">What the database decides.</param>
/// <param name="Rest">What is decided for each Observation.</param>
/// <param name="IsExact">Whether every Observation within the bounds matches.</param>
sealed record ObservationFilter(FilterPlan Streams, TimeBounds Bounds, FilterPlan Rest, bool IsExact)
{
    public static async ValueTask<ObservationFilter> MakeAsync(Expression? filter, Evaluator evaluator)
    {
        var conditions = FilterPlan.Conjuncts(filter).ToLookup(IsOfStream);
        var bounds = TimeBounds.None;
        foreach (var condition in conditions[false]) bounds = await bounds.WithAsync(condition, evaluator);
        return new ObservationFilter(
            FilterPlan.Of(conditions[true], EntityType.Observation), bounds, FilterPlan.Of(conditions[false], EntityType.Observation),
            !conditions[false].Any());
    }

    /// <summary>The Datastreams whose Observations can match.</summary>
    public async ValueTask<IReadOnlyList<Datastream>> ChooseAsync(IReadOnlyList<Datastream> streams, Evaluator evaluator)
    {
        if (Streams.IsEmpty) return [.. streams.Where(Bounds.CanHold)];
        var chosen = new List<Datastream>();
        foreach (var stream in streams)
        {
            // Its newest Observation stands for all: what is decided here is the same for each.
            if (Bounds.CanHold(stream) && await evaluator.MatchesAsync(Streams, new Observation(stream, stream.Latest))) chosen.Add(stream);
        }
        return chosen;
    }

    static bool IsOfStream(Expression condition)
    {
        var any = false;
        foreach (var path in condition.Paths())
        {
            any = true;
            if (path.Segments[0] is not ("Datastream" or "FeatureOfInterest")) return false;
        }
        return any;
    }
}
