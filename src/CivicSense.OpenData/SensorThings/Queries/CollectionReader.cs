using System.Collections.Immutable;

namespace CivicSense.OpenData.SensorThings;

/// <summary>A page of entities.</summary>
/// <param name="Items">The entities.</param>
/// <param name="Count">How many there are on all pages, where that was asked for.</param>
/// <param name="Next">What to ask for to get the next page; null on the last.</param>
sealed record EntityPage(IReadOnlyList<Entity> Items, long? Count, QueryOptions? Next);

/// <summary>
/// Reads a page of a list: $filter, $count, $orderby, $skip and $top in this order (OGC 18-088, clause 9.3.1).
/// </summary>
sealed class CollectionReader(QueryContext context)
{
    /// <summary>The size of a page where no $top is given.</summary>
    public const int DefaultPage = 100;

    /// <summary>The largest page. A larger $top is cut to it, as requirement request-data/top says.</summary>
    public const int LargestPage = 1000;

    /// <summary>
    /// Up to this many Observations are counted; beyond, without a filter to evaluate, they are computed from the time covered.
    /// </summary>
    const int MostCounted = 20_000;

    /// <summary>
    /// Who evaluates a filter in the order of time needs a piece of every Datastream to begin with: one piece is shared, and each gets at
    /// least this many.
    /// </summary>
    const int SmallestShare = 16;

    /// <summary>For up to this many Datastreams it is looked up when they began.</summary>
    const int MostFirsts = 100;

    readonly Evaluator evaluator = new(context);

    public ValueTask<EntityPage> ReadAsync(EntitySource source, QueryOptions options) => source switch
    {
        ListSource list => ReadListAsync(list, options),
        ObservationSource observations => ReadObservationsAsync(observations, options),
        _ => throw new NotSupportedException(source.GetType().Name),
    };

    async ValueTask<EntityPage> ReadListAsync(ListSource list, QueryOptions options)
    {
        if (options.SkipToken is not null)
            throw ProblemException.BadParameter("$skiptoken", "This list has no such pages. Follow @iot.nextLink unchanged.");
        var matches = list.Entities;
        if (options.Filter is not null)
        {
            var filter = FilterPlan.Of(FilterPlan.Conjuncts(options.Filter), list.Type);
            var found = new List<Entity>();
            foreach (var entity in list.Entities)
            {
                if (await evaluator.MatchesAsync(filter, entity)) found.Add(entity);
            }
            matches = found;
        }
        return Page(await SortAsync(matches, options.OrderBy, list.Type), options, options.Count ? matches.Count : null);
    }

    async ValueTask<EntityPage> ReadObservationsAsync(ObservationSource source, QueryOptions options)
    {
        var filter = await ObservationFilter.MakeAsync(options.Filter, evaluator);
        var streams = await filter.ChooseAsync(source.Streams, evaluator);
        long? count = options.Count ? await CountAsync(filter, streams) : null;
        if (StreamOrder(options.OrderBy, streams) is { } order) return await ScanAsync(filter, streams, order, options, count);
        if (options.SkipToken is not null)
            throw ProblemException.BadParameter("$skiptoken", "This order has no such pages. Follow @iot.nextLink unchanged.");

        var scan = new ObservationScan(context, streams, ObservationOrder.ById, filter.Bounds, null, ObservationScan.LargestChunk);
        var found = new List<Entity>();
        while (await NextMatchAsync(scan, filter) is { } match) found.Add(match);
        if (scan.IsCut) throw context.Budget.Refusal;
        return Page(await SortAsync(found, options.OrderBy, EntityType.Observation), options, count);
    }

    async ValueTask<EntityPage> ScanAsync(
        ObservationFilter filter, IReadOnlyList<Datastream> streams, ObservationOrder order, QueryOptions options, long? count)
    {
        var size = PageSize(options);
        var likely = filter.IsExact
            ? (int)Math.Min((long)options.Skip + size + 1, ObservationScan.LargestChunk)
            : order == ObservationOrder.ById
                ? ObservationScan.LargestChunk
                : Math.Max(SmallestShare, ObservationScan.LargestChunk / Math.Max(1, streams.Count));
        var scan = new ObservationScan(context, streams, order, filter.Bounds, ObservationPosition.Read(options.SkipToken), likely);
        var items = new List<Entity>();
        for (var skipped = 0; size > 0;)
        {
            var match = await NextMatchAsync(scan, filter);
            if (match is null)
            {
                if (!scan.IsCut) break;
                // Where not even the first could be found, or some are still to be skipped, there is nothing to go on from.
                if (scan.Last is null || skipped < options.Skip) throw context.Budget.Refusal;
                return new EntityPage(items, count, Next(options, scan.Last));
            }
            if (skipped < options.Skip)
            {
                skipped++;
            }
            else if (items.Count < size)
            {
                items.Add(match);
                if (items.Count == size && filter.IsExact && await scan.KnowsOfMoreAsync(filter.Bounds == TimeBounds.None) is { } more)
                    return new EntityPage(items, count, more ? Next(options, scan.Last!) : null);
            }
            else
            {
                return new EntityPage(items, count, Next(options, (Observation)items[^1]));
            }
        }
        return new EntityPage(items, count, null);
    }

