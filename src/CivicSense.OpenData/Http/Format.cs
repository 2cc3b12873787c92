using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace CivicSense.OpenData;

/// <summary>A form that data is served in.</summary>
enum Format
{
    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>RFC 4180.</summary>
    Csv,

    /// <summary>One JSON object a line, without a frame around them.</summary>
    NdJson,

    /// <summary>RFC 7946: each row a feature, its geometry the cell of its area.</summary>
    GeoJson,
}

/// <summary>Chooses a form: <c>?format=</c> first, then the Accept header (RFC 9110, section 12.5.1).</summary>
static class FormatNegotiation
{
    static readonly ImmutableArray<MediaTypeHeaderValue> Types =
        [.. Enum.GetValues<Format>().Select(format => new MediaTypeHeaderValue(MediaType(format)))];

    /// <summary>The name of a form in <c>?format=</c>.</summary>
    public static string Name(Format format) => format.ToString().ToLowerInvariant();

    /// <summary>The media type without parameters.</summary>
    public static string MediaType(Format format) => format switch
    {
        Format.Csv => "text/csv",
        Format.NdJson => "application/x-ndjson",
        Format.GeoJson => "application/geo+json",
        _ => "application/json",
    };

    public static string ContentType(Format format) => format switch
    {
        Format.Csv => "text/csv; charset=utf-8; header=present",
        Format.Json => "application/json; charset=utf-8",
        _ => MediaType(format),
    };

    /// <summary>Reads the Accept header. A missing or unreadable one accepts anything.</summary>
    /// <param name="request">The request.</param>
    /// <param name="offers">The forms there are, the preferred one first.</param>
    /// <exception cref="ProblemException">406: none of them is acceptable.</exception>
    public static Format Choose(HttpRequest request, ImmutableArray<Format> offers)
    {
        if (request.Headers.Accept.Count == 0
            || !MediaTypeHeaderValue.TryParseList(request.Headers.Accept!, out var ranges) || ranges.Count == 0)
            return offers[0];

        Format? best = null;
        var bestQuality = 0.0;
        foreach (var format in offers)
        {
            var quality = Quality(ranges, Types[(int)format]);
            if (quality > bestQuality)
                (best, bestQuality) = (format, quality);
        }
        return best ?? throw new ProblemException(
            StatusCodes.Status406NotAcceptable,
            $"This is served as {string.Join(", ", offers.Select(MediaType))}. Send one of them in Accept, or ask with "
            + $"{string.Join(", ", offers.Select(format => "?format=" + Name(format)))}.");
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
