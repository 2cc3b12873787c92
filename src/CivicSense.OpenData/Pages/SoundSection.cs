namespace CivicSense.OpenData;

/// <summary>Sound of the last date that is over: day, evening, night and the three together.</summary>
static class SoundSection
{
    /// <summary>Draws the section; nothing where no hour of the date has been released.</summary>
    public static async Task<Html> DrawAsync(Area area, DateTimeOffset releasedUntil, PageRequest request)
    {
        var words = request.Words;
        var html = new Html();
        var date = SoundDates.LastOver(releasedUntil, words.Zone);
        var hours = await SoundDates.ReadHoursAsync(request.Commons, area, date, date, words.Zone, request.Aborted);
        var ofDate = SoundDates.HoursOf(hours, date, words.Zone).ToList();
        if (ofDate.Count == 0) return html;

        var indicators = SoundIndicators.Of(ofDate, date.Date, words.Zone);
        html.Append($"""<section aria-labelledby="sound"><h2 id="sound">{words["sound.title"]}</h2>""");
        html.Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{words["sound.title"]}"><table>""")
            .Append($"<caption>{words.Capital(words.Text("sound.caption", ("day", words.Date(date))))}</caption>");
        html.Append($"""<thead><tr><th scope="col">{words["table.time"]}</th><th scope="col" class="n">{words["table.mostLikely"]}</th>""")
            .Append($"""<th scope="col" class="n">{words["table.between"]}</th></tr></thead><tbody>""");
        DrawLevel(html, words, "day", indicators.Day);
        DrawLevel(html, words, "evening", indicators.Evening);
        DrawLevel(html, words, "night", indicators.Night);
        DrawLevel(html, words, "all", indicators.DayEveningNight);
        html.Append($"""</tbody></table></div><p class="small">{words["sound.meaning"]} """);
        var state = ofDate.All(hour => hour.Status == EstimateStatus.Final) ? "sound.final" : "sound.live";
        return html.Append($"{words[state]}</p></section>");
    }

    static void DrawLevel(Html html, Words words, string name, SoundLevel? level)
    {
        html.Append($"""<tr><th scope="row">{words[$"sound.{name}.name"]} <span class="key">{words[$"sound.{name}.time"]}</span></th>""");
        if (level is null) html.Append($"""<td colspan="2">{words["sound.tooFew"]}</td></tr>""");
        else html.Append($"""<td class="n">{words.Value(level)}</td><td class="n">{words.Range(level)}</td></tr>""");
    }
}
