namespace CivicSense.OpenData;

/// <summary>How days compare with the World Health Organization's guideline levels, in words.</summary>
static class GuidelineSection
{
    /// <summary>The guideline level for a day, or null where there is none for the quantity.</summary>
    public static GuidelineLevel? DayLevel(Quantity quantity) =>
        GuidelineTables.Who2021.LevelsOf(quantity, GuidelinePeriod.Day) is [.., var level] ? level : null;

    /// <summary>The sentence about one day; of a quantity that has a level for a day.</summary>
    public static string Compare(Estimate day, Words words)
    {
        var statement = Statement(day);
        var level = words.Text("who.level", ("value", words.Number(statement.Level.Value, 0)), ("unit", day.Quantity.UnitSymbol));
        return statement.Verdict switch
        {
            GuidelineVerdict.Exceeded => words.Text("who.above", ("level", level), ("sure", words.Sure(statement.ProbabilityAbove))),
            GuidelineVerdict.Kept => words.Text("who.notAbove", ("level", level), ("sure", words.Sure(1 - statement.ProbabilityAbove))),
            _ => words.Text("who.cannotBeTold", ("level", level), ("percent", words.Percent(statement.ProbabilityAbove))),
        };
    }

    /// <summary>The same in a few words, for a table.</summary>
    public static string CompareShortly(Estimate day, Words words)
    {
        var statement = Statement(day);
        return statement.Verdict switch
        {
            GuidelineVerdict.Exceeded => words.Text("who.shortAbove", ("sure", words.Sure(statement.ProbabilityAbove))),
            GuidelineVerdict.Kept => words.Text("who.shortNotAbove", ("sure", words.Sure(1 - statement.ProbabilityAbove))),
            _ => words["who.shortCannotBeTold"],
        };
    }

    /// <summary>Draws the comparison of one day.</summary>
    /// <param name="days">The estimates of the day in the whole neighbourhood, of quantities that have a level.</param>
    /// <param name="request">Whose words and limits are used.</param>
    public static Html Draw(IReadOnlyList<Estimate> days, PageRequest request)
    {
        var words = request.Words;
        var html = new Html();
        html.Append($"<section aria-labelledby=\"who\"><h2 id=\"who\">{words["who.title"]}</h2>");
        html.Append($"<p>{words.Text("who.whichDay", ("day", words.Capital(words.Day(days[0].Start))))}</p><ul>");
        foreach (var day in days)
        {
            var value = request.Options.IsTooUncertain(day) ? words.Text("value.noOneValue", ("between", words.Between(day)))
                : words.Interval(day);
            html.Append($"<li>{words.Plain(day.Quantity)}: {value}. <strong>{Compare(day, words)}</strong></li>");
        }
        html.Append($"</ul><p class=\"small\">{words["who.meaning"]} {words["certainty.ofSensors"]} ");
        return html.Append(
            $"<a href=\"{AreaPage.Address(days[0].Area, request, days[0].Quantity)}#day\">{words["who.more"]}</a></p></section>");
    }

    static GuidelineStatement Statement(Estimate day) => GuidelineStatement.OfDay(GuidelineTables.Who2021, day)[^1];
}
