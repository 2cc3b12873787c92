using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>The colours of a map: six steps from light to dark, told apart by their lightness, whatever colours somebody sees.</summary>
/// <remarks>
/// Colours: viridis of matplotlib (CC0), every fifth of it, light for little. Steps are public constants, not fitted to values.
/// </remarks>
static class ColourScale
{
    /// <summary>The colours, that of the smallest values first.</summary>
    public static ImmutableArray<string> Colours { get; } = ["#fde725", "#7ad151", "#22a884", "#2a788e", "#414487", "#440154"];

    /// <summary>Where the second and each further step begins, in the quantity's unit.</summary>
    public static ImmutableArray<double> Breaks(Quantity quantity) => quantity.Id switch
    {
        // Of particles and gases mostly levels of the WHO's guidelines of 2021 and the edges of the European index.
        "pm2_5" => [5, 10, 15, 25, 50],
        "pm10" => [15, 30, 45, 75, 120],
        "no2" => [10, 25, 40, 60, 100],
        "o3" => [60, 80, 100, 120, 160],
        "laeq" => [45, 50, 55, 60, 65],
        "temperature" => [0, 7, 14, 21, 28],
        "humidity" => [30, 45, 60, 75, 90],
        _ => [990, 1000, 1010, 1020, 1030],
    };

    /// <summary>The step that a value lies in, 0 to 5.</summary>
    public static int StepOf(Quantity quantity, double value) => Breaks(quantity).Count(edge => value >= edge);

    /// <summary>A step in words, e.g. <c>under 5</c>, <c>5 to 10</c> or <c>50 and more</c>.</summary>
    public static string Name(Quantity quantity, int step, Words words)
    {
        var breaks = Breaks(quantity);
        return step == 0 ? words.Text("value.under", ("upper", words.Number(breaks[0], "0.##")))
            : step == breaks.Length ? words.Text("value.andMore", ("lower", words.Number(breaks[^1], "0.##")))
            : words.Text("value.range", ("lower", words.Number(breaks[step - 1], "0.##")), ("upper", words.Number(breaks[step], "0.##")));
    }
}