    static QueryOptions Next(QueryOptions options, Observation last) =>
        options with { Skip = 0, SkipToken = new ObservationPosition(last.Stream.Id, last.Start).Write() };

    async ValueTask<Observation?> NextMatchAsync(ObservationScan scan, ObservationFilter filter)
    {
        while (await scan.NextAsync() is { } observation)
        {
            if (await evaluator.MatchesAsync(filter.Rest, observation)) return observation;
        }
        return null;
    }

    async ValueTask<long> CountAsync(ObservationFilter filter, IReadOnlyList<Datastream> streams)
    {
        if (filter.IsExact)
        {
            // The standard allows a count that is not exact; where hours were not released, this one is too high.
            var computed = 0.0;
            foreach (var stream in streams)
            {
                var first = streams.Count <= MostFirsts ? await context.FirstStartAsync(stream) : context.Catalogue.KnownSince;
                computed += (stream.Latest.End - first) / ((stream.LongestStep + stream.ShortestStep) / 2);
            }
            if (computed > MostCounted) return (long)Math.Round(computed);
        }
        var scan = new ObservationScan(context, streams, ObservationOrder.ById, filter.Bounds, null, ObservationScan.LargestChunk);
        long count = 0;
        while (await NextMatchAsync(scan, filter) is not null) count++;
        return scan.IsCut ? throw context.Budget.Refusal : count;
    }

    /// <summary>The order in which Observations can be read as they are wanted; null if they have to be sorted.</summary>
    static ObservationOrder? StreamOrder(ImmutableArray<OrderTerm> terms, IReadOnlyList<Datastream> streams)
    {
        if (terms.IsEmpty) return ObservationOrder.ById;
        if (terms[0].Key is not PathExpression { Segments: [var name] }) return null;
        if (terms is [{ Descending: false }] && EntityType.IsId(name)) return ObservationOrder.ById;
        // Among the Observations of one Datastream no two start or end together, so further terms say nothing.
        var isTime = name is "phenomenonTime"
            || (name is "resultTime" && streams.All(stream => stream.Resolution == streams[0].Resolution));
        if (!isTime || (terms.Length > 1 && streams.Count > 1)) return null;
        return terms[0].Descending ? ObservationOrder.Newest : ObservationOrder.Earliest;
    }

    async ValueTask<IReadOnlyList<Entity>> SortAsync(IReadOnlyList<Entity> entities, ImmutableArray<OrderTerm> terms, EntityType type)
    {
        if (terms.IsEmpty || entities.Count < 2) return entities;
        var joins = terms.Select(term => FilterPlan.JoinsOf(term.Key, type)).ToList();
        var keyed = new List<(Entity Entity, object?[] Keys)>(entities.Count);
        foreach (var entity in entities)
        {
            var keys = new object?[terms.Length];
            for (var i = 0; i < keys.Length; i++) keys[i] = await evaluator.ValueAsync(terms[i].Key, joins[i], entity);
            keyed.Add((entity, keys));
        }
        return [.. keyed.Order(Comparer<(Entity Entity, object?[] Keys)>.Create(Compare)).Select(pair => pair.Entity)];

        int Compare((Entity Entity, object?[] Keys) left, (Entity Entity, object?[] Keys) right)
        {
            for (var i = 0; i < terms.Length; i++)
            {
                var order = Operations.Order(left.Keys[i], right.Keys[i]);
                if (order != 0) return terms[i].Descending ? -order : order;
            }
            // The ids make the order unique, so that pages fit together.
            return string.CompareOrdinal(left.Entity.Id, right.Entity.Id);
        }
    }

    static EntityPage Page(IReadOnlyList<Entity> entities, QueryOptions options, long? count)
    {
        var size = PageSize(options);
        var items = entities.Skip(options.Skip).Take(size).ToList();
        var more = size > 0 && (long)options.Skip + items.Count < entities.Count;
        return new EntityPage(items, count, more ? options with { Skip = options.Skip + items.Count } : null);
    }

    static int PageSize(QueryOptions options) => Math.Min(options.Top ?? DefaultPage, LargestPage);
}
