using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CivicSense.Stewardship;

/// <summary>Chooses between a page and JSON by the Accept header (RFC 9110, section 12.5.1).</summary>
static class PageNegotiation
{
    /// <summary>Whether a person with a browser is asking: browsers name text/html, programs name JSON or nothing.</summary>
    public static bool WantsPage(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var ranges)
        && Quality(ranges, "text/html") is > 0 and var page
        && page >= Quality(ranges, "application/json");

    static double Quality(IEnumerable<MediaTypeHeaderValue> ranges, string type) =>
        ranges.Where(range => range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(range => range.Quality ?? 1)
            .DefaultIfEmpty(0).Max();
}
