using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace CivicSense.Stewardship;

/// <summary>A name and a secret as HTTP Basic sends them (RFC 7617).</summary>
/// <param name="Name">The name; empty where it was no UTF-8.</param>
/// <param name="Secret">The secret's bytes.</param>
sealed record BasicCredentials(string Name, ReadOnlyMemory<byte> Secret)
{
    const int LongestHeader = 1024;

    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What nobody has: it stands for credentials that cannot be read, so that they are refused like wrong ones.</summary>
    static BasicCredentials Nobodys { get; } = new("", ReadOnlyMemory<byte>.Empty);

    /// <summary>Reads an Authorization header; null where there is none.</summary>
    public static BasicCredentials? Read(StringValues header)
    {
        if (header.Count == 0)
            return null;
        if (header is not [{ Length: <= LongestHeader } line]
            || !AuthenticationHeaderValue.TryParse(line, out var value)
            || !string.Equals(value.Scheme, "Basic", StringComparison.OrdinalIgnoreCase))
        {
            return Nobodys;
        }
        var bytes = new byte[LongestHeader];
        if (!Convert.TryFromBase64String(value.Parameter ?? "", bytes, out var length))
            return Nobodys;
        // The first colon ends the name; the secret may hold more (RFC 7617, section 2).
        var colon = bytes.AsSpan(0, length).IndexOf((byte)':');
        if (colon < 0)
            return Nobodys;
        try
        {
            return new BasicCredentials(StrictUtf8.GetString(bytes.AsSpan(0, colon)), bytes.AsMemory(colon + 1, length - colon - 1));
        }
        catch (DecoderFallbackException)
        {
            return Nobodys;
        }
    }

    /// <summary>Says neither: a record prints its members otherwise.</summary>
    public override string ToString() => nameof(BasicCredentials);
}
