using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData.SensorThings;

/// <summary>OGC SensorThings API 1.1 (OGC 18-088) under <c>/sta/v1.1</c>, for reading.</summary>
static class SensorThingsRoutes
{
    public const string Root = "/sta/v1.1";

    const string Json = "application/json; charset=utf-8";

    static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    static readonly JsonWriterOptions WriterOptions = new() { Encoder = PublicJson.Options.Encoder, SkipValidation = true };

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapMethods(Root + "/{**path}", Methods, (Delegate)AnswerAsync).ExcludeFromDescription();

    static async Task<IResult> AnswerAsync(HttpContext http)
    {
        var path = (http.Request.RouteValues["path"] as string ?? "").TrimEnd('/');
        var context = await OpenAsync(http);
        var query = http.Request.Query.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? ""))).ToList();
        if (path.Length == 0)
        {
            RefuseOptions(query);
            return await JsonAsync(writer => { ServiceRoot.Write(writer, context); return default; });
        }

        var target = await ResourcePath.ResolveAsync(path, context);
        if (!target.Properties.IsEmpty) return await AnswerPropertyAsync(target, query, context);
        if (target.Set is { } set) return await AnswerSetAsync(set, target, query, context);

        var options = QueryOptionsParser.Parse(query, target.Entity!.Type);
        if (!(options with { Select = [], Expand = [] }).IsNone)
            throw ProblemException.BadParameter(query[0].Key, "This is one entity: only $select and $expand make sense here.");
        if (target.Form == TargetForm.Content)
            return await JsonAsync(writer => new EntityWriter(context, writer).WriteAsync(target.Entity, options, isTop: true));
        RefuseOptions(query);
        return await JsonAsync(writer => { new EntityWriter(context, writer).WriteReference(target.Entity); return default; });
    }

    static async Task<QueryContext> OpenAsync(HttpContext http)
    {
        var services = http.RequestServices;
        var clock = services.GetRequiredService<TimeProvider>();
        var source = services.GetRequiredService<CatalogueSource>();
        var options = services.GetRequiredService<IOptions<OpenDataOptions>>().Value;
        var origin = options.BaseAddress?.ToString().TrimEnd('/') ?? $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}";
        return new QueryContext(
            await source.GetAsync(http.RequestAborted), source, services.GetRequiredService<ICommons>(), options,
            new QueryBudget(clock, http.RequestAborted), origin, clock.GetUtcNow());
    }

    static async Task<IResult> AnswerSetAsync(
        EntitySource set, ResourceTarget target, List<KeyValuePair<string, string>> query, QueryContext context)
    {
        var options = QueryOptionsParser.Parse(query, set.Type);
        var address = context.ServiceAddress(target.Address);
        if (target.Form == TargetForm.Reference)
        {
            if (!options.Select.IsEmpty || !options.Expand.IsEmpty || options.AsDataArray)
                throw ProblemException.BadParameter("$ref",
                    "References have no properties: $select, $expand and $resultFormat make no sense here.");
            address += "/$ref";
        }
        var page = await new CollectionReader(context).ReadAsync(set, options);
        return await JsonAsync(async writer =>
        {
            if (target.Form == TargetForm.Reference) new EntityWriter(context, writer).WriteReferences(page, address);
            else if (options.AsDataArray) await DataArrayWriter.WriteAsync(writer, page, options, address, context);
            else await new EntityWriter(context, writer).WritePageAsync(page, options, address);
        });
    }

    static async Task<IResult> AnswerPropertyAsync(ResourceTarget target, List<KeyValuePair<string, string>> query, QueryContext context)
    {
        RefuseOptions(query);
        var value = await FindValueAsync(target.Entity!, target.Properties, context);
        if (value is null) return Results.NoContent();
        if (target.Form == TargetForm.Value && value is not (ComplexValue or object?[]))
            return Answer(Encoding.UTF8.GetBytes(JsonValue.Text(value)), "text/plain; charset=utf-8");
        return await JsonAsync(writer =>
        {
            if (target.Form == TargetForm.Content)
            {
                writer.WriteStartObject();
                writer.WritePropertyName(target.Properties[^1]);
            }
            JsonValue.Write(writer, value);
            if (target.Form == TargetForm.Content) writer.WriteEndObject();
            return default;
        });
    }

    static async ValueTask<object?> FindValueAsync(Entity entity, ImmutableArray<string> names, QueryContext context)
    {
        var value = EntityType.IsId(names[0]) ? entity.Id : await entity.ReadAsync(names[0], context);
        foreach (var name in names[1..])
        {
            if (value is not ComplexValue complex || !complex.Members.Any(member => member.Name == name))
                throw ProblemException.NotFound($"There is no {ProblemException.Quote(name)} in {ProblemException.Quote(names[0])}.");
            value = complex.TryGet(name, out var member) ? member : null;
        }
        return value;
    }

    static void RefuseOptions(List<KeyValuePair<string, string>> query)
    {
        // Unknown options are refused as everywhere; known ones have no meaning here.
        if (query.Count == 0) return;
        QueryOptionsParser.Parse(query, EntityType.Thing);
        throw ProblemException.BadParameter(query[0].Key, "There are no options here.");
    }

    static async Task<IResult> JsonAsync(Func<Utf8JsonWriter, ValueTask> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        await using (var writer = new Utf8JsonWriter(buffer, WriterOptions)) await write(writer);
        return Answer(buffer.WrittenMemory, Json);
    }

    static PublicResult Answer(ReadOnlyMemory<byte> body, string contentType) =>
        new(body, contentType, EntityTag.Of(body.Span), PublicResult.Live);
}
