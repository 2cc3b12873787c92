using System.Text.Json;

namespace CivicSense.Ingestion;

/// <summary>Which of the texts that are held at one time.</summary>
enum TextSlot
{
    BaseName,
    BaseUnit,
    Name,
    Unit,
    Label,
}

/// <summary>Reads short texts of a payload where they stand; only the few with escapes are copied, one place for each slot.</summary>
sealed class UnescapedTexts
{
    /// <summary>Longer texts name nothing that is known here.</summary>
    public const int MaximumLength = 128;

    readonly byte[]?[] places = new byte[Enum.GetValues<TextSlot>().Length][];

    /// <summary>The string or property name that the reader stands on; valid until the slot is used again.</summary>
    /// <returns>False if it is too long.</returns>
    public bool TryRead(scoped ref Utf8JsonReader json, TextSlot slot, out ReadOnlySpan<byte> text)
    {
        text = json.ValueSpan;
        // Unescaping never makes text longer, so the raw length bounds the copy.
        if (text.Length > MaximumLength)
            return false;
        if (json.ValueIsEscaped)
        {
            var place = places[(int)slot] ??= new byte[MaximumLength];
            text = place.AsSpan(0, json.CopyString(place));
        }
        return true;
    }
}
