using System.Buffers;
using System.Text.Json;
using CivicSense.OpenData.SensorThings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData.Features;

/// <summary>OGC API - Features 1.0 (OGC 17-069r4), core and GeoJSON, under <c>/ogc</c>: the map for QGIS and its like.</summary>
/// <remarks>Everything comes from the newest estimates, so no request reads the archive.</remarks>
static class FeaturesRoutes
{
    const string Root = "/ogc";

    static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    static readonly JsonWriterOptions WriterOptions = new() { Encoder = PublicJson.Options.Encoder, SkipValidation = true };

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, "", FeatureWriter.Json, (request, writer) => writer.WriteLanding(request.Title));
        Map(endpoints, "/conformance", FeatureWriter.Json, (_, writer) => writer.WriteConformance());
        Map(endpoints, "/collections", FeatureWriter.Json, (request, writer) =>
            writer.WriteCollections(request.Collections, request.Licence));
        Map(endpoints, "/collections/{collection}", FeatureWriter.Json, (request, writer) =>
            writer.WriteCollection(request.Collection(), request.Licence));
        Map(endpoints, "/collections/{collection}/items/{feature}", FeatureWriter.GeoJson, (request, writer) =>
            writer.WriteSingle(request.Collection(), request.Feature()));
        endpoints.MapMethods(Root + "/collections/{collection}/items", Methods, (Delegate)(async (HttpContext http) =>
        {
            var request = await FeatureRequest.OpenAsync(http);
            var query = FeatureQuery.Read(http.Request.Query);
            return Answer(FeatureWriter.GeoJson, json =>
                new FeatureWriter(json, request.Address).WritePage(request.Collection(), query, http.Request.QueryString.Value));
        })).ExcludeFromDescription();
        endpoints.MapMethods(Root + "/api", Methods, (Delegate)(async (HttpContext http) =>
        {
            var request = await FeatureRequest.OpenAsync(http);
            RefuseParameters(http);
            return Answer(FeatureWriter.OpenApi, json =>
                FeaturesDescription.Write(json, request.Address, request.Title, request.Collections));
        })).ExcludeFromDescription();
    }

    static void Map(IEndpointRouteBuilder endpoints, string path, string type, Action<FeatureRequest, FeatureWriter> write) =>
        endpoints.MapMethods(Root + path, Methods, (Delegate)(async (HttpContext http) =>
        {
            var request = await FeatureRequest.OpenAsync(http);
            RefuseParameters(http);
            return Answer(type, json => write(request, new FeatureWriter(json, request.Address)));
        })).ExcludeFromDescription();

    static void RefuseParameters(HttpContext http)
    {
        foreach (var (name, _) in http.Request.Query)
            throw ProblemException.BadParameter(name.Length <= 60 ? name : name[..60], "This resource has no parameters.");
    }

    static PublicResult Answer(string type, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions)) write(writer);
        return new PublicResult(buffer.WrittenMemory, type, EntityTag.Of(buffer.WrittenSpan), PublicResult.Live);
    }

    /// <summary>What one request has at hand.</summary>
    sealed class FeatureRequest(HttpContext http, IReadOnlyList<FeatureCollection> collections, OpenDataOptions options)
    {
        public IReadOnlyList<FeatureCollection> Collections => collections;

        public string Licence => options.LicenceOf(DatasetInfo.Estimates);

        public string Title => $"{options.NeighbourhoodName}: air and noise";

        public string Address { get; } =
            (options.BaseAddress?.ToString().TrimEnd('/') ?? $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}") + Root;

        public static async Task<FeatureRequest> OpenAsync(HttpContext http)
        {
            var options = http.RequestServices.GetRequiredService<IOptions<OpenDataOptions>>().Value;
            var catalogue = await http.RequestServices.GetRequiredService<CatalogueSource>().GetAsync(http.RequestAborted);
            return new FeatureRequest(http, FeatureCollection.All(catalogue, options), options);
        }

        public FeatureCollection Collection() => Find(collections, "collection", collection => collection.Id);

        public Feature Feature() => Find(Collection().Features, "feature", feature => feature.Id);

        T Find<T>(IEnumerable<T> candidates, string parameter, Func<T, string> idOf) where T : class
        {
            var wanted = http.Request.RouteValues[parameter] as string ?? "";
            return candidates.FirstOrDefault(candidate => idOf(candidate) == wanted)
                ?? throw ProblemException.NotFound($"There is no {parameter} {ProblemException.Quote(wanted)} here.");
        }
    }
}
