namespace CivicSense.OpenData;

/// <summary>Bands of an air quality index on a page: always words, with the publisher's colours beside them.</summary>
static class BandView
{
    /// <summary>A statement with its colours; how sure it is stands beside it, and the probability of each band in its title.</summary>
    public static Html Draw(BandStatement statement, Words words)
    {
        var html = new Html();
        html.Append($"<span title=\"{Probabilities(statement, words)}\">");
        if (!statement.SaysNothing)
            html.Append(Swatch(statement.Table, statement.First, statement.Last)).Append($" ");
        return html.Append($"{Say(statement, words)}</span>");
    }

    /// <summary>The statement in words, without its probability: <c>Fair</c>, <c>Fair to moderate</c> or <c>Cannot be told</c>.</summary>
    public static string Say(BandStatement statement, Words words) =>
        statement.SaysNothing ? words["band.cannotBeTold"]
        : statement.First == statement.Last ? Name(statement.Table, statement.First, words)
        : words.Text(
            "band.range", ("first", Name(statement.Table, statement.First, words)),
            ("last", Name(statement.Table, statement.Last, words).ToLower(words.Language.Culture)));

    /// <summary>How sure a statement is; nothing where it says nothing.</summary>
    public static string Sure(BandStatement statement, Words words) => statement.SaysNothing ? "" : words.Sure(statement.Probability);

    /// <summary>E.g. <c>Good 3 %, Fair 55 %, Moderate 42 %</c>; bands of under 1 % are left out.</summary>
    public static string Probabilities(BandStatement statement, Words words) =>
        string.Join(", ", Enumerable.Range(0, statement.Probabilities.Length)
        .Where(band => statement.Probabilities[band] >= 0.01)
        .Select(band => $"{Name(statement.Table, band, words)} {words.Percent(statement.Probabilities[band])}"));

    /// <summary>The name of a band. The files number bands from 1, the best.</summary>
    public static string Name(IndexTable table, int band, Words words) => words[$"band.{table.Id}.{band + 1}"];

    /// <summary>The colours of neighbouring bands side by side, for beside their names.</summary>
    public static Html Swatch(IndexTable table, int first, int last)
    {
        var html = new Html();
        html.Append($"<svg class=\"swatch\" viewBox=\"0 0 {last - first + 1} 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">");
        for (var band = first; band <= last; band++)
            html.Append($"<rect fill=\"{table.Bands[band].Colour}\" x=\"{band - first}\" width=\"1\" height=\"1\"/>");
        return html.Append($"</svg>");
    }

    /// <summary>A band's concentrations as the publisher prints them, e.g. <c>6 to 15</c>.</summary>
    public static string Range(BandRange range, Words words) => range.Upper is { } upper
        ? words.Text("value.range", ("lower", words.Number(range.Lower, "0.##")), ("upper", words.Number(upper, "0.##")))
        : words.Text("value.andMore", ("lower", words.Number(range.Lower, "0.##")));
}
