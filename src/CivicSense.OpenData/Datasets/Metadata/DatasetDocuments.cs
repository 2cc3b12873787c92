using System.Text;
using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary>The documents below <c>/datasets/</c> that describe the files.</summary>
static class DatasetDocuments
{
    const string Json = "application/json; charset=utf-8";
    const string PlainText = "text/plain; charset=utf-8";

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
        return path switch
        {
            "dcat.jsonld" => Answer(DcatCatalogue.Build(await ContextAsync()).WriteJsonLd(), "application/ld+json"),
            "dcat.ttl" => Answer(Encoding.UTF8.GetBytes(DcatCatalogue.Build(await ContextAsync()).WriteTurtle()), "text/turtle; charset=utf-8"),
            "datapackage.json" => Answer(DataPackage.Write(await ContextAsync()), Json),
            "CITATION.cff" => Answer(Encoding.UTF8.GetBytes(Citation.Write(await ContextAsync())), "text/yaml; charset=utf-8"),
            "licences.json" => Answer(LicenceDocument.Write(await ContextAsync()), Json),
            _ => null,
        };

        ValueTask<DatasetContext> ContextAsync() => DatasetContext.ReadAsync(request, catalogue);
    }

    static PublicResult Answer(byte[] body, string contentType) => new(body, contentType, EntityTag.Of(body), PublicResult.Live);
}
