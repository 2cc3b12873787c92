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
    /// <summary>Maps a resource for GET and HEAD; only GET is described, because HEAD is the same without a body.</summary>
    public static void MapResource(
        this IEndpointRouteBuilder endpoints, ResourceDescription description, Func<ResourceRequest, ValueTask<IResult>> answer)
    {
        var get = endpoints.MapGet(description.Path, (Delegate)AnswerAsync)
            .WithName(description.Name).WithSummary(description.Summary).WithDescription(description.Description).WithTags("Open data")
            .WithMetadata(description);
        get.Produces(StatusCodes.Status200OK, description.Answer, "application/json", [.. description.Forms.Skip(1).Select(FormatNegotiation.MediaType)]);
        endpoints.MapMethods(description.Path, [HttpMethods.Head], (Delegate)AnswerAsync).ExcludeFromDescription();

        async Task<IResult> AnswerAsync(HttpContext context) => await answer(ResourceRequest.Read(context, description));
    }
}
