using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Diagnostics.CodeAnalysis;

namespace CivicSense.Ingestion;

/// <summary>A short piece of UTF-8 text held in place, so that names and units cost no allocation.</summary>
struct ShortText
{
    /// <summary>Longer texts name nothing that is known here.</summary>
    public const int MaximumLength = 128;

    Characters characters;
    int length;

    /// <summary>The text.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Span => ((ReadOnlySpan<byte>)characters)[..length];

    /// <summary>Copies the string that the reader stands on, unescaped.</summary>
    /// <returns>False if it is too long.</returns>
    public bool TryCopy(ref Utf8JsonReader json)
    {
        // Unescaping never makes text longer, so the raw length bounds the copy.
        if (json.ValueSpan.Length > MaximumLength)
            return false;
        length = json.CopyString(MemoryMarshal.CreateSpan(ref Unsafe.As<Characters, byte>(ref characters), MaximumLength));
        return true;
    }

    /// <summary>Copies text as it stands.</summary>
    /// <returns>False if it is too long.</returns>
    public bool TryCopyRaw(ReadOnlySpan<byte> text)
    {
        if (text.Length > MaximumLength)
            return false;
        text.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<Characters, byte>(ref characters), MaximumLength));
        length = text.Length;
        return true;
    }

    [InlineArray(MaximumLength)]
    struct Characters
    {
        byte first;
    }
}
