using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace CivicSense.OpenData;

/// <summary>
/// Builds a page. Everything that is interpolated is encoded; only literal parts and other <see cref="Html"/> are taken as markup.
/// </summary>
/// <remarks>
/// Write with <c>html.Append($"&lt;p&gt;{text}&lt;/p&gt;")</c>. Encoded text is safe between tags and in double-quoted attributes.
/// </remarks>
sealed class Html
{
    static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    readonly StringBuilder text = new();

    /// <summary>Appends markup with encoded holes.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Performance", "CA1822", Justification = "The compiler hands this instance to the handler.")]
    public Html Append([System.Runtime.CompilerServices.InterpolatedStringHandlerArgument("")] ref Handler markup) => markup.Into;

    /// <summary>Appends finished markup.</summary>
    public Html Append(Html other)
    {
        text.Append(other.text);
        return this;
    }

    /// <summary>Appends JSON-LD, which browsers neither run nor show: no policy for scripts applies to it.</summary>
    /// <param name="json">JSON in which the characters that could end an element are escaped, as the default encoder does.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public Html AppendJsonLd(string json)
    {
        if (json.Contains('<', StringComparison.Ordinal))
            throw new ArgumentException("The data could end its element.", nameof(json));
        text.Append("<script type=\"application/ld+json\">").Append(json).Append("</script>");
        return this;
    }

    public override string ToString() => text.ToString();

    /// <summary>Takes an interpolated string apart: literals as they are, holes encoded and in the invariant culture.</summary>
    [System.Runtime.CompilerServices.InterpolatedStringHandler]
    public readonly ref struct Handler
    {
        public Handler(int literalLength, int formattedCount, Html into)
        {
            _ = (literalLength, formattedCount);
            Into = into;
        }

        public Html Into { get; }

        public void AppendLiteral(string markup) => Into.text.Append(markup);

        public void AppendFormatted(Html? markup) => Into.text.Append(markup?.text);

        public void AppendFormatted(string? value) => Into.text.Append(Encoder.Encode(value ?? ""));

        public void AppendFormatted<T>(T value, string? format = null) where T : IFormattable =>
            AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));
    }
}
