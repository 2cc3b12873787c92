using System.Text.Json;

namespace CivicSense.OpenData;

/// <summary>Writes an estimate outside of the API in the API's own form.</summary>
public static class EstimateJson
{
    /// <summary>How the API's addresses name an area: its quadkey, or <c>world</c> for the empty one.</summary>
    public static string AreaName(Area area) => AreaKey.Write(area);

    /// <summary>
    /// One estimate as a JSON object in UTF-8, with the same members as a row of <c>/api/v1/areas/{quadkey}/estimates</c>.
    /// </summary>
    /// <param name="estimate">The estimate.</param>
    /// <param name="options">Has the display limits, which decide <c>tooUncertain</c>.</param>
    public static byte[] Write(Estimate estimate, OpenDataOptions options)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        ArgumentNullException.ThrowIfNull(options);
        return JsonSerializer.SerializeToUtf8Bytes(EstimatesResource.Row(estimate, options), PublicJson.Options);
    }
}
