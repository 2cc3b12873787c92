using System.Buffers.Text;
using System.Security.Cryptography;

namespace CivicSense.Ingestion;

/// <summary>Device secrets: 32 random bytes, shown once, kept only as a hash.</summary>
/// <remarks>
/// A secret has 256 bits of randomness, so it cannot be guessed from its hash, and a slow password hash would protect nothing; see
/// docs/decisions/0004-device-secrets.md. It keeps the cost of a wrong password small, too.
/// </remarks>
public static class DeviceSecret
{
    /// <summary>Makes a new secret: 43 characters of base64url.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The SHA-256 of a secret's UTF-8 bytes: what the vault keeps.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> secret) => SHA256.HashData(secret);
}
