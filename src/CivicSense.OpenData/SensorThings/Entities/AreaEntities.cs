namespace CivicSense.OpenData.SensorThings;

/// <summary>What is known of an area.</summary>
/// <param name="Area">The cell.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Node">Its place in the newest plan's tree; null for an area of earlier plans only.</param>
/// <param name="EnrolledOwners">Households enrolled in it; null where nothing is released for it alone.</param>
/// <param name="KnownSince">The first instant the node has a plan for.</param>
sealed record AreaFacts(Area Area, string Name, AreaNode? Node, int? EnrolledOwners, DateTimeOffset KnownSince)
{
    public string Id { get; } = AreaKey.Write(Area);

    public AreaShape Shape { get; } = new(Area);

    public ComplexValue Properties { get; } = new(
        ("quadkey", Area.QuadKey), ("zoom", (long)Area.Zoom), ("isCurrent", Node is not null),
        ("isReleaseArea", Node?.IsReleaseArea ?? false),
        ("enrolledOwners", (long?)EnrolledOwners), ("parent", Node?.Parent is { } parent ? AreaKey.Write(parent) : null));
}

/// <summary>An area. Never a device: where devices are is nobody's business.</summary>
sealed class Thing(AreaFacts area, IReadOnlyList<Datastream> streams) : Entity(EntityType.Thing, area.Id)
{
    public AreaFacts Area => area;

    public IReadOnlyList<Datastream> Streams => streams;

    public override ValueTask<object?> ReadAsync(string property, QueryContext context) => new(property switch
    {
        "name" => area.Name,
        "description" => "A cell of the Web Mercator quadtree that numbers are released for, or several such cells together.",
        "properties" => area.Properties,
        _ => null,
    });

    public override EntitySource RelatedMany(Navigation navigation, Catalogue catalogue) => navigation.Name switch
    {
        "Datastreams" => new ListSource(EntityType.Datastream, streams),
        "Locations" => catalogue.One(EntityType.Location, Id),
        _ => catalogue.One(EntityType.HistoricalLocation, Id),
    };
}

/// <summary>Where an area is: its polygon.</summary>
sealed class Location(AreaFacts area) : Entity(EntityType.Location, area.Id)
{
    public override ValueTask<object?> ReadAsync(string property, QueryContext context) => new(property switch
    {
        "name" => area.Name,
        "description" => "The edges of the area.",
        "encodingType" => "application/geo+json",
        "location" => area.Shape,
        "properties" => area.Properties,
        _ => null,
    });

    public override EntitySource RelatedMany(Navigation navigation, Catalogue catalogue) =>
        catalogue.One(navigation.Target(), Id);
}

/// <summary>Since when an area is where it is: cells do not move, so there is one for each, from the node's first plan on.</summary>
sealed class HistoricalLocation(AreaFacts area) : Entity(EntityType.HistoricalLocation, area.Id)
{
    public override ValueTask<object?> ReadAsync(string property, QueryContext context) => new(property == "time" ? area.KnownSince : null);

    public override Entity Related(Navigation navigation, Catalogue catalogue) => catalogue.Find(EntityType.Thing, Id)!;

    public override EntitySource RelatedMany(Navigation navigation, Catalogue catalogue) => catalogue.One(EntityType.Location, Id);
}

/// <summary>An area as what observations are about.</summary>
sealed class FeatureOfInterest(AreaFacts area) : Entity(EntityType.FeatureOfInterest, area.Id)
{
    public override ValueTask<object?> ReadAsync(string property, QueryContext context) => new(property switch
    {
        "name" => area.Name,
        "description" => "The air or the sound in the area, as the sensors of its households have it on average.",
        "encodingType" => "application/geo+json",
        "feature" => area.Shape,
        "properties" => area.Properties,
        _ => null,
    });

    public override EntitySource RelatedMany(Navigation navigation, Catalogue catalogue) =>
        new ObservationSource(((Thing)catalogue.Find(EntityType.Thing, Id)!).Streams);
}
