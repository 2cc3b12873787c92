using System.Net;
using CivicSense.Vault;
using Microsoft.AspNetCore.Http;

namespace CivicSense.Stewardship;

/// <summary>How a request has come, as far as this machine can know.</summary>
/// <remarks>
/// Headers about the way count only on connections from this machine itself, where a web server in front puts them. From anywhere else
/// they are the claim of a stranger.
/// </remarks>
static class Transport
{
    const string For = "X-Forwarded-For";
    const string Scheme = "X-Forwarded-Proto";

    /// <summary>What web servers in front add. One of them means that the request comes from further away.</summary>
    static readonly string[] SignsOfAnotherServer = [For, Scheme, "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"];

    /// <summary>
    /// Whether nobody on the way can have read the request: it came encrypted, or from this machine, or encrypted to a web server on this
    /// machine that says so with X-Forwarded-Proto.
    /// </summary>
    public static bool IsConfidential(HttpContext context)
    {
        if (context.Request.IsHttps)
            return true;
        if (!IsFromThisMachine(context))
            return false;
        var headers = context.Request.Headers;
        return !SignsOfAnotherServer.Any(headers.ContainsKey) || Last(headers, Scheme) == "https";
    }

    /// <summary>The network whose attempts are counted together.</summary>
    public static IPAddress NetworkOf(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        // The last entry is the one that the nearest server has added; those before it are the client's own words.
        if (IsFromThisMachine(context) && IPAddress.TryParse(Last(context.Request.Headers, For), out var client))
            address = client;
        return ClientNetwork.Of(address);
    }

    static bool IsFromThisMachine(HttpContext context) => context.Connection.RemoteIpAddress is { } address
        && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    static string? Last(IHeaderDictionary headers, string name) =>
        headers[name] is [.., { } line] ? line.Split(',')[^1].Trim() : null;
}
