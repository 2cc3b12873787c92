namespace CivicSense.OpenData;

/// <summary>Sound of the dates of a week by day, evening and night.</summary>
static class WeekSound
{
    /// <summary>Draws the table; nothing where no hour of the week has been released.</summary>
    public static async Task<Html> DrawAsync(Area area, Week week, PageRequest request)
    {
        var words = request.Words;
        var html = new Html();
        var hours = await SoundDates.ReadHoursAsync(request.Commons, area, new(week.Monday), new(week.Sunday), words.Zone, request.Aborted);
        var dates = week.Days.Select(day => (Day: day, Hours: SoundDates.HoursOf(hours, day, words.Zone).ToList()))
            .Where(date => date.Hours.Count > 0)
            .Select(date => (date.Day, Levels: SoundIndicators.Of(date.Hours, date.Day.Date, words.Zone))).ToList();
        if (dates.Count == 0) return html;

        html.Append($"""<section aria-labelledby="sound"><h2 id="sound">{words["sound.title"]}</h2>""")
            .Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{words["sound.title"]}"><table class="days">""")
            .Append($"""<caption>{words["week.soundCaption"]}</caption><thead><tr><th scope="col">{words["table.time"]}</th>""");
        foreach (var name in (string[])["day", "evening", "night", "all"])
        {
            html.Append($"""<th scope="col" class="n">{words[$"sound.{name}.name"]} <span class="key">{words[$"sound.{name}.time"]}""")
                .Append($"</span></th>");
        }
        html.Append($"</tr></thead><tbody>");
        foreach (var (day, levels) in dates)
        {
            html.Append($"""<tr><th scope="row">{words.Capital(words.ShortDate(day))}</th>""");
            foreach (var level in (SoundLevel?[])[levels.Day, levels.Evening, levels.Night, levels.DayEveningNight])
                ValueCell.Draw(html, level, words);
            html.Append($"</tr>");
        }
        return html.Append($"</tbody></table></div></section>");
    }
}
