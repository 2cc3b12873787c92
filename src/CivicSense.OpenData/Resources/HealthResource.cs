using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>How the node is.</summary>
/// <remarks>No count of readings: in a small node its steps would tell when, and whether, a single household measured.</remarks>
/// <param name="Status">'ok' or 'unavailable'.</param>
/// <param name="DatabaseReachable">Whether the public data can be read.</param>
/// <param name="LastReleased">Start of the newest released window, UTC; null before the first.</param>
/// <param name="NextReleaseDue">When the next release is due, UTC; null where that is not known.</param>
sealed record HealthRow(string Status, bool DatabaseReachable, DateTime? LastReleased, DateTime? NextReleaseDue);

/// <summary><c>/healthz</c>.</summary>
static class HealthResource
{
    static readonly ResourceDescription Description = new("/healthz", "getHealth")
    {
        Answer = typeof(HealthRow),
        IsProbe = true,
    };

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(Description, GetAsync);

    static async ValueTask<IResult> GetAsync(ResourceRequest request)
    {
        var status = await request.Service<INodeStatus>().ReadAsync(request.Aborted);
        var row = new HealthRow(
            status.DatabaseReachable ? "ok" : "unavailable", status.DatabaseReachable, status.LastReleased?.Start.UtcDateTime,
            status.NextReleaseDue?.UtcDateTime);
        return new PublicResult(
            JsonSerializer.SerializeToUtf8Bytes(row, PublicJson.Options), FormatNegotiation.ContentType(Format.Json), tag: null, "no-store")
        {
            StatusCode = status.DatabaseReachable ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
        };
    }
}
