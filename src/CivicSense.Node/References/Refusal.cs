using System.Globalization;

namespace CivicSense.Node.References;

/// <summary>Why something in a source was refused.</summary>
/// <param name="Reason">Line, column and reason, without words of the source: for the log.</param>
/// <param name="Quotation">A sentence that quotes the source, for the terminal of the steward and never for the log.</param>
readonly record struct Refusal(string Reason, string Quotation)
{
    const int LongestQuotation = 40;

    /// <summary>Reason and quotation.</summary>
    public override string ToString() => Join(Reason, Quotation);

    /// <summary>Two sentences, of which the second may be empty.</summary>
    public static string Join(string reason, string quotation) => quotation.Length == 0 ? reason : reason + " " + quotation;

    /// <summary>Words of a source, shortened, and with a replacement for whatever could steer a terminal.</summary>
    public static string Quote(string text)
    {
        var shown = text.Length <= LongestQuotation ? text : text[..LongestQuotation] + "…";
        return string.Concat(shown.Select(letter => Steers(letter) ? '\uFFFD' : letter));
    }

    static bool Steers(char letter) => char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}
