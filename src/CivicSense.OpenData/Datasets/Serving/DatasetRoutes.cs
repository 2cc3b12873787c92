using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace CivicSense.OpenData;

/// <summary><c>/datasets/…</c>: files as they lie in the folder, and what describes them.</summary>
static class DatasetRoutes
{
    /// <summary>A file never changes at its address.</summary>
    const string ForEver = "public, max-age=31536000, immutable";

    /// <summary>For all of a file: some ten megabytes on the slowest line. Who is cut off goes on with a range.</summary>
    static readonly TimeSpan LongestReading = TimeSpan.FromHours(1);

    static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder endpoints, DatasetCatalogue catalogue)
    {
        endpoints.MapMethods(
            "/datasets/{**path}", Methods, (Delegate)((HttpContext context, string path) => GetAsync(context, catalogue, path)))
            .ExcludeFromDescription();
        DatasetsResource.Map(endpoints, catalogue);
    }

    static async Task<IResult> GetAsync(HttpContext context, DatasetCatalogue catalogue, string path)
    {
        // Addresses are looked up, never put together to a place on the disk.
        if (catalogue.TryFind(path, out var file))
            return File(context, catalogue, file);
        var document = await DatasetDocuments.FindAsync(path, new PageRequest(context), catalogue);
        return document ?? throw ProblemException.NotFound("There is no such file. /datasets lists them.");
    }

    /// <remarks>The framework answers ranges and conditions (RFC 9110, sections 13 and 14), If-Range among them.</remarks>
    static IResult File(HttpContext context, DatasetCatalogue catalogue, DatasetFile file)
    {
        var place = Path.GetFullPath(Path.Combine(catalogue.FolderOf(file.Dataset), file.Entry.Path));
        if (!System.IO.File.Exists(place))
        {
            throw new ProblemException(
                StatusCodes.Status503ServiceUnavailable,
                "The file cannot be read at the moment. The node writes it again when it next starts.");
        }
        AnswerDeadline.Allow(context, LongestReading);
        context.Response.Headers.CacheControl = ForEver;
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{file.Dataset.NameOf(file.Entry, file.Month.Month)}\"";
        return Results.File(
            place, file.Format.ServedAs, lastModified: new DateTimeOffset(file.Month.Written, TimeSpan.Zero),
            entityTag: new EntityTagHeaderValue($"\"{file.Entry.Sha256}\""), enableRangeProcessing: true);
    }
}
