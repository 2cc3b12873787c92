using System.Globalization;

namespace CivicSense.OpenData;

/// <summary>How the status of estimates is written in rows.</summary>
static class StatusName
{
    public static string Write(EstimateStatus status) => status == EstimateStatus.Final ? "final" : "live";

    /// <summary>What is computed from several estimates is final when all of them are.</summary>
    public static string Write(IEnumerable<Estimate> estimates) =>
        Write(estimates.All(estimate => estimate.Status == EstimateStatus.Final) ? EstimateStatus.Final : EstimateStatus.Live);
}

/// <summary>How numbers are written in rows.</summary>
static class RowNumber
{
    const int Decimals = 4;

    const long Scale = 10_000;

    /// <summary>Four decimals: far below any uncertainty here.</summary>
    public static double Rounded(double value) => Math.Round(value, Decimals);

    /// <summary>Writes <see cref="Rounded"/> as JSON has it: the shortest text that is read as the same number.</summary>
    /// <remarks>That text is the digits of the rounded number itself as long as there are at most fifteen (IEEE 754).</remarks>
    /// <param name="text">Where to; 32 bytes are always enough.</param>
    /// <param name="value">The number.</param>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentException"><paramref name="value"/> is not finite.</exception>
    public static int WriteRounded(Span<byte> text, double value)
    {
        var scaled = Math.Round(value * Scale);
        if (Math.Abs(scaled) is >= 1 and < 1e15)
            return WriteDigits(text, (long)scaled);
        if (!double.IsFinite(value))
            throw new ArgumentException("JSON has no text for a number that is not finite.", nameof(value));
        Rounded(value).TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        return length;
    }

    static int WriteDigits(Span<byte> text, long scaled)
    {
        var length = 0;
        if (scaled < 0)
            text[length++] = (byte)'-';
        var (whole, fraction) = Math.DivRem(Math.Abs(scaled), Scale);
        whole.TryFormat(text[length..], out var digits, default, CultureInfo.InvariantCulture);
        length += digits;
        if (fraction == 0)
            return length;
        text[length++] = (byte)'.';
        // By constants, so that the compiler makes multiplications of the divisions. Zeros at the end are not shortest.
        text[length++] = (byte)('0' + fraction / 1000);
        text[length++] = (byte)('0' + fraction / 100 % 10);
        text[length++] = (byte)('0' + fraction / 10 % 10);
        text[length++] = (byte)('0' + fraction % 10);
        while (text[length - 1] == (byte)'0')
            length--;
        return length;
    }

    /// <summary>Seven decimals are about a centimetre.</summary>
    public static double Degrees(double value) => Math.Round(value, 7);
}
