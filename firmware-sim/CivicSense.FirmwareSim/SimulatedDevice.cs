using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace CivicSense.FirmwareSim;

/// <summary>A device that the node must enrol before its source can run.</summary>
/// <param name="Name">The device's name: its MQTT client identifier, its user name, and the third level of its topic.</param>
/// <param name="OwnerName">The household it belongs to. Several devices may share one.</param>
/// <param name="Latitude">WGS 84, degrees.</param>
/// <param name="Longitude">WGS 84, degrees.</param>
/// <param name="Secret">
/// The MQTT password: 32 random bytes in base64url without padding (RFC 4648, section 5). Not part of <c>ToString</c>.
/// </param>
public sealed record SimulatedDevice(string Name, string OwnerName, double Latitude, double Longitude, string Secret)
{
    /// <summary>Draws a secret from the operating system's generator.</summary>
    internal static string NewSecret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    // A record prints all its members otherwise, and the secret would end up in logs.
    bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Name = ").Append(Name).Append(", OwnerName = ").Append(OwnerName);
        return true;
    }
}
