using System.Globalization;

namespace CivicSense.OpenData;

/// <summary>Texts, numbers and times as a resident reads them: in a language, and in the node's time zone.</summary>
sealed class Words(OpenDataOptions options, Language language)
{
    /// <summary>The node's time zone.</summary>
    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);

    public Language Language { get; } = language;

    /// <summary>A text without holes.</summary>
    public string this[string key] => Language[key];

    /// <summary>A text with its holes filled, for where no markup can be: attributes, titles, drawings.</summary>
    public string Text(string key, params ReadOnlySpan<(string Name, object? Value)> values) =>
        Language.Text(key, values);

    /// <summary>A text with its holes filled, and with its links and what is important in it.</summary>
    public Html Markup(string key, params ReadOnlySpan<(string Name, object? Value)> values) =>
        TemplateMarkup.Draw(Language[key], Language.Culture, values);

    /// <summary>E.g. <c>between 8 and 14 µg/m³, most likely 11</c>.</summary>
    public string Interval(Estimate estimate) => Text("value.interval", ("between", Between(estimate)), ("value", Value(estimate)));

    /// <summary>E.g. <c>between 8 and 14 µg/m³</c>.</summary>
    public string Between(Estimate estimate) => Text(
        "value.between", ("lower", Lower(estimate.Lower, Decimals(estimate))), ("upper", Upper(estimate.Upper, Decimals(estimate))),
        ("unit", estimate.Quantity.UnitSymbol));

    /// <summary>The ends of the interval.</summary>
    public (string Lower, string Upper) Ends(Estimate estimate) =>
        (Lower(estimate.Lower, Decimals(estimate)), Upper(estimate.Upper, Decimals(estimate)));

    /// <summary>E.g. <c>8 to 14</c>.</summary>
    public string Range(Estimate estimate) => Range(estimate.Lower, estimate.Upper, Decimals(estimate));

    /// <inheritdoc cref="Range(Estimate)"/>
    public string Range(SoundLevel level) => Range(level.Lower, level.Upper, Decimals(level));

    public string Value(Estimate estimate) => Number(estimate.Value, Decimals(estimate));

    public string Value(SoundLevel level) => Number(level.Value, Decimals(level));

    public string Number(double value, int decimals) => Language.Localise(IntervalText.Number(value, decimals));

    /// <summary>A whole number, with its digits in groups.</summary>
    public string Count(long number) => number.ToString("N0", Language.Culture);

    /// <summary>Any number with at most so many digits after the point as the format has.</summary>
    public string Number(IFormattable value, string format) => value.ToString(format, Language.Culture);

    /// <summary>What a quantity is, for somebody who does not know its symbol.</summary>
    public string Plain(Quantity quantity) => this[$"quantity.{quantity.Id}.plain"];

    /// <summary>The short name of a quantity.</summary>
    public string Name(Quantity quantity) => this[$"quantity.{quantity.Id}.name"];

    /// <summary>E.g. <c>Sunday 22 November, 14:00 to 15:00</c>.</summary>
    public string Hour(DateTimeOffset start, DateTimeOffset end) =>
        Text("time.hour", ("day", Day(start)), ("start", Clock(start)), ("end", Clock(end)));

    /// <summary>E.g. <c>14:00</c>.</summary>
    public string Clock(DateTimeOffset instant) => Time(instant, "time.format.clock");

    /// <summary>E.g. <c>Sunday 22 November</c>.</summary>
    public string Day(DateTimeOffset start) => Local(start).ToString(this["time.format.day"], Language.Culture);

    /// <summary>E.g. <c>Sunday 22 November</c>.</summary>
    public string Date(PrivacyDay day) => day.Date.ToString(this["time.format.day"], Language.Culture);

    /// <summary>E.g. <c>22 November 2026</c>.</summary>
    public string FullDate(DateTimeOffset instant) => Local(instant).ToString(this["time.format.date"], Language.Culture);

    /// <summary>E.g. <c>Sun 22 Nov</c>.</summary>
    public string ShortDate(PrivacyDay day) => day.Date.ToString(this["time.format.shortDay"], Language.Culture);

    /// <summary>E.g. <c>Sun 22</c> or <c>22 Nov</c>, for an axis.</summary>
    public string Tick(DateTimeOffset start, bool hasMonth) =>
        Local(start).ToString(this[hasMonth ? "time.format.tickMonth" : "time.format.tickDay"], Language.Culture);

    /// <summary>
    /// What an estimate covers, e.g. <c>Sunday 22 November</c>, <c>the week from 16 to 22 November</c> or <c>November 2026</c>.
    /// </summary>
    public string Period(Estimate estimate) => estimate.Resolution switch
    {
        Resolution.Hour => Hour(estimate.Start, estimate.End),
        Resolution.Day => Day(estimate.Start),
        Resolution.Week => Text("time.week", ("days", Days(estimate, "time.format.monthDay"))),
        _ => Local(estimate.Start).ToString(this["time.format.month"], Language.Culture),
    };

    /// <summary>The same for a table, e.g. <c>Sun 14:00</c>, <c>Sun 22 Nov</c>, <c>16 to 22 Nov</c> or <c>November 2026</c>.</summary>
    public string ShortPeriod(Estimate estimate) => estimate.Resolution switch
    {
        Resolution.Hour => Time(estimate.Start, "time.format.shortHour"),
        Resolution.Week => Days(estimate, "time.format.shortMonthDay"),
        Resolution.Month => Period(estimate),
        _ => Local(estimate.Start).ToString(this["time.format.shortDay"], Language.Culture),
    };

    /// <summary>E.g. <c>Sunday 22 November 2026 at 15:10</c>.</summary>
    public string Instant(DateTimeOffset instant) => Time(instant, "time.format.instant");

    /// <summary>The same where there is little room, e.g. <c>22 Nov 2026, 15:10</c>.</summary>
    public string Stamp(DateTimeOffset instant) => Time(instant, "time.format.stamp");

    /// <summary>E.g. <c>UTC+2</c> for a time of day that comes twice because clocks were put back; null for every other.</summary>
    public string? OffsetOfTwice(DateTimeOffset instant)
    {
        if (!Zone.IsAmbiguousTime(instant)) return null;
        var offset = Local(instant).Offset;
        var hours = offset == TimeSpan.Zero
            ? ""
            : offset.ToString(offset < TimeSpan.Zero ? "'-'%h" : "'+'%h", CultureInfo.InvariantCulture);
        return $"UTC{hours}{(offset.Minutes == 0 ? "" : offset.ToString("':'mm", CultureInfo.InvariantCulture))}";
    }

    public DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone);

    /// <summary>E.g. <c>93 % sure</c>. Rounded down: a certainty must not be overstated.</summary>
    public string Sure(double probability) => probability > 0.99
        ? this["certainty.almost"]
        : Text("certainty.sure", ("percent", Math.Floor(100 * probability + 1e-9)));

    /// <summary>
    /// E.g. <c>34 %</c>; <c>under 1 %</c> and <c>over 99 %</c> at the ends, where a rounded number would say never or always.
    /// </summary>
    public string Percent(double probability) =>
        probability < 0.01 ? this["certainty.under"]
        : probability > 0.99 ? this["certainty.over"]
        : Text("certainty.percent", ("percent", Math.Round(100 * probability)));

    /// <summary>The same words at the beginning of a sentence.</summary>
    public string Capital(string words) => words.Length == 0 ? words
        : string.Concat(char.ToUpper(words[0], Language.Culture).ToString(), words.AsSpan(1));

    static int Decimals(Estimate estimate) => IntervalText.Decimals(estimate.Lower, estimate.Upper, estimate.Quantity);

    static int Decimals(SoundLevel level) => IntervalText.Decimals(level.Lower, level.Upper, Quantity.Laeq);

    string Range(double lower, double upper, int decimals) =>
        Text("value.range", ("lower", Lower(lower, decimals)), ("upper", Upper(upper, decimals)));

    string Lower(double end, int decimals) => Language.Localise(IntervalText.Lower(end, decimals));

    string Upper(double end, int decimals) => Language.Localise(IntervalText.Upper(end, decimals));

    /// <summary>A time of day; where clocks were put back and it comes twice, with its offset.</summary>
    string Time(DateTimeOffset instant, string format)
    {
        var text = Local(instant).ToString(this[format], Language.Culture);
        return OffsetOfTwice(instant) is { } offset ? $"{text} ({offset})" : text;
    }

    string Days(Estimate week, string format)
    {
        // The end is the first instant of the next Monday.
        var (first, last) = (Local(week.Start), Local(week.End.AddHours(-1)));
        return Text(
            "value.range", ("lower", first.ToString(first.Month == last.Month ? "%d" : this[format], Language.Culture)),
            ("upper", last.ToString(this[format], Language.Culture)));
    }
}
