using System.Collections.Immutable;

namespace CivicSense.OpenData.SensorThings;

/// <summary>A relation to other entities.</summary>
/// <param name="Name">Its name: singular where it leads to one entity, plural where to many.</param>
/// <param name="Target">What it leads to.</param>
/// <param name="IsCollection">Whether it leads to many.</param>
sealed record Navigation(string Name, Func<EntityType> Target, bool IsCollection);

/// <summary>One of the eight entity types of OGC 18-088, clause 8.2.</summary>
/// <param name="Name">The singular.</param>
/// <param name="SetName">The name of the set of all of them.</param>
/// <param name="Properties">Its properties in the standard's order.</param>
/// <param name="Complex">Those of them that are JSON objects.</param>
/// <param name="Navigations">Its relations.</param>
sealed record EntityType(
    string Name, string SetName, ImmutableArray<string> Properties, ImmutableArray<string> Complex, ImmutableArray<Navigation> Navigations)
{
    static readonly Navigation ToThing = new("Thing", () => Thing!, false);
    static readonly Navigation ToThings = new("Things", () => Thing!, true);
    static readonly Navigation ToLocations = new("Locations", () => Location!, true);
    static readonly Navigation ToHistoricalLocations = new("HistoricalLocations", () => HistoricalLocation!, true);
    static readonly Navigation ToDatastream = new("Datastream", () => Datastream!, false);
    static readonly Navigation ToDatastreams = new("Datastreams", () => Datastream!, true);
    static readonly Navigation ToSensor = new("Sensor", () => Sensor!, false);
    static readonly Navigation ToObservedProperty = new("ObservedProperty", () => ObservedProperty!, false);
    static readonly Navigation ToObservations = new("Observations", () => Observation!, true);
    static readonly Navigation ToFeatureOfInterest = new("FeatureOfInterest", () => FeatureOfInterest!, false);

    public static EntityType Thing { get; } = new(
        "Thing", "Things", ["name", "description", "properties"], ["properties"], [ToDatastreams, ToHistoricalLocations, ToLocations]);

    public static EntityType Location { get; } = new(
        "Location", "Locations", ["name", "description", "encodingType", "location", "properties"], ["location", "properties"],
        [ToHistoricalLocations, ToThings]);

    public static EntityType HistoricalLocation { get; } = new(
        "HistoricalLocation", "HistoricalLocations", ["time"], [], [ToLocations, ToThing]);

    public static EntityType Datastream { get; } = new(
        "Datastream", "Datastreams",
        ["name", "description", "unitOfMeasurement", "observationType", "observedArea", "phenomenonTime", "resultTime", "properties"],
        ["unitOfMeasurement", "observedArea", "properties"], [ToObservations, ToObservedProperty, ToSensor, ToThing]);

    public static EntityType Sensor { get; } = new(
        "Sensor", "Sensors", ["name", "description", "encodingType", "metadata", "properties"], ["properties"], [ToDatastreams]);

    public static EntityType ObservedProperty { get; } = new(
        "ObservedProperty", "ObservedProperties", ["name", "definition", "description", "properties"], ["properties"], [ToDatastreams]);

    public static EntityType Observation { get; } = new(
        "Observation", "Observations", ["phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters"],
        ["resultQuality", "parameters"], [ToDatastream, ToFeatureOfInterest]);

    public static EntityType FeatureOfInterest { get; } = new(
        "FeatureOfInterest", "FeaturesOfInterest", ["name", "description", "encodingType", "feature", "properties"],
        ["feature", "properties"], [ToObservations]);

    public static ImmutableArray<EntityType> All { get; } =
        [Thing, Location, HistoricalLocation, Datastream, Sensor, ObservedProperty, Observation, FeatureOfInterest];

    public Navigation? FindNavigation(string name) => Navigations.FirstOrDefault(navigation => navigation.Name == name);

    /// <summary>Whether this is the name of the id in queries: both forms are in use.</summary>
    public static bool IsId(string name) => name is "id" or "@iot.id";

    /// <summary>Whether entities of this type have a property of this name that queries can use.</summary>
    public bool HasProperty(string name) => IsId(name) || name is "selfLink" or "@iot.selfLink" || Properties.Contains(name);

    public bool Equals(EntityType? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
}
