using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>One parameter of a version of the model.</summary>
/// <param name="Quantity">The quantity that is estimated with it.</param>
/// <param name="Number">The version's number, 1 for the first fit.</param>
/// <param name="From">The start of the first hour that it is used for, UTC.</param>
/// <param name="Name">The parameter.</param>
/// <param name="Value">Its value.</param>
sealed record ModelRow(string Quantity, int Number, DateTime From, string Name, double Value);

/// <summary><c>/api/v1/model</c>.</summary>
static class ModelResource
{
    static readonly ResourceDescription Description = new("/api/v1/model", "listModelVersions")
    {
        Parameters = [QueryParameter.OptionalQuantity, QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.Format],
        Answer = typeof(RowPage<ModelRow>),
        IsKept = true,
    };

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(Description, ListAsync);

    static async ValueTask<IResult> ListAsync(ResourceRequest request)
    {
        var quantity = request.Quantity();
        var limit = request.Limit();
        var first = request.Cursor(3) is { } fields ? ReadKey(fields) : ((int Quantity, int Number, string Name)?)null;
        var versions = await request.Commons.ReadModelVersionsAsync(request.Aborted);

        // A version has some twenty parameters and a factor for up to forty areas, and there is one in a week: a year of a quantity is
        // little more than 3,000 rows.
        var page = versions.Where(version => quantity is null || version.Quantity == quantity)
            .SelectMany(version => version.Values.Select(value => (Version: version, Name: value.Key, value.Value)))
            .Where(item => first is not { } from || Compare(item.Version, item.Name, from) >= 0)
            .Take(limit + 1).ToList();
        var rows = page.Take(limit).Select(item => Row(item.Version, item.Name, item.Value)).ToList();
        return request.Rows(rows, page.Count > limit ? WriteKey(page[limit].Version, page[limit].Name) : null);
    }

    internal static ModelRow Row(ModelVersion version, string name, double value) =>
        new(version.Quantity.Id, version.Number, version.From.Start.UtcDateTime, name, value);

    static int Compare(ModelVersion version, string name, (int Quantity, int Number, string Name) key)
    {
        var order = ((int)version.Quantity.Ordinal, version.Number).CompareTo((key.Quantity, key.Number));
        return order != 0 ? order : string.CompareOrdinal(name, key.Name);
    }

    static string WriteKey(ModelVersion version, string name) =>
        Cursor.Write(version.Quantity.Id, version.Number.ToString(CultureInfo.InvariantCulture), name);

    static (int Quantity, int Number, string Name) ReadKey(string[] fields) =>
        Quantity.TryFind(fields[0], out var quantity)
            && int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (quantity.Ordinal, number, fields[2])
            : throw Cursor.Invalid();
}
