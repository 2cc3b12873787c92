using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Storage;

/// <summary>What every store refuses before it asks its database.</summary>
static class EnrolmentChecks
{
    public static void CheckOwnerName(string name) => ArgumentException.ThrowIfNullOrWhiteSpace(name);

    public static void CheckDevice(string name, Area place, string model, ReadOnlyMemory<byte> secretHash)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == Device.ReservedName)
            throw new ArgumentException(
                $"'{Device.ReservedName}' is where the node itself publishes; no device may have that name.", nameof(name));
        if (!Device.IsValidName(name))
            throw new ArgumentException("A device's name is 1 to 64 of the characters a-z, 0-9, hyphen and underscore.", nameof(name));
        if (place.Zoom != Area.FinestZoom)
            throw new ArgumentException($"A device's place is a cell of zoom {Area.FinestZoom}.", nameof(place));
        CheckModel(model);
        CheckSecretHash(secretHash);
    }

    public static void CheckSecretHash(ReadOnlyMemory<byte> secretHash)
    {
        if (secretHash.Length != 32)
            throw new ArgumentException("A secret's hash is 32 bytes (SHA-256).", nameof(secretHash));
    }

    public static void CheckModel(string model)
    {
        if (!DeviceModel.IsValidOrUnknown(model))
            throw new ArgumentException($"A device's model is {DeviceModel.Allowed}, or nothing.", nameof(model));
    }
}
