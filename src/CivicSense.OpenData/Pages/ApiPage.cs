using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary><c>/api</c>: the description of the API for people, made from what the OpenAPI document is made from.</summary>
static class ApiPage
{
    public static IResult Get(PageRequest request, EndpointDataSource endpoints)
    {
        var resources = endpoints.Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<ResourceDescription>())
            .OfType<ResourceDescription>().Distinct().ToList();
        var main = new Html();
        main.Append($"<h1>Data for programs</h1>");
        main.Append($"<p>Everything here is free to read, without a key. Programs find the same in <a href=\"/openapi/v1.json\">OpenAPI 3.1</a>. ");
        main.Append($"Times are UTC. A list comes in pages; the <code>Link</code> header has the address of the next. ");
        main.Append($"Send an answer’s <code>ETag</code> back as <code>If-None-Match</code>: 304 says that nothing has changed.</p>");
        main.Append($"<ul>");
        foreach (var resource in resources)
            main.Append($"<li><a href=\"#{resource.Name}\"><code>{resource.Path}</code></a> – {resource.Summary}</li>");
        main.Append($"</ul>");
        foreach (var resource in resources)
            main.Append(Section(resource));
        return request.Page("/api", "Data for programs", main);
    }

    static Html Section(ResourceDescription resource)
    {
        var html = new Html();
        html.Append($"<section aria-labelledby=\"{resource.Name}\"><h2 id=\"{resource.Name}\">{resource.Summary}</h2>");
        html.Append($"<p><code>GET {resource.Path}</code></p><p>{resource.Description}</p>");
        if (resource.Parameters.Length > 0)
        {
            html.Append($"<dl>");
            foreach (var parameter in resource.Parameters)
                html.Append(Describe(parameter));
            html.Append($"</dl>");
        }
        html.Append($"<p>Comes as {string.Join(", ", resource.Forms.Select(FormatNegotiation.MediaType))}.");
        if (ExampleOf(resource) is { } example)
            html.Append($" For example: <a href=\"{example}\"><code>{example}</code></a>");
        return html.Append($"</p></section>");
    }

    static Html Describe(QueryParameter parameter)
    {
        var html = new Html();
        html.Append($"<dt><code>{parameter.Name}</code>{(parameter.InPath ? " in the path" : parameter.IsRequired ? ", needed" : "")}</dt><dd>{parameter.Description}");
        if (parameter.Allowed.Count > 0)
            html.Append($" One of {string.Join(", ", parameter.Allowed)}.");
        else if (parameter.Example.Length > 0)
            html.Append($" Such as <code>{parameter.Example}</code>.");
        return html.Append($"</dd>");
    }

    /// <summary>An address that can be followed, where the path names nothing that only this neighbourhood has.</summary>
    static string? ExampleOf(ResourceDescription resource)
    {
        if (resource.Parameters.Any(parameter => parameter.InPath))
            return null;
        var needed = resource.Parameters.Where(parameter => parameter.IsRequired).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Example)}");
        var query = string.Join('&', needed);
        return query.Length == 0 ? resource.Path : $"{resource.Path}?{query}";
    }
}
