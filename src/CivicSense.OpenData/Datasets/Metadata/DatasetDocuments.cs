using System.Text;
using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary>The documents below <c>/datasets/</c> that describe the files.</summary>
static class DatasetDocuments
{
    const string Json = "application/json; charset=utf-8";
    const string PlainText = "text/plain; charset=utf-8";

    static readonly Dictionary<string, (string ContentType, Func<DatasetContext, byte[]> Write)> Documents = new(StringComparer.Ordinal)
    {
        ["CITATION.cff"] = ("text/yaml; charset=utf-8", context => Encoding.UTF8.GetBytes(Citation.Write(context))),
        ["datapackage.json"] = (Json, DataPackage.Write),
        ["dcat.jsonld"] = ("application/ld+json", context => DcatCatalogue.Build(context).WriteJsonLd()),
        ["dcat.ttl"] = ("text/turtle; charset=utf-8", context => Encoding.UTF8.GetBytes(DcatCatalogue.Build(context).WriteTurtle())),
        ["licences.json"] = (Json, LicenceDocument.Write),
    };

    /// <summary>The names of the documents that describe all data sets.</summary>
    public static IEnumerable<string> Described => Documents.Keys.Order(StringComparer.Ordinal);

    /// <summary>Writes one of <see cref="Described"/>.</summary>
    public static byte[] Write(string name, DatasetContext context) => Documents[name].Write(context);

    /// <summary>Finds a document by its address; null if there is none.</summary>
    public static async ValueTask<IResult?> FindAsync(string path, PageRequest request, DatasetCatalogue catalogue)
    {
        if (Find(path) is not { } document)
            return null;
        var context = await DatasetContext.ReadAsync(request, catalogue);
        var (body, tag) = await request.Service<DatasetDocumentCache>().GetAsync(path, context, document.Write, request.Aborted);
        return new PublicResult(body, document.ContentType, tag, PublicResult.Live);
    }

    static (string ContentType, Func<DatasetContext, byte[]> Write)? Find(string path)
    {
        foreach (var dataset in DatasetInfo.All)
        {
            if (path == $"{dataset.Id}/manifest.json")
                return (Json, context => context.Catalogue.WriteManifest(dataset));
            if (path == $"{dataset.Id}/SHA256SUMS")
                return (PlainText, context => Encoding.UTF8.GetBytes(context.Catalogue.WriteSums(dataset)));
        }
        return Documents.TryGetValue(path, out var document) ? document : null;
    }
}
