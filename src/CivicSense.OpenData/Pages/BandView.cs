using System.Globalization;

namespace CivicSense.OpenData;

/// <summary>Bands of an air quality index on a page: always words, with the publisher's colours beside them.</summary>
static class BandView
{
    /// <summary>A statement with its colours; how sure it is stands beside it, and the probability of each band in its title.</summary>
    public static Html Draw(BandStatement statement)
    {
        var html = new Html();
        html.Append($"<span title=\"{Probabilities(statement)}\">");
        if (!statement.SaysNothing)
            html.Append(Swatch(statement.Table, statement.First, statement.Last)).Append($" ");
        return html.Append($"{statement.ToString()}</span>");
    }

    /// <summary>How sure a statement is; nothing where it says nothing.</summary>
    public static string Sure(BandStatement statement) => statement.SaysNothing ? "" : Certainty.Sure(statement.Probability);

    /// <summary>E.g. <c>Good 3 %, Fair 55 %, Moderate 42 %</c>; bands of under 1 % are left out.</summary>
    public static string Probabilities(BandStatement statement) => string.Join(", ", statement.Table.Bands
        .Select((band, place) => (band.Name, Probability: statement.Probabilities[place]))
        .Where(band => band.Probability >= 0.01)
        .Select(band => $"{band.Name} {Certainty.Percent(band.Probability)}"));

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
    public static string Range(BandRange range) => range.Upper is { } upper
        ? string.Create(CultureInfo.InvariantCulture, $"{range.Lower:0.##} to {upper:0.##}")
        : string.Create(CultureInfo.InvariantCulture, $"{range.Lower:0.##} and more");
}
