using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CivicSense.OpenData;

/// <summary>Strong entity tags (RFC 9110, section 8.8.3).</summary>
static class EntityTag
{
    /// <summary>A new version of the program may write the same data differently.</summary>
    static readonly string ProgramVersion = typeof(EntityTag).Module.ModuleVersionId.ToString("N");

    /// <summary>A tag from everything that an answer depends on.</summary>
    public static string Of(params ReadOnlySpan<string> parts) =>
        Of(Encoding.UTF8.GetBytes(ProgramVersion + '\n' + string.Join('\n', parts)));

    /// <summary>A tag from the answer itself.</summary>
    public static string Of(ReadOnlySpan<byte> body) => $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"";

    /// <summary>Whether the client already has the answer with this tag (If-None-Match, compared weakly as section 13.1.2 asks).</summary>
    public static bool IsHeldBy(HttpRequest request, string tag)
    {
        var header = request.Headers.IfNoneMatch;
        if (StringValues.IsNullOrEmpty(header) || !EntityTagHeaderValue.TryParseList(header!, out var held))
            return false;
        var own = EntityTagHeaderValue.Parse(tag);
        return held.Any(candidate => candidate.Equals(EntityTagHeaderValue.Any) || candidate.Compare(own, useStrongComparison: false));
    }
}
