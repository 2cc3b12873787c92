using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>One file of a data set.</summary>
/// <param name="Dataset">The data set: 'measurements' or 'estimates'.</param>
/// <param name="Month">The month that it covers: in UTC for hours, at the node for days.</param>
/// <param name="Resolution">'hour' or 'day'.</param>
/// <param name="Quantity">The quantity.</param>
/// <param name="Format">'parquet', 'csv' (compressed with gzip) or 'geojson' (compressed with gzip).</param>
/// <param name="Address">Where it is.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Sha256">Its SHA-256, which is also its entity tag.</param>
/// <param name="Written">When it was written, UTC; it has not changed since.</param>
/// <param name="Licence">Its licence, an SPDX identifier.</param>
sealed record DatasetFileRow(
    string Dataset, string Month, string Resolution, string Quantity, string Format, string Address, long Rows, long Bytes, string Sha256,
    DateTime Written, string Licence);

/// <summary><c>/api/v1/datasets</c>.</summary>
static class DatasetsResource
{
    static readonly ResourceDescription Description = new("/api/v1/datasets", "listDatasetFiles")
    {
        Parameters = [QueryParameter.OptionalQuantity, QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.Format],
        Answer = typeof(RowPage<DatasetFileRow>),
    };

    public static void Map(IEndpointRouteBuilder endpoints, DatasetCatalogue catalogue) =>
        endpoints.MapResource(Description, request => ValueTask.FromResult(List(request, catalogue)));

    static IResult List(ResourceRequest request, DatasetCatalogue catalogue)
    {
        var quantity = request.Quantity();
        var limit = request.Limit();
        var after = request.Cursor(2) is [var month, var address]
            ? (Month: month, Address: address)
            : ((string Month, string Address)?)null;
        var files = catalogue.InOrder.Where(file => quantity is null || file.Entry.Quantity == quantity.Id)
            .Where(file => after is not { } last || IsBehind(file, last)).Take(limit + 1).ToList();
        var next = files.Count > limit ? Cursor.Write(files[limit - 1].Month.Month, files[limit - 1].Address) : null;
        return request.Rows([.. files.Take(limit).Select(file => Row(request, file))], next);
    }

    static bool IsBehind(DatasetFile file, (string Month, string Address) last) =>
        string.CompareOrdinal(file.Month.Month, last.Month) switch
    {
        0 => string.CompareOrdinal(file.Address, last.Address) > 0,
        var order => order > 0,
    };

    static DatasetFileRow Row(ResourceRequest request, DatasetFile file) => new(
        file.Dataset.Id, file.Month.Month, file.Entry.Resolution ?? "hour", file.Entry.Quantity, file.Entry.Format,
        request.Options.BaseAddress is { } address ? new Uri(address, "datasets/" + file.Address).AbsoluteUri : "/datasets/" + file.Address,
        file.Entry.Rows, file.Entry.Bytes, file.Entry.Sha256, file.Month.Written, request.Options.LicenceOf(file.Dataset.Id));
}
