using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary><c>/api</c>: the description of the API for people, made from what the OpenAPI document is made from.</summary>
static class ApiPage
{
    public static Task<IResult> GetAsync(PageRequest request)
    {
        var words = request.Words;
        var resources = request.Service<EndpointDataSource>().Endpoints.Select(
            endpoint => endpoint.Metadata.GetMetadata<ResourceDescription>())
            .OfType<ResourceDescription>().Distinct().ToList();
        var main = new Html();
        main.Append($"<h1>{words["api.title"]}</h1><p class=\"lead\">");
        main.Append(words.Markup("api.lead", ("openapi", "/openapi/v1.json"), ("link", Code("Link")), ("tag", Code("ETag")),
            ("condition", Code("If-None-Match"))));
        main.Append($"</p><ul>");
        foreach (var resource in resources)
            main.Append($"<li><a href=\"#{resource.Name}\"><code>{resource.Path}</code></a> – {resource.Summarise(words.Language)}</li>");
        main.Append($"</ul>");
        foreach (var resource in resources)
            Draw(main, resource, words);
        return Task.FromResult(request.Page("/downloads", words["api.title"], main));
    }

    static void Draw(Html main, ResourceDescription resource, Words words)
    {
        main.Append($"<section aria-labelledby=\"{resource.Name}\"><h2 id=\"{resource.Name}\">{resource.Summarise(words.Language)}</h2>");
        main.Append($"<p><code>GET {resource.Path}</code></p><p>{resource.Describe(words.Language)}</p>");
        if (resource.Parameters.Length > 0)
        {
            main.Append($"<dl>");
            foreach (var parameter in resource.Parameters)
                Draw(main, parameter, words);
            main.Append($"</dl>");
        }
        main.Append($"<p>{words.Text("api.forms", ("forms", string.Join(", ", resource.Forms.Select(FormatNegotiation.MediaType))))}");
        if (ExampleOf(resource) is { } example)
            main.Append($" ")
                .Append(words.Markup("api.example", ("address", new Html().Append($"<a href=\"{example}\">{Code(example)}</a>"))));
        main.Append($"</p></section>");
    }

    static void Draw(Html main, QueryParameter parameter, Words words)
    {
        var note = parameter.InPath ? ", " + words["api.inPath"] : parameter.IsRequired ? ", " + words["api.needed"] : "";
        main.Append($"<dt>{Code(parameter.Name)}{note}</dt><dd>{parameter.Describe(words.Language)}");
        if (parameter.Allowed.Count > 0)
            main.Append($" ").Append(words.Markup("api.oneOf", ("values", Code(string.Join(", ", parameter.Allowed)))));
        else if (parameter.Example.Length > 0)
            main.Append($" ").Append(words.Markup("api.suchAs", ("value", Code(parameter.Example))));
        main.Append($"</dd>");
    }

    static Html Code(string text) => new Html().Append($"<code>{text}</code>");

    /// <summary>An address that can be followed, where the path names nothing that only this neighbourhood has.</summary>
    static string? ExampleOf(ResourceDescription resource)
    {
        if (resource.Parameters.Any(parameter => parameter.InPath))
            return null;
        var needed = resource.Parameters.Where(parameter => parameter.IsRequired)
            .Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Example)}");
        var query = string.Join('&', needed);
        return query.Length == 0 ? resource.Path : $"{resource.Path}?{query}";
    }
}
