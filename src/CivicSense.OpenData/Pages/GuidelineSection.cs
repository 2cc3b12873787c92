namespace CivicSense.OpenData;

/// <summary>How days compare with the World Health Organization's guideline levels, in words.</summary>
static class GuidelineSection
{
    /// <summary>The guideline level for a day, or null where there is none for the quantity.</summary>
    public static GuidelineLevel? DayLevel(Quantity quantity) =>
        GuidelineTables.Who2021.LevelsOf(quantity, GuidelinePeriod.Day) is [.., var level] ? level : null;

    /// <summary>The sentence about one day; of a quantity that has a level for a day.</summary>
    public static string Compare(Estimate day)
    {
        var statement = Statement(day);
        var level = $"the WHO guideline level for a day ({Words.Number(statement.Level.Value, 0)} {day.Quantity.UnitSymbol})";
        return statement.Verdict switch
        {
            GuidelineVerdict.Exceeded => $"That is above {level}, {Certainty.Sure(statement.ProbabilityAbove)}.",
            GuidelineVerdict.Kept => $"That is not above {level}, {Certainty.Sure(1 - statement.ProbabilityAbove)}.",
            _ => $"Whether that is above {level} cannot be told: {Certainty.Percent(statement.ProbabilityAbove)} speak for it.",
        };
    }

    /// <summary>The same in a few words, for a table.</summary>
    public static string CompareShortly(Estimate day)
    {
        var statement = Statement(day);
        return statement.Verdict switch
        {
            GuidelineVerdict.Exceeded => $"above, {Certainty.Sure(statement.ProbabilityAbove)}",
            GuidelineVerdict.Kept => $"not above, {Certainty.Sure(1 - statement.ProbabilityAbove)}",
            _ => "cannot be told",
        };
    }

    /// <summary>Draws the comparison of one day.</summary>
    /// <param name="days">The estimates of the day in the whole neighbourhood, of quantities that have a level.</param>
    /// <param name="request">Whose words and limits are used.</param>
    public static Html Draw(IReadOnlyList<Estimate> days, PageRequest request)
    {
        var html = new Html();
        html.Append($"<section aria-labelledby=\"who\"><h2 id=\"who\">How does that compare with the health guideline?</h2>");
        html.Append($"<p>{request.Words.Day(days[0].Start)}, the day’s average in the whole neighbourhood:</p><ul>");
        foreach (var day in days)
        {
            var value = request.Options.IsTooUncertain(day) ? $"{Words.Between(day)}, too uncertain to name one value" : Words.Interval(day);
            html.Append($"<li>{Words.Plain(day.Quantity)}: {value}. <strong>{Compare(day)}</strong></li>");
        }
        html.Append($"</ul><p class=\"small\">The World Health Organization’s level for a day is meant for 99 days of 100: three or four days a year may lie above, so one day above is no breach. {Certainty.OfSensors} ");
        return html.Append($"<a href=\"{AreaPage.Address(days[0].Area, days[0].Quantity)}#day\">Day by day</a></p></section>");
    }

    static GuidelineStatement Statement(Estimate day) => GuidelineStatement.OfDay(GuidelineTables.Who2021, day)[^1];
}
