using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>One resource of the API: checked against at each request, and shown in the OpenAPI document.</summary>
/// <param name="Path">The route.</param>
/// <param name="Name">The operation's id, which is also in the keys of its texts.</param>
sealed record ResourceDescription(string Path, string Name)
{
    /// <summary>What it is, in a line, as programs are told.</summary>
    public string Summary => Summarise(LanguageCatalogue.Original);

    /// <summary>What else there is to know, as programs are told.</summary>
    public string Description => Describe(LanguageCatalogue.Original);

    public ImmutableArray<QueryParameter> Parameters { get; init; } = [];

    /// <summary>The data set whose rows these are, and whose licence they have; null for none.</summary>
    public DatasetInfo? Dataset { get; init; }

    /// <summary>What the JSON answer is made of.</summary>
    public required Type Answer { get; init; }

    /// <summary>Whether its answers may be kept until something public changes (<see cref="AnswerCache"/>).</summary>
    public bool IsKept { get; init; }

    /// <summary>An answer as it may come in JSON; null where the names of its members say enough.</summary>
    public object? Example { get; init; }

    /// <summary>Whether it says how the node is at this moment: asked for as often as a monitor likes, and never kept.</summary>
    public bool IsProbe { get; init; }

    /// <summary>The forms that it is served in, the preferred one first.</summary>
    public ImmutableArray<Format> Forms =>
        Parameters.FirstOrDefault(parameter => parameter.Name == QueryParameter.Format.Name) is { } format
            ? [.. Enum.GetValues<Format>().Where(form => format.Allowed.Contains(FormatNegotiation.Name(form)))]
            : [Format.Json];

    /// <summary>What it is, in a line.</summary>
    public string Summarise(Language language) => language[$"api.resource.{Name}.summary"];

    /// <summary>What else there is to know.</summary>
    public string Describe(Language language) => language[$"api.resource.{Name}.description"];

    public string QueryNames => string.Join(", ", Parameters.Where(parameter => !parameter.InPath).Select(parameter => parameter.Name));
}

/// <summary>Maps resources.</summary>
static class ResourceRoutes
{
    static long HourNow(ResourceRequest request) => HourWindow.Containing(request.Service<TimeProvider>().GetUtcNow()).Index;

    /// <summary>Maps a resource for GET and HEAD; only GET is described, because HEAD is the same without a body.</summary>
    public static void MapResource(
        this IEndpointRouteBuilder endpoints, ResourceDescription description, Func<ResourceRequest, ValueTask<IResult>> answer)
    {
        var get = endpoints.MapGet(description.Path, (Delegate)AnswerAsync)
            .WithName(description.Name).WithSummary(description.Summary).WithDescription(description.Description).WithTags("Open data")
            .WithMetadata(description);
        get.Produces(StatusCodes.Status200OK, description.Answer, "application/json",
            [.. description.Forms.Skip(1).Select(FormatNegotiation.MediaType)]);
        endpoints.MapMethods(description.Path, [HttpMethods.Head], (Delegate)AnswerAsync).ExcludeFromDescription();

        async Task<IResult> AnswerAsync(HttpContext context)
        {
            var request = ResourceRequest.Read(context, description);
            if (request.WantsAll) return await request.Service<WholeLists>().AnswerAsync(request, answer);
            // Before the first release the hour at hand is where lists end.
            return description.IsKept
                ? await request.Service<AnswerCache>().GetAsync(context, $"{request.Format} {HourNow(request)}", () => answer(request))
                : await answer(request);
        }
    }
}
