namespace CivicSense.OpenData;

/// <summary>Into which of five bands a value falls, for the colours of the map.</summary>
/// <remarks>
/// The edges are public guideline values where there are such: WHO global air quality guidelines 2021 (annual and daily levels and interim
/// targets), WHO environmental noise guidelines 2018 (53 dB L_den for road traffic). They colour a map; they judge nobody's health.
/// </remarks>
static class ValueBands
{
    /// <summary>How many colours the style sheet has.</summary>
    public const int Count = 5;

    /// <summary>The four edges between five bands; none for quantities that are neither good nor bad.</summary>
    public static IReadOnlyList<double> Edges(Quantity quantity) => quantity.Id switch
    {
        "pm2_5" => [5, 15, 25, 50],
        "pm10" => [15, 45, 75, 150],
        "no2" => [10, 25, 50, 120],
        "o3" => [60, 100, 120, 160],
        "laeq" => [45, 53, 60, 70],
        _ => [],
    };

    /// <summary>The band, 1 for the lowest; 0 where the quantity has none.</summary>
    public static int Of(Quantity quantity, double value) => Edges(quantity) is { Count: > 0 } edges ? 1 + edges.Count(edge => value >= edge) : 0;

    /// <summary>A band in words, e.g. <c>5 to 15</c>.</summary>
    public static string Name(Quantity quantity, int band)
    {
        var edges = Edges(quantity);
        return band == 1 ? $"under {Text(edges[0])}" : band == Count ? $"{Text(edges[^1])} and more" : $"{Text(edges[band - 2])} to {Text(edges[band - 1])}";

        static string Text(double edge) => Words.Number(edge, 0);
    }
}
