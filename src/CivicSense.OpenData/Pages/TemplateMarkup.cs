using System.Globalization;

namespace CivicSense.OpenData;

/// <summary>
/// Draws texts as markup: everything is encoded but what stands for markup there, and values that are <see cref="Html"/>.
/// </summary>
static class TemplateMarkup
{
    /// <inheritdoc cref="Template.Fill"/>
    public static Html Draw(string text, CultureInfo culture, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var html = new Html();
        foreach (var part in Template.Read(text))
        {
            switch (part.Kind)
            {
                case TemplatePartKind.Hole when Template.Find(values, part.Name) is Html markup:
                    html.Append(markup);
                    break;
                case TemplatePartKind.Hole:
                    html.Append($"{Template.Write(Template.Find(values, part.Name), culture)}");
                    break;
                case TemplatePartKind.Strong:
                    html.Append($"<strong>{Draw(part.Text, culture, values)}</strong>");
                    break;
                case TemplatePartKind.Link:
                    html.Append($"""<a href="{Template.Write(Template.Find(values, part.Name), culture)}">""")
                        .Append($"{Draw(part.Text, culture, values)}</a>");
                    break;
                default:
                    html.Append($"{part.Text}");
                    break;
            }
        }
        return html;
    }
}
