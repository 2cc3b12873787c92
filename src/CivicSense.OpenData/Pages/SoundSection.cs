namespace CivicSense.OpenData;

/// <summary>Sound of the last date that is over: day, evening, night and the three together.</summary>
static class SoundSection
{
    /// <summary>Draws the section; nothing where no hour of the date has been released.</summary>
    public static async Task<Html> DrawAsync(Area area, DateTimeOffset releasedUntil, PageRequest request)
    {
        var html = new Html();
        var date = SoundDates.LastOver(releasedUntil, request.Words.Zone);
        var hours = await SoundDates.ReadHoursAsync(request.Commons, area, date, date, request.Words.Zone, request.Aborted);
        var ofDate = SoundDates.HoursOf(hours, date, request.Words.Zone).ToList();
        if (ofDate.Count == 0) return html;

        var indicators = SoundIndicators.Of(ofDate, date.Date, request.Words.Zone);
        html.Append($"<section aria-labelledby=\"sound\"><h2 id=\"sound\">Sound by day, evening and night</h2>");
        html.Append($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Sound by day, evening and night\"><table><caption>{Words.Date(date)} and the night after it, average level in dB(A)</caption>");
        html.Append($"<thead><tr><th scope=\"col\">Time</th><th scope=\"col\" class=\"n\">Most likely</th><th scope=\"col\" class=\"n\">Between</th></tr></thead><tbody>");
        DrawLevel(html, "Day", "7 to 19 o’clock", indicators.Day);
        DrawLevel(html, "Evening", "19 to 23 o’clock", indicators.Evening);
        DrawLevel(html, "Night", "23 to 7 o’clock", indicators.Night);
        DrawLevel(html, "All together", "Lden,24h", indicators.DayEveningNight);
        html.Append($"</tbody></table></div><p class=\"small\">In the last row the evening counts as 5 dB louder than it was and the night as 10 dB, because people need their rest (Directive 2002/49/EC). The directive’s Lden is an average over a year; this is one day’s. Across households the decibels are averaged, not the sound energy, so one loud place counts for less than the directive would have it. ");
        var state = ofDate.All(hour => hour.Status == EstimateStatus.Final) ? "These numbers are final." : "These numbers are provisional and may still be revised.";
        return html.Append($"{state}</p></section>");
    }

    static void DrawLevel(Html html, string name, string time, SoundLevel? level)
    {
        html.Append($"<tr><th scope=\"row\">{name} <span class=\"key\">{time}</span></th>");
        if (level is null) html.Append($"<td colspan=\"2\">too few hours released</td></tr>");
        else html.Append($"<td class=\"n\">{Words.Value(level)}</td><td class=\"n\">{Words.Range(level)}</td></tr>");
    }
}
