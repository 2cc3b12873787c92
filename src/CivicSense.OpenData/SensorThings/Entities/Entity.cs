namespace CivicSense.OpenData.SensorThings;

/// <summary>One entity. Made from public data when it is asked for; nothing is stored.</summary>
abstract class Entity(EntityType type, string id)
{
    public EntityType Type { get; } = type;

    /// <summary>Unique among the entities of its type, and stable.</summary>
    public string Id { get; } = id;

    /// <summary>Where it is, below the service root.</summary>
    public string Path => $"{Type.SetName}('{Id}')";

    /// <summary>The value of a property of <see cref="EntityType.Properties"/>; null where it has none.</summary>
    public abstract ValueTask<object?> ReadAsync(string property, QueryContext context);

    /// <summary>The entity that a relation leads to.</summary>
    public virtual Entity Related(Navigation navigation, Catalogue catalogue) =>
        throw new ArgumentException($"There is no relation {navigation.Name} to one.", nameof(navigation));

    /// <summary>The entities that a relation leads to.</summary>
    public virtual EntitySource RelatedMany(Navigation navigation, Catalogue catalogue) =>
        throw new ArgumentException($"There is no relation {navigation.Name} to many.", nameof(navigation));
}

/// <summary>
/// A list of entities of one type in the order of their ids: either all at hand, or Observations that are read when needed.
/// </summary>
abstract record EntitySource(EntityType Type);

/// <summary>Entities at hand.</summary>
sealed record ListSource(EntityType Type, IReadOnlyList<Entity> Entities) : EntitySource(Type);

/// <summary>The Observations of some Datastreams, which are in the order of their ids.</summary>
sealed record ObservationSource(IReadOnlyList<Datastream> Streams) : EntitySource(EntityType.Observation);
