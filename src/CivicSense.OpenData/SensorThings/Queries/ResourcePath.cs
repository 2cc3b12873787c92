using System.Collections.Immutable;
using System.Globalization;

namespace CivicSense.OpenData.SensorThings;

/// <summary>One part of a path: a name, and a key in parentheses where one entity of a set is meant.</summary>
/// <param name="Name">A set, relation or property, or <c>$ref</c> or <c>$value</c>.</param>
/// <param name="Key">The id; null where there is none.</param>
sealed record PathSegment(string Name, string? Key)
{
    /// <summary>Reads <c>Things('x')</c>, <c>Things(1)</c> or <c>Things</c>.</summary>
    /// <exception cref="ProblemException">404: it is none of these.</exception>
    public static PathSegment Read(string text)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0) return new PathSegment(text, null);
        if (open == 0 || !text.EndsWith(')')) throw NotUnderstood(text);
        var key = text[(open + 1)..^1];
        if (key.Length >= 2 && key[0] == '\'' && key[^1] == '\'')
        {
            var quoted = key[1..^1];
            var id = quoted.Replace("''", "'", StringComparison.Ordinal);
            // A single quotation mark inside has to be doubled.
            return quoted.Count(letter => letter == '\'') == 2 * id.Count(letter => letter == '\'')
                ? new PathSegment(text[..open], id)
                : throw NotUnderstood(text);
        }
        // Ids are strings here; a number is a well-formed id all the same, of nothing.
        return long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? new PathSegment(text[..open], key)
            : throw NotUnderstood(text);
    }

    static ProblemException NotUnderstood(string text) =>
        ProblemException.NotFound($"{ProblemException.Quote(text)} is no part of a path. An entity is addressed like Things('0313131').");
}

/// <summary>What a path leads to.</summary>
/// <param name="Set">The set it leads to; null where it leads to one entity.</param>
/// <param name="Entity">The entity it leads to, or that has the property.</param>
/// <param name="Properties">The property and the names inside it; empty for an entity or set.</param>
/// <param name="Address">The path without <c>$ref</c> and <c>$value</c>.</param>
/// <param name="Form">How it is wanted.</param>
sealed record ResourceTarget(EntitySource? Set, Entity? Entity, ImmutableArray<string> Properties, string Address, TargetForm Form);

/// <summary>How the target of a path is wanted.</summary>
enum TargetForm
{
    Content,

    /// <summary>Only the self links.</summary>
    Reference,

    /// <summary>Only the value, without JSON around it.</summary>
    Value,
}

/// <summary>Follows the eight usages of paths of OGC 18-088, clause 9.2.</summary>
static class ResourcePath
{
    const int LongestPath = 12;

    static readonly string Sets = string.Join(", ", EntityType.All.Select(type => type.SetName));

    /// <exception cref="ProblemException">404: there is no such thing.</exception>
    public static async ValueTask<ResourceTarget> ResolveAsync(string path, QueryContext context)
    {
        var parts = path.Split('/');
        if (parts.Length > LongestPath) throw Nothing(path);
        var form = parts[^1] switch { "$ref" => TargetForm.Reference, "$value" => TargetForm.Value, _ => TargetForm.Content };
        if (form != TargetForm.Content) parts = parts[..^1];
        var segments = parts.Select(PathSegment.Read).ToList();
        if (segments.Count == 0) throw Nothing(path);
        var root = EntityType.All.FirstOrDefault(type => type.SetName == segments[0].Name)
            ?? throw ProblemException.NotFound(
                $"There is no {ProblemException.Quote(segments[0].Name)} here. There are: {Sets}.");

        var (set, entity) = await EnterAsync(context.Catalogue.Source(root), segments[0].Key, context);
        var index = 1;
        for (; index < segments.Count && entity?.Type.FindNavigation(segments[index].Name) is { } navigation; index++)
        {
            var key = segments[index].Key;
            if (navigation.IsCollection)
                (set, entity) = await EnterAsync(entity.RelatedMany(navigation, context.Catalogue), key, context);
            else if (key is null)
                entity = entity.Related(navigation, context.Catalogue);
            else
                throw Nothing(path);
        }

        var properties = segments.Skip(index).ToList();
        if (properties.Count > 0 && !HasProperty(entity, properties)) throw Nothing(path);
        if (properties.Count > 0 ? form == TargetForm.Reference : form == TargetForm.Value) throw Nothing(path);
        return new ResourceTarget(set, entity, [.. properties.Select(segment => segment.Name)], string.Join('/', parts), form);
    }

    static bool HasProperty(Entity? entity, List<PathSegment> properties) =>
        entity is not null && properties.All(segment => segment.Key is null)
        && (EntityType.IsId(properties[0].Name) || entity.Type.Properties.Contains(properties[0].Name));

    static async ValueTask<(EntitySource? Set, Entity? Entity)> EnterAsync(EntitySource source, string? key, QueryContext context)
    {
        if (key is null) return (source, null);
        var entity = source switch
        {
            ListSource list => context.Catalogue.Find(list.Type, key) is { } found && list.Entities.Contains(found) ? found : null,
            ObservationSource observations => await FindObservationAsync(observations, key, context),
            _ => null,
        };
        return entity is not null
            ? (null, entity)
            : throw ProblemException.NotFound($"There is no {source.Type.Name} {ProblemException.Quote(key)} here.");
    }

    static async ValueTask<Entity?> FindObservationAsync(ObservationSource source, string key, QueryContext context)
    {
        if (Observation.ReadId(key) is not { } parts
            || source.Streams.FirstOrDefault(candidate => candidate.Id == parts.Stream) is not { } stream)
            return null;
        if (stream.Latest.Start == parts.Start) return new Observation(stream, stream.Latest);
        context.Budget.AddRead();
        var rows = await context.Commons.ReadEstimatesAsync(
            new EstimateQuery(stream.Area, stream.Quantity, stream.Resolution, parts.Start, parts.Start.AddMilliseconds(1), 1),
            context.Budget.Aborted);
        return rows.Count > 0 ? new Observation(stream, rows[0]) : null;
    }

    static ProblemException Nothing(string path) => ProblemException.NotFound($"There is nothing at {ProblemException.Quote(path)}.");
}
