using System.Globalization;

namespace CivicSense.OpenData;

/// <summary>Probabilities as a resident reads them.</summary>
static class Certainty
{
    /// <summary>How far a certainty on a page goes: an error that all sensors share is in no interval.</summary>
    public const string OfSensors = "“Sure” is about what the sensors measured; cheap air sensors can themselves be wrong by a third.";

    /// <summary>What an interval promises.</summary>
    public const string OfInterval = "What the sensors measure on average lies between the two ends in 95 of 100 cases; "
        + "cheap air sensors can themselves be wrong by a third.";

    /// <summary>E.g. <c>93 % sure</c>. Rounded down: a certainty must not be overstated.</summary>
    public static string Sure(double probability) =>
        (probability > 0.99 ? "more than 99" : Math.Floor(100 * probability + 1e-9).ToString(CultureInfo.InvariantCulture)) + " % sure";

    /// <summary>E.g. <c>34 %</c>; <c>under 1 %</c> and <c>over 99 %</c> at the ends, where a rounded number would say never or always.</summary>
    public static string Percent(double probability) =>
        probability < 0.01 ? "under 1 %"
        : probability > 0.99 ? "over 99 %"
        : Math.Round(100 * probability).ToString(CultureInfo.InvariantCulture) + " %";
}
