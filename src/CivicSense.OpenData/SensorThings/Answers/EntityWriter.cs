using System.Text.Json;

namespace CivicSense.OpenData.SensorThings;

/// <summary>Writes entities and pages of them as JSON (OGC 18-088, clauses 8.1 and 9.3.2).</summary>
sealed class EntityWriter(QueryContext context, Utf8JsonWriter writer)
{
    readonly CollectionReader reader = new(context);

    /// <summary>Writes a page as the whole answer.</summary>
    /// <param name="page">The page.</param>
    /// <param name="options">What is wanted of each entity.</param>
    /// <param name="address">The address of the list, without a query.</param>
    public async ValueTask WritePageAsync(EntityPage page, QueryOptions options, string address)
    {
        writer.WriteStartObject();
        if (page.Count is { } count) writer.WriteNumber("@iot.count", count);
        writer.WriteStartArray("value");
        var next = page.Next;
        var written = 0;
        foreach (var entity in page.Items)
        {
            if (written > 0 && context.Budget.IsPageSpent)
            {
                // The rest of the page comes with the next one, whose expanded entities then have a budget of their own.
                next = After(page, written, options);
                break;
            }
            await WriteAsync(entity, options, isTop: true);
            written++;
        }
        writer.WriteEndArray();
        WriteNext("@iot.nextLink", address, next);
        writer.WriteEndObject();
    }

    /// <summary>Writes the self links of a page as the whole answer.</summary>
    public void WriteReferences(EntityPage page, string address)
    {
        writer.WriteStartObject();
        if (page.Count is { } count) writer.WriteNumber("@iot.count", count);
        writer.WriteStartArray("value");
        foreach (var entity in page.Items) WriteReference(entity);
        writer.WriteEndArray();
        WriteNext("@iot.nextLink", address, page.Next);
        writer.WriteEndObject();
    }

    public void WriteReference(Entity entity)
    {
        writer.WriteStartObject();
        writer.WriteString("@iot.selfLink", context.ServiceAddress(entity.Path));
        writer.WriteEndObject();
    }

    /// <summary>Writes one entity.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="options">Which of its properties and relations are wanted.</param>
    /// <param name="isTop">Whether it is no expanded one: expanded ones show links only where they are selected.</param>
    public async ValueTask WriteAsync(Entity entity, QueryOptions options, bool isTop)
    {
        context.Budget.AddEntity();
        var all = options.Select.IsEmpty;
        writer.WriteStartObject();
        if (all || options.Select.Contains("id"))
        {
            writer.WriteString("@iot.id", entity.Id);
            writer.WriteString("@iot.selfLink", context.ServiceAddress(entity.Path));
        }
        foreach (var property in entity.Type.Properties)
        {
            var isWhole = all || options.Select.Contains(property);
            var parts = isWhole ? [] : PartsOf(property, options);
            if (!isWhole && parts.Count == 0) continue;
            var value = await entity.ReadAsync(property, context);
            if (value is null && all) continue;
            if (!isWhole) value = (value as ComplexValue)?.Only(parts);
            writer.WritePropertyName(property);
            JsonValue.Write(writer, value);
        }
        foreach (var navigation in entity.Type.Navigations)
        {
            if (all ? isTop : options.Select.Contains(navigation.Name))
                writer.WriteString(navigation.Name + "@iot.navigationLink", context.ServiceAddress($"{entity.Path}/{navigation.Name}"));
        }
        foreach (var term in options.Expand) await WriteExpandedAsync(entity, term);
        writer.WriteEndObject();
    }

    /// <summary>Which parts of a property are selected, as paths inside it.</summary>
    static List<string> PartsOf(string property, QueryOptions options) =>
    [
        .. options.Select.Where(path => path.StartsWith(property + "/", StringComparison.Ordinal))
            .Select(path => path[(property.Length + 1)..]),
    ];

    async ValueTask WriteExpandedAsync(Entity entity, ExpandTerm term)
    {
        var name = term.Navigation.Name;
        if (!term.Navigation.IsCollection)
        {
            writer.WritePropertyName(name);
            await WriteAsync(entity.Related(term.Navigation, context.Catalogue), term.Options, isTop: false);
            return;
        }
        // Where the answer has grown too large, expanded lists are left to their next links.
        var page = context.Budget.IsAnswerSpent
            ? new EntityPage([], null, term.Options)
            : await reader.ReadAsync(entity.RelatedMany(term.Navigation, context.Catalogue), term.Options);
        if (page.Count is { } count) writer.WriteNumber(name + "@iot.count", count);
        writer.WriteStartArray(name);
        var next = page.Next;
        var written = 0;
        foreach (var related in page.Items)
        {
            if (context.Budget.IsAnswerSpent)
            {
                next = After(page, written, term.Options);
                break;
            }
            await WriteAsync(related, term.Options, isTop: false);
            written++;
        }
        writer.WriteEndArray();
        WriteNext(name + "@iot.nextLink", context.ServiceAddress($"{entity.Path}/{name}"), next);
    }

    /// <summary>What to ask for to get what comes after the first entities of a page.</summary>
    static QueryOptions After(EntityPage page, int written, QueryOptions options) =>
        written > 0 && page.Items[written - 1] is Observation last && (page.Next is null || page.Next.SkipToken is not null)
            && options.OrderBy.IsEmpty
            ? options with { Skip = 0, SkipToken = new ObservationPosition(last.Stream.Id, last.Start).Write() }
            : options with { Skip = options.Skip + written };

    void WriteNext(string name, string address, QueryOptions? next)
    {
        if (next is null) return;
        var query = next.ToQueryString();
        writer.WriteString(name, query.Length == 0 ? address : $"{address}?{query}");
    }
}
