using System.Runtime.CompilerServices;
using CivicSense.OpenData.SensorThings;

namespace CivicSense.OpenData.Features;

/// <summary>One feature: an area, or what is newest of it.</summary>
/// <param name="Id">Its id within the collection: the area's.</param>
/// <param name="Area">Where it is.</param>
/// <param name="Time">When it was; null for what has no time.</param>
/// <param name="Properties">The rest, as JSON members.</param>
sealed record Feature(string Id, Area Area, TimeInterval? Time, (string Name, object? Value)[] Properties);

/// <summary>One collection (OGC 17-069r4, clause 7.14).</summary>
/// <param name="Id">Its name in addresses.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Description">What is in it.</param>
/// <param name="Features">Its features in the order of their ids.</param>
sealed record FeatureCollection(string Id, string Title, string Description, IReadOnlyList<Feature> Features)
{
    public const string AreasId = "areas";

    static readonly ConditionalWeakTable<Catalogue, IReadOnlyList<FeatureCollection>> Made = [];

    /// <summary>The whole extent in degrees; null where there are no features.</summary>
    public AreaBounds? Extent => Features.Count == 0 ? null : new AreaBounds(
        Features.Min(feature => feature.Area.Bounds.West), Features.Min(feature => feature.Area.Bounds.South),
        Features.Max(feature => feature.Area.Bounds.East), Features.Max(feature => feature.Area.Bounds.North));

    /// <summary>All the time that features cover; null where they have none.</summary>
    public TimeInterval? Duration => Features.Count == 0 || Features[0].Time is null ? null : new TimeInterval(
        Features.Min(feature => feature.Time!.Value.Start), Features.Max(feature => feature.Time!.Value.End));

    /// <summary>All collections: the areas, then for each quantity and resolution the newest estimates.</summary>
    /// <remarks>Made once for each catalogue.</remarks>
    public static IReadOnlyList<FeatureCollection> All(Catalogue catalogue, OpenDataOptions options) =>
        Made.GetValue(catalogue, _ => Make(catalogue, options));

    static IReadOnlyList<FeatureCollection> Make(Catalogue catalogue, OpenDataOptions options)
    {
        var things = catalogue.All(EntityType.Thing).Cast<Thing>().ToList();
        var areas = new FeatureCollection(
            AreasId, "Areas", "The areas that there are numbers for: cells of the Web Mercator quadtree, and parents that join several.",
            [.. things.Select(thing =>
                new Feature(thing.Id, thing.Area.Area, null, [("name", thing.Area.Name), .. thing.Area.Properties.Members]))]);
        var streams = from thing in things
                      from stream in thing.Streams
                      group (thing.Area, Stream: stream) by (stream.Quantity, stream.Resolution);
        return
        [
            areas,
            .. streams.OrderBy(group => group.Key.Quantity.Ordinal).ThenBy(group => group.Key.Resolution).Select(group => Newest(
                group.Key.Quantity, ResolutionName.Write(group.Key.Resolution),
                [.. group.Select(pair => Newest(pair.Area, pair.Stream.Latest, options))])),
        ];
    }

    static FeatureCollection Newest(Quantity quantity, string resolution, IReadOnlyList<Feature> features) => new(
        $"{quantity.Id}-{resolution}", $"{quantity.Name}, newest {resolution}",
        $"The newest estimate of {quantity.Name} for each area, by {resolution}, in {quantity.Unit}, with its standard error and 95 % "
            + "interval.",
        features);

    static Feature Newest(AreaFacts area, Estimate estimate, OpenDataOptions options)
    {
        var time = new TimeInterval(estimate.Start.ToUniversalTime(), estimate.End.ToUniversalTime());
        return new Feature(area.Id, area.Area, time,
        [
            ("name", area.Name), ("quadkey", area.Area.QuadKey), ("isCurrent", area.Node is not null), ("quantity", estimate.Quantity.Id),
            ("resolution", ResolutionName.Write(estimate.Resolution)), ("start", time.Start), ("end", time.End),
            ("unit", estimate.Quantity.Unit),
            ("value", RowNumber.Rounded(estimate.Value)), ("standardError", RowNumber.Rounded(estimate.StandardError)),
            ("lower", RowNumber.Rounded(estimate.Lower)), ("upper", RowNumber.Rounded(estimate.Upper)),
            ("status", StatusName.Write(estimate.Status)), ("tooUncertain", options.IsTooUncertain(estimate)),
        ]);
    }
}
