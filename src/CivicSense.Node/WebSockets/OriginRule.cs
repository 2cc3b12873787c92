using System.Collections.Immutable;

namespace CivicSense.Node.WebSockets;

/// <summary>
/// Which web pages may open a WebSocket: those of the node itself, and those of origins that the steward names (RFC 6454).
/// </summary>
/// <param name="allowed">Origins such as <c>https://map.example.org</c>.</param>
/// <param name="publicAddress">Where the public reaches the node, if that is not the address it listens on.</param>
sealed class OriginRule(ImmutableArray<string> allowed, Uri? publicAddress)
{
    /// <summary>Whether a text is an origin: scheme, host and port, and nothing behind.</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
        && text == uri.GetLeftPart(UriPartial.Authority);

    /// <summary>
    /// Whether the page that asks may connect. A client that is no browser sends no Origin, and could send any: the rule protects people
    /// with a browser, not the node.
    /// </summary>
    public bool Allows(HttpRequest request)
    {
        if (request.Headers.Origin is not { Count: > 0 } given)
            return true;
        if (given is not [{ } text] || !IsOrigin(text))
            return false;
        var origin = new Uri(text);
        return allowed.Contains(text, StringComparer.OrdinalIgnoreCase)
            || origin.GetLeftPart(UriPartial.Authority) == publicAddress?.GetLeftPart(UriPartial.Authority)
            // Whatever speaks TLS before the node, the host is the same; a default port is left out on both sides.
            || string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }
}
