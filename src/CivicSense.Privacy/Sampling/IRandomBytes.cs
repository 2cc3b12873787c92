using System.Security.Cryptography;

namespace CivicSense.Privacy;

/// <summary>
/// The one source of randomness of the private side. It is internal on purpose: nothing outside this room and its tests can put
/// another generator in its place, and no configuration can name a seed.
/// </summary>
interface IRandomBytes
{
    /// <summary>Fills the whole span with independent uniform bytes.</summary>
    void Fill(Span<byte> destination);
}

/// <summary>The operating system's cryptographic generator.</summary>
sealed class OperatingSystemRandomBytes : IRandomBytes
{
    public static OperatingSystemRandomBytes Instance { get; } = new();

    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
