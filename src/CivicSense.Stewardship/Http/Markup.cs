using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using CivicSense.Commons;
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

    /// <summary>
    /// Draws a text: everything is encoded but what stands for markup in it, and values that are finished content.
    /// </summary>
    /// <inheritdoc cref="Template.Fill"/>
    public static HtmlContentBuilder Draw(string text, CultureInfo culture, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var html = new HtmlContentBuilder();
        foreach (var part in Template.Read(text))
        {
            switch (part.Kind)
            {
                case TemplatePartKind.Hole when Template.Find(values, part.Name) is IHtmlContent content:
                    html.AppendHtml(content);
                    break;
                case TemplatePartKind.Hole:
                    html.Append(Template.Write(Template.Find(values, part.Name), culture));
                    break;
                case TemplatePartKind.Strong:
                    html.Add($"<strong>{Draw(part.Text, culture, values)}</strong>");
                    break;
                case TemplatePartKind.Link:
                    var address = Template.Write(Template.Find(values, part.Name), culture);
                    html.Add($"""<a href="{address}">{Draw(part.Text, culture, values)}</a>""");
                    break;
                default:
                    html.Append(part.Text);
                    break;
            }
        }
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
