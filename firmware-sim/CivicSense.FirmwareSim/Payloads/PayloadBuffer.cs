using System.Buffers.Text;

namespace CivicSense.FirmwareSim.Payloads;

/// <summary>A growing byte buffer that is used again for every message of a device.</summary>
sealed class PayloadBuffer
{
    static readonly double[] PowersOfTen = [1, 10, 100, 1000, 10_000];

    byte[] bytes = new byte[384];

    /// <summary>The number of bytes written since <see cref="Clear"/>.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    /// <summary>Forgets what was written.</summary>
    public void Clear() => Length = 0;

    /// <summary>Keeps only the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    /// <summary>Appends bytes as they are.</summary>
    public void Append(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(bytes.AsSpan(Length));
        Length += text.Length;
    }

    /// <summary>Appends an integer in decimal.</summary>
    public void Append(long number)
    {
        Reserve(20);
        Utf8Formatter.TryFormat(number, bytes.AsSpan(Length), out var written);
        Length += written;
    }

    /// <summary>
    /// Appends a number rounded half away from zero to at most <paramref name="decimals"/> (0 to 4) digits, without trailing zeros.
    /// </summary>
    /// <remarks>The magnitude must be below 10^14, so that the scaled value is exact in a long.</remarks>
    public void Append(double number, int decimals)
    {
        var scaled = (long)Math.Round(number * PowersOfTen[decimals], MidpointRounding.AwayFromZero);
        while (decimals > 0 && scaled % 10 == 0)
        {
            scaled /= 10;
            decimals--;
        }
        if (scaled < 0)
        {
            Append("-"u8);
            scaled = -scaled;
        }
        var unit = (long)PowersOfTen[decimals];
        Append(scaled / unit);
        if (decimals == 0) return;

        Append("."u8);
        var fraction = scaled % unit;
        Reserve(decimals);
        for (var i = decimals - 1; i >= 0; i--)
        {
            bytes[Length + i] = (byte)('0' + fraction % 10);
            fraction /= 10;
        }
        Length += decimals;
    }

    void Reserve(int count)
    {
        if (bytes.Length - Length < count) Array.Resize(ref bytes, Math.Max(bytes.Length * 2, Length + count));
    }
}
