using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace CivicSense.OpenData;

/// <summary><c>/openapi/v1.json</c>, and how the document is made from the resources' own descriptions.</summary>
static class OpenApiResource
{
    const string DocumentName = "v1";

    static readonly ResourceDescription Description = new("/openapi/v1.json", "getOpenApi")
    {
        Answer = typeof(object),
    };

    public static void AddOpenApiDocument(this IServiceCollection services) => services.AddOpenApi(DocumentName, options =>
    {
        options.ShouldInclude = description => description.ActionDescriptor.EndpointMetadata.OfType<ResourceDescription>().Any();
        options.AddDocumentTransformer((document, context, _) =>
        {
            var settings = context.ApplicationServices.GetRequiredService<Microsoft.Extensions.Options.IOptions<OpenDataOptions>>().Value;
            document.Info = new OpenApiInfo
            {
                Title = $"CivicSense open data: {settings.NeighbourhoodName}",
                Version = DocumentName,
                Description = "Air and noise of a neighbourhood, released with differential privacy. Every number says how sure it is. "
                    + "Times are UTC (RFC 3339).",
                License = new OpenApiLicense { Name = settings.Licence, Identifier = settings.Licence },
            };
            document.Servers = [new OpenApiServer { Url = settings.BaseAddress?.ToString() ?? "/" }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var resource = context.Description.ActionDescriptor.EndpointMetadata.OfType<ResourceDescription>().First();
            Describe(operation, resource);
            return Task.CompletedTask;
        });
    });

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(Description, async request =>
    {
        var document = await request.KeyedService<IOpenApiDocumentProvider>(DocumentName).GetOpenApiDocumentAsync(request.Aborted);
        var body = Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, request.Aborted));
        return new PublicResult(body, FormatNegotiation.ContentType(Format.Json), EntityTag.Of(body), PublicResult.Live);
    });

    static void Describe(OpenApiOperation operation, ResourceDescription resource)
    {
        operation.Parameters = [.. resource.Parameters.Select(Describe)];
        operation.Responses ??= [];
        if (resource.Example is { } example)
            operation.Responses["200"].Content!["application/json"].Example = JsonSerializer.SerializeToNode(example, PublicJson.Options);
        AddProblem("400", "A parameter is unknown or not allowed; 'parameter' names it.");
        if (resource.Forms.Length > 1) AddProblem("406", "None of the forms that there are is acceptable.");
        var unavailable = AddProblem("503", "The public data cannot be read at the moment.");
        if (resource.IsProbe)
        {
            foreach (var (type, content) in operation.Responses["200"].Content ?? new Dictionary<string, OpenApiMediaType>())
                unavailable.Content!.Add(type, content);
            return;
        }
        operation.Responses["304"] = new OpenApiResponse { Description = "What If-None-Match names is still current." };
        AddProblem("404", "There is no such thing.");
        AddProblem("429", "There were too many requests from one address.").Headers = new Dictionary<string,
        IOpenApiHeader>(StringComparer.Ordinal)
        {
            ["Retry-After"] = new OpenApiHeader
            {
                Description = "In how many seconds to come again.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
            },
        };

        OpenApiResponse AddProblem(string status, string description)
        {
            var response = new OpenApiResponse
            {
                Description = description,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [ProblemWriter.ContentType] = new() { Schema = ProblemSchema() },
                },
            };
            operation.Responses[status] = response;
            return response;
        }
    }

    static OpenApiParameter Describe(QueryParameter parameter) => new()
    {
        Name = parameter.Name,
        In = parameter.InPath ? ParameterLocation.Path : ParameterLocation.Query,
        Required = parameter.IsRequired,
        Description = parameter.Description,
        Example = parameter.Example.Length == 0 ? null : JsonValue.Create(parameter.Example),
        Schema = new OpenApiSchema
        {
            Type = !parameter.IsInteger ? JsonSchemaType.String
                : parameter.Word is null ? JsonSchemaType.Integer
                : JsonSchemaType.Integer | JsonSchemaType.String,
            Enum = parameter.Allowed.Count == 0 ? null : [.. parameter.Allowed.Select(value => (JsonNode)JsonValue.Create(value))],
        },
    };

    static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Problem details (RFC 9457).",
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What is wrong and what is allowed." },
            ["parameter"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null,
                Description = "The parameter at fault." },
        },
    };
}
