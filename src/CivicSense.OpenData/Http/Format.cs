using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CivicSense.OpenData;

/// <summary>The two forms that data is served in.</summary>
enum Format
{
    Json,
    Csv,
}

/// <summary>Chooses a form: <c>?format=</c> first, then the Accept header (RFC 9110, section 12.5.1).</summary>
static class FormatNegotiation
{
    static readonly (Format Format, MediaTypeHeaderValue Type)[] Offers =
        [(Format.Json, new MediaTypeHeaderValue("application/json")), (Format.Csv, new MediaTypeHeaderValue("text/csv"))];

    public static string ContentType(Format format) =>
        format == Format.Csv ? "text/csv; charset=utf-8; header=present" : "application/json; charset=utf-8";

    /// <summary>Reads the Accept header. A missing or unreadable one accepts anything.</summary>
    /// <exception cref="ProblemException">406: neither form is acceptable.</exception>
    public static Format Choose(HttpRequest request)
    {
        if (request.Headers.Accept.Count == 0 || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept!, out var ranges) || ranges.Count == 0)
            return Format.Json;

        Format? best = null;
        var bestQuality = 0.0;
        foreach (var (format, type) in Offers)
        {
            var quality = Quality(ranges, type);
            if (quality > bestQuality)
                (best, bestQuality) = (format, quality);
        }
        return best ?? throw new ProblemException(
            StatusCodes.Status406NotAcceptable, "This is served as application/json or text/csv. Send one of them in Accept, or use ?format=json or ?format=csv.");
    }

    /// <summary>The quality of the most specific range that covers a type; 0 if none does.</summary>
    static double Quality(IEnumerable<MediaTypeHeaderValue> ranges, MediaTypeHeaderValue type)
    {
        var quality = 0.0;
        var specificity = -1;
        foreach (var range in ranges)
        {
            var level = range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
            var covers = level == 0
                || (range.Type.Equals(type.Type, StringComparison.OrdinalIgnoreCase)
                    && (level == 1 || range.SubType.Equals(type.SubType, StringComparison.OrdinalIgnoreCase)));
            if (covers && level > specificity)
                (quality, specificity) = (range.Quality ?? 1, level);
        }
        return quality;
    }
}
