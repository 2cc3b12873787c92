using System.Buffers;

namespace CivicSense.Commons;

/// <summary>How the model of a device's particle sensor is written: lower case, such as <c>sds011</c> or <c>pms5003</c>.</summary>
public static class DeviceModel
{
    /// <summary>The model of a device of which none is known. Its values stay as they are.</summary>
    public const string Unknown = "";

    /// <summary>The longest model's number of characters.</summary>
    public const int MaximumLength = 32;

    /// <summary>What a model may be, in words that fit behind "allowed is".</summary>
    public const string Allowed = "1 to 32 of the characters a-z, 0-9 and hyphen";

    static readonly SearchValues<char> Characters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Whether <paramref name="model"/> names a model: see <see cref="Allowed"/>.</summary>
    public static bool IsValid(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Length is > 0 and <= MaximumLength && !model.AsSpan().ContainsAnyExcept(Characters);
    }

    /// <summary>Whether <paramref name="model"/> names a model or is <see cref="Unknown"/>.</summary>
    public static bool IsValidOrUnknown(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model == Unknown || IsValid(model);
    }
}
