namespace CivicSense.Ingestion;

/// <summary>Reads numbers of a few digits, as sensors send them, several times as fast as a parser for all numbers.</summary>
/// <remarks>
/// Digits below 2^53 and powers of ten up to 10^22 are doubles without rounding, so that one division rounds once, to the nearest
/// double (Clinger, How to Read Floating Point Numbers Accurately, 1990, section 3).
/// </remarks>
static class ShortNumber
{
    /// <summary>So many digits are less than 2^53.</summary>
    const int MaximumDigits = 15;

    static readonly double[] PowersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14];

    /// <summary>Reads the number (RFC 8259 section 6) that a text begins with.</summary>
    /// <returns>
    /// The number of its characters; 0 if there is no number, or one with more than 15 digits or with an exponent, which is for others to
    /// read.
    /// </returns>
    public static int Read(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var first = text is [(byte)'-', ..] ? 1 : 0;
        var at = first;
        var digits = 0L;
        ReadDigits(text, ref at, first + MaximumDigits, ref digits);
        var whole = at - first;
        if (whole == 0 || (whole > 1 && text[first] == '0'))
            return 0;

        var decimals = 0;
        if (at < text.Length && text[at] == '.')
        {
            var point = at++;
            ReadDigits(text, ref at, first + MaximumDigits + 1, ref digits);
            decimals = at - point - 1;
            if (decimals == 0)
                return 0;
        }
        if (at < text.Length && (IsDigit(text[at]) || text[at] is (byte)'e' or (byte)'E'))
            return 0;

        var magnitude = digits / PowersOfTen[decimals];
        value = first == 1 ? -magnitude : magnitude;
        return at;
    }

    static void ReadDigits(ReadOnlySpan<byte> text, ref int at, int limit, ref long digits)
    {
        for (limit = Math.Min(limit, text.Length); at < limit && IsDigit(text[at]); at++)
            digits = digits * 10 + (text[at] - '0');
    }

    static bool IsDigit(byte character) => character is >= (byte)'0' and <= (byte)'9';
}
