using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using CivicSense.Commons;

namespace CivicSense.Vault;

/// <summary>A household: the privacy unit.</summary>
/// <param name="Id">Its number in this node.</param>
/// <param name="Name">What the steward calls it. Private.</param>
public sealed record Owner(int Id, string Name);

/// <summary>One physical sensor unit.</summary>
/// <param name="Id">Its number in this node.</param>
/// <param name="OwnerId">The household it belongs to.</param>
/// <param name="Name">
/// Its name in topics and its MQTT user name: 1 to 64 of the characters a-z, 0-9, hyphen and underscore, and not <see
/// cref="ReservedName"/>.
/// </param>
/// <param name="Place">The cell (zoom 14) where it stands. Nothing finer is stored, and it is never published.</param>
/// <param name="Model">
/// The model of its particle sensor, see <see cref="DeviceModel"/>; <see cref="DeviceModel.Unknown"/> by default. It chooses the formula
/// that the device's values are calibrated with.
/// </param>
public sealed record Device(int Id, int OwnerId, string Name, Area Place, string Model = DeviceModel.Unknown)
{
    /// <summary>The topics under this name are the node's own.</summary>
    public const string ReservedName = "public";

    static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>
    /// Whether a device may have this name. It becomes a level of topics and of topic filters, so it holds none of the characters that mean
    /// something there: <c>+</c>, <c>#</c>, <c>/</c> and <c>$</c>.
    /// </summary>
    public static bool IsValidName([NotNullWhen(true)] string? name) =>
        name is { Length: >= 1 and <= 64 } && !name.AsSpan().ContainsAnyExcept(NameCharacters) && name != ReservedName;
}

/// <summary>A device together with what its secret hashes to.</summary>
/// <param name="Device">The device.</param>
/// <param name="SecretHash">SHA-256 of the device's secret, 32 bytes. Secrets are random and long, so a plain hash is enough.</param>
public sealed record DeviceCredential(Device Device, ReadOnlyMemory<byte> SecretHash);
