using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Html;

namespace CivicSense.Stewardship;

/// <summary>Builds pages with the framework's encoding: only literal parts, and other finished content, are taken as markup.</summary>
static class Markup
{
    // Letters of every language stay readable; what means something in HTML is encoded all the same.
    static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Appends markup with encoded holes.</summary>
    public static HtmlContentBuilder Add(this HtmlContentBuilder html, FormattableString markup)
    {
        html.AppendFormat(CultureInfo.InvariantCulture, markup.Format, markup.GetArguments()!);
        return html;
    }

    /// <summary>The finished text.</summary>
    public static string ToText(this HtmlContentBuilder html)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        html.WriteTo(writer, Encoder);
        return writer.ToString();
    }
}
