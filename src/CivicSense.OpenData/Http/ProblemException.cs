using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace CivicSense.OpenData;

/// <summary>Ends a request with problem details (RFC 9457).</summary>
sealed class ProblemException(int status, string detail, string? parameter = null) : Exception(detail)
{
    public const string DataUnavailable = "The node cannot read its public data at the moment. Try again in a minute.";

    const int LongestEcho = 60;

    public int Status { get; } = status;

    public string Title { get; } = ReasonPhrases.GetReasonPhrase(status);

    public string? Parameter { get; } = parameter;

    /// <summary>When the same request may be answered (RFC 9110, section 10.2.3); null where that is not known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the detail is in the language of the page that was asked for, and not only for programs.</summary>
    public bool IsInPageLanguage { get; init; }

    public static ProblemException BadParameter(string parameter, string allowed) =>
        new(StatusCodes.Status400BadRequest, allowed, parameter);

    public static ProblemException NotFound(string detail) => new(StatusCodes.Status404NotFound, detail);

    /// <summary>A problem of a page, told in its language.</summary>
    public static ProblemException OfPage(int status, string detail, string? parameter = null) =>
        new(status, detail, parameter) { IsInPageLanguage = true };

    /// <summary>Quotes what the client sent, cut to a length that cannot bloat the answer.</summary>
    public static string Quote(string text) => text.Length <= LongestEcho ? $"'{text}'" : $"'{text[..LongestEcho]}…'";
}
