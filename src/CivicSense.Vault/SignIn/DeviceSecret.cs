using System.Buffers.Text;
using System.Security.Cryptography;

namespace CivicSense.Vault;

/// <summary>Device secrets: 32 random bytes, shown once, kept only as a hash.</summary>
/// <remarks>
/// A secret has 256 bits of randomness, so it cannot be guessed from its hash, and a slow password hash would protect nothing; see
/// docs/decisions/0004-device-secrets.md. It keeps the cost of a wrong password small, too.
/// </remarks>
public static class DeviceSecret
{
    static readonly byte[] NobodysHash = new byte[SHA256.HashSizeInBytes];

    /// <summary>Makes a new secret: 43 characters of base64url.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The SHA-256 of a secret's UTF-8 bytes: what the vault keeps.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> secret) => SHA256.HashData(secret);

    /// <summary>Whether a secret is that of a device. The same work whether there is no such device or the secret is wrong.</summary>
    /// <param name="secret">What somebody gave as the secret, in UTF-8.</param>
    /// <param name="credential">What the vault knows under the name that they gave; null for nothing.</param>
    public static bool Matches(ReadOnlySpan<byte> secret, DeviceCredential? credential) =>
        CryptographicOperations.FixedTimeEquals(Hash(secret), credential is null ? NobodysHash : credential.SecretHash.Span)
        & credential is not null;
}
