namespace CivicSense.OpenData;

/// <summary>How a day's fine particles compare with the World Health Organization's guideline, in words.</summary>
/// <remarks>
/// WHO global air quality guidelines 2021, table 0.1: PM2.5, 24 hours, 15 µg/m³ (99th percentile, so 3 to 4 exceedance days a year).
/// </remarks>
static class GuidelineSection
{
    public const double DailyPm25 = 15;

    /// <summary>The comparison, decided on the interval, not on the estimate alone.</summary>
    /// <remarks>The ends are rounded as they are shown, so that the sentence agrees with the numbers beside it.</remarks>
    public static string Compare(Estimate day) =>
        Words.Shown(day, day.Upper) < DailyPm25 ? "That is below the guideline."
        : Words.Shown(day, day.Lower) > DailyPm25 ? "That is above the guideline."
        : day.Value < DailyPm25 ? "That is more likely below than above the guideline, but it is too uncertain to tell."
        : "That is more likely above than below the guideline, but it is too uncertain to tell.";

    public static Html Draw(Estimate day, Words words)
    {
        var html = new Html();
        html.Append($"<p><strong>{words.Day(day.Start)}:</strong> the day’s average of fine particles (PM2.5) in the whole neighbourhood was {Words.Interval(day)}. ");
        return html.Append($"The World Health Organization’s guideline for one day is 15 µg/m³, not to be exceeded on more than three or four days a year. <strong>{Compare(day)}</strong></p>");
    }
}
