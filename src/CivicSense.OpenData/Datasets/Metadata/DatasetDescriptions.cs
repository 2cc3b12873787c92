using System.Text.Json;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>What files say about themselves.</summary>
sealed class DatasetDescriptions(IOptions<OpenDataOptions> options)
{
    /// <summary>
    /// The metadata in the footer of a Parquet file: enough to know what it is where it has been taken out of its folders.
    /// </summary>
    /// <remarks>Nothing that may change between two writings of the same month: its bytes would change with it.</remarks>
    public IReadOnlyList<KeyValuePair<string, string>> MetadataOf(DatasetInfo dataset, Quantity quantity, DatasetMonth month) =>
    [
        new("dataset", dataset.Id),
        new("title", dataset.Title),
        new("description", dataset.Description),
        new("quantity", quantity.Id),
        new("unit", quantity.Unit),
        new("month", month.ToString()),
        new("time_zone", options.Value.TimeZone),
        new("licence", options.Value.LicenceOf(dataset.Id)),
        new("columns", JsonSerializer.Serialize(
            dataset.Fields.ToDictionary(field => field.Name, field => field.Description), PublicJson.Options)),
    ];
}
