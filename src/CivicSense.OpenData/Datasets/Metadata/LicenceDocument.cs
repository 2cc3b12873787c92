using System.Text.Json;

namespace CivicSense.OpenData;

/// <summary><c>/datasets/licences.json</c>: what may be done with each data set.</summary>
static class LicenceDocument
{
    public static byte[] Write(DatasetContext context) => JsonSerializer.SerializeToUtf8Bytes(
        new { Datasets = DatasetInfo.All.Select(dataset => new { Dataset = dataset.Id, Licence = Entry(context, dataset) }) },
        PublicJson.Options);

    static object Entry(DatasetContext context, DatasetInfo dataset)
    {
        var licence = context.LicenceOf(dataset);
        return new
        {
            licence.Id,
            licence.Name,
            SourceUrl = licence.Address,
            licence.CommercialUseAllowed,
            licence.AttributionRequired,
            licence.ShareAlikeRequired,
            licence.ModificationAllowed,
            licence.RedistributionAllowed,
            Attribution = context.Options.NeighbourhoodName,
        };
    }
}
