using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary>
/// <c>/map/{quantity}.json</c>: the release areas as GeoJSON (RFC 7946) with the hours of the last days, for the map that can be moved.
/// </summary>
static class MapData
{
    const int MostValues = 12_000;
    const int FewestHours = 24;
    const int MostHours = 7 * 24;

    public static async Task<IResult> GetAsync(string quantityId, PageRequest request)
    {
        var words = request.Words;
        // Before all that is read: what changes meanwhile makes it a version of the past at once.
        var version = await request.Commons.ReadVersionAsync(request.Aborted);
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        var quantity = plan?.Quantities.Select(planned => planned.Quantity).FirstOrDefault(quantity => quantity.Id == quantityId);
        if (plan is null || quantity is null)
            throw ProblemException.OfPage(StatusCodes.Status404NotFound, words["problem.404.text"]);
        var status = await request.ReadStatusAsync();
        var until = status.LastReleased?.Next ?? HourWindow.Containing(request.Now);
        var key = new MapKey(words.Language.Code, request.Link("/"), quantity, until, plan.Day);
        var body = await request.Service<MapCache>().GetAsync(version, key, () => WriteAsync(plan, quantity, until, request));
        request.SetLanguage();
        return new PublicResult(body, "application/geo+json", EntityTag.Of(body), PublicResult.Live);
    }

    static async Task<byte[]> WriteAsync(ReleasePlan plan, Quantity quantity, HourWindow until, PageRequest request)
    {
        var names = request.Service<PlaceCache>().Names(plan, request.Words);
        var nodes = names.Tree.Nodes.Where(node => node.IsReleaseArea).OrderBy(node => node.Area.Zoom).ToList();
        var hours = Math.Clamp(MostValues / nodes.Count, FewestHours, MostHours);
        var from = new HourWindow(until.Index - hours);

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = PublicJson.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("type", "FeatureCollection");
            json.WriteString("quantity", quantity.Id);
            json.WriteString("unit", quantity.UnitSymbol);
            json.WriteNumber("from", from.Start.ToUnixTimeSeconds());
            json.WriteNumber("hours", hours);
            WriteTwice(json, from, hours, request.Words);
            WriteScale(json, quantity);
            json.WriteStartArray("features");
            foreach (var node in nodes)
            {
                // Others may wait for the same data, so the first to ask cannot call it off.
                var estimates = await request.Commons.ReadEstimatesAsync(
                    new EstimateQuery(node.Area, quantity, Resolution.Hour, from.Start, until.Start, hours), CancellationToken.None);
                WriteFeature(json, node, names, from, hours, estimates, request);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <summary>The offsets of the hours whose name comes twice, by their place in the list.</summary>
    static void WriteTwice(Utf8JsonWriter json, HourWindow from, int hours, Words words)
    {
        json.WriteStartObject("twice");
        for (var hour = 0; hour < hours; hour++)
        {
            if (words.OffsetOfTwice(new HourWindow(from.Index + hour).Start) is { } offset)
                json.WriteString(hour.ToString(CultureInfo.InvariantCulture), offset);
        }
        json.WriteEndObject();
    }

    static void WriteScale(Utf8JsonWriter json, Quantity quantity)
    {
        json.WriteStartArray("breaks");
        foreach (var edge in ColourScale.Breaks(quantity)) json.WriteNumberValue(edge);
        json.WriteEndArray();
        json.WriteStartArray("colours");
        foreach (var colour in ColourScale.Colours) json.WriteStringValue(colour);
        json.WriteEndArray();
    }

    static void WriteFeature(
        Utf8JsonWriter json, AreaNode node, AreaLabels names, HourWindow from, int hours, IReadOnlyList<Estimate> estimates,
            PageRequest request)
    {
        json.WriteStartObject();
        json.WriteString("type", "Feature");
        json.WriteString("id", AreaKey.Write(node.Area));
        WriteGeometry(json, node.Area.Bounds);
        json.WriteStartObject("properties");
        json.WriteString("name", names[node]);
        json.WriteString("letter", names.LetterOf(node.Area));
        json.WriteString("page", AreaPage.Address(node.Area, request));
        // For each hour: the most likely value; it and the ends of the interval as people read them; 1 where that is too uncertain to be
        // named. Null where there is nothing.
        json.WriteStartArray("values");
        var byHour = estimates.ToDictionary(estimate => HourWindow.Containing(estimate.Start).Index - from.Index);
        for (var hour = 0L; hour < hours; hour++)
        {
            if (byHour.TryGetValue(hour, out var estimate))
                WriteValue(json, estimate, request.Options.IsTooUncertain(estimate), request.Words);
            else
                json.WriteNullValue();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The ends as the pages write them: rounded away from the middle.</summary>
    static void WriteValue(Utf8JsonWriter json, Estimate estimate, bool isTooUncertain, Words words)
    {
        var (lower, upper) = words.Ends(estimate);
        json.WriteStartArray();
        json.WriteNumberValue(Math.Round(estimate.Value, 2));
        json.WriteStringValue(words.Value(estimate));
        json.WriteStringValue(lower);
        json.WriteStringValue(upper);
        if (isTooUncertain) json.WriteNumberValue(1);
        json.WriteEndArray();
    }

    static void WriteGeometry(Utf8JsonWriter json, AreaBounds bounds)
    {
        json.WriteStartObject("geometry");
        json.WriteString("type", "Polygon");
        json.WriteStartArray("coordinates");
        json.WriteStartArray();
        // Counterclockwise, as RFC 7946, section 3.1.6, asks.
        foreach (var (longitude, latitude) in new[]
        {
            (bounds.West, bounds.South), (bounds.East, bounds.South), (bounds.East, bounds.North), (bounds.West, bounds.North),
            (bounds.West, bounds.South),
        })
        {
            json.WriteStartArray();
            json.WriteNumberValue(Math.Round(longitude, 7));
            json.WriteNumberValue(Math.Round(latitude, 7));
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>What a map's data depend on beside the version of what is public.</summary>
readonly record struct MapKey(string Language, string Home, Quantity Quantity, HourWindow Until, PrivacyDay Day);

/// <summary>Keeps the data of maps until something public changes: they take a query for each area.</summary>
/// <remarks>A release alone says nothing of its estimates: they are written after it, and revised without one.</remarks>
sealed class MapCache
{
    const int Capacity = 64;

    readonly ConcurrentDictionary<(string Version, MapKey Key), Lazy<Task<byte[]>>> known = new();
    volatile string? newest;

    /// <summary>The data for a key; written once for all who ask at the same time.</summary>
    /// <param name="version">What <see cref="ICommons.ReadVersionAsync"/> said; where it is null nothing can be kept.</param>
    /// <param name="key">What else the data depend on.</param>
    /// <param name="write">Puts the data together.</param>
    public async Task<byte[]> GetAsync(string? version, MapKey key, Func<Task<byte[]>> write)
    {
        if (version is null) return await write();
        if (newest != version || known.Count >= Capacity)
        {
            newest = version;
            known.Clear();
        }
        var entry = known.GetOrAdd((version, key), _ => new Lazy<Task<byte[]>>(write));
        try
        {
            return await entry.Value;
        }
        catch
        {
            // The next one tries again.
            known.TryRemove(new((version, key), entry));
            throw;
        }
    }
}
