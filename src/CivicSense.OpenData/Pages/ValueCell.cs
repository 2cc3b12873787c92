namespace CivicSense.OpenData;

/// <summary>A cell of a table: the value with its interval behind it, a dash where there is none.</summary>
static class ValueCell
{
    /// <summary>Draws an estimate; its interval alone where it is too uncertain for a number.</summary>
    public static void Draw(Html html, Estimate? estimate, PageRequest request)
    {
        var words = request.Words;
        if (estimate is null) DrawNothing(html);
        else if (request.Options.IsTooUncertain(estimate)) html.Append($"<td class=\"n\">{words.Range(estimate)}</td>");
        else Draw(html, words.Value(estimate), words.Range(estimate));
    }

    /// <summary>Draws a level of sound.</summary>
    public static void Draw(Html html, SoundLevel? level, Words words)
    {
        if (level is null) DrawNothing(html);
        else Draw(html, words.Value(level), words.Range(level));
    }

    static void DrawNothing(Html html) => html.Append($"<td class=\"n\">–</td>");

    static void Draw(Html html, string value, string range) =>
        html.Append($"<td class=\"n\"><strong>{value}</strong> <span class=\"range\">({range})</span></td>");
}
