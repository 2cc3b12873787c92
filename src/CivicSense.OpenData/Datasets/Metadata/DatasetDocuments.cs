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
        foreach (var dataset in DatasetInfo.All)
        {
            if (path == $"{dataset.Id}/manifest.json")
                return Answer(catalogue.WriteManifest(dataset), Json);
            if (path == $"{dataset.Id}/SHA256SUMS")
                return Answer(Encoding.UTF8.GetBytes(catalogue.WriteSums(dataset)), PlainText);
        }
        return Documents.TryGetValue(path, out var document)
            ? Answer(document.Write(await DatasetContext.ReadAsync(request, catalogue)), document.ContentType)
            : null;
    }

    static PublicResult Answer(byte[] body, string contentType) => new(body, contentType, EntityTag.Of(body), PublicResult.Live);
}
