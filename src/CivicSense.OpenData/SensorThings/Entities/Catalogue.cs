using System.Collections.Frozen;

namespace CivicSense.OpenData.SensorThings;

/// <summary>All entities but Observations, as they are at one moment. Each list is in the order of the ids.</summary>
/// <remarks>Immutable. Areas of earlier plans stay in it, because their estimates stay.</remarks>
sealed class Catalogue
{
    readonly FrozenDictionary<EntityType, Entity[]> sets;
    readonly FrozenDictionary<(EntityType Type, string Id), Entity> byId;

    public Catalogue(ReleasePlan? plan, DateTimeOffset knownSince, IEnumerable<Estimate> latest)
    {
        KnownSince = knownSince;
        var names = AreaNames.Of(plan is null ? AreaTree.Build([]) : AreaTree.Build(plan.Areas.Select(planned => planned.Area)));
        var nodes = names.Tree.Nodes.ToDictionary(node => node.Area);
        var owners = plan?.Areas.ToDictionary(planned => planned.Area, planned => planned.EnrolledOwners) ?? [];
        var estimates = latest.ToLookup(estimate => estimate.Area);
        var areas = nodes.Keys.Union(estimates.Select(group => group.Key))
            .Select(area => new AreaFacts(
                area, names[area], nodes.GetValueOrDefault(area), owners.TryGetValue(area, out var count) ? count : null, knownSince))
            .OrderBy(area => area.Id, StringComparer.Ordinal).ToList();

        var streams = areas.ToDictionary(area => area, area =>
            Sorted(estimates[area.Area].Select(estimate => new Datastream(area, estimate))));
        var ofQuantity = streams.Values.SelectMany(list => list).ToLookup(stream => stream.Quantity);
        sets = new Dictionary<EntityType, Entity[]>
        {
            [EntityType.Thing] = [.. areas.Select(area => new Thing(area, streams[area]))],
            [EntityType.Location] = [.. areas.Select(area => new Location(area))],
            [EntityType.HistoricalLocation] = [.. areas.Select(area => new HistoricalLocation(area))],
            [EntityType.FeatureOfInterest] = [.. areas.Select(area => new FeatureOfInterest(area))],
            [EntityType.Datastream] = Sorted<Entity>(streams.Values.SelectMany(list => list)),
            [EntityType.Sensor] = [new Procedure()],
            [EntityType.ObservedProperty] = Sorted<Entity>(ofQuantity.Select(group => new ObservedProperty(group.Key, Sorted(group)))),
        }.ToFrozenDictionary();
        byId = sets.SelectMany(set => set.Value).ToFrozenDictionary(entity => (entity.Type, entity.Id));

        static T[] Sorted<T>(IEnumerable<T> entities) where T : Entity =>
            [.. entities.OrderBy(entity => entity.Id, StringComparer.Ordinal)];
    }

    /// <summary>The first instant the node has a plan for.</summary>
    public DateTimeOffset KnownSince { get; }

    /// <summary>All entities of a type other than Observation.</summary>
    public IReadOnlyList<Entity> All(EntityType type) => sets[type];

    /// <summary>An entity by its id; null if there is none.</summary>
    public Entity? Find(EntityType type, string id) => byId.GetValueOrDefault((type, id));

    /// <summary>The list of one entity that is known to be there.</summary>
    public ListSource One(EntityType type, string id) => new(type, [byId[(type, id)]]);

    /// <summary>The set of all entities of a type.</summary>
    public EntitySource Source(EntityType type) => type == EntityType.Observation
        ? new ObservationSource([.. sets[EntityType.Datastream].Cast<Datastream>()])
        : new ListSource(type, sets[type]);
}
