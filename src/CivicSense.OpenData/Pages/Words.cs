using System.Globalization;

namespace CivicSense.OpenData;

/// <summary>Numbers and times as a resident reads them, in the node's time zone.</summary>
sealed class Words(OpenDataOptions options)
{
    /// <summary>The node's time zone.</summary>
    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);

    /// <summary>E.g. <c>between 8 and 14 µg/m³, most likely 11</c>.</summary>
    public static string Interval(Estimate estimate) => $"{Between(estimate)}, most likely {Value(estimate)}";

    /// <summary>E.g. <c>between 8 and 14 µg/m³</c>.</summary>
    public static string Between(Estimate estimate) =>
        $"between {IntervalText.Lower(estimate.Lower, Decimals(estimate))} and {IntervalText.Upper(estimate.Upper, Decimals(estimate))} {estimate.Quantity.UnitSymbol}";

    /// <summary>E.g. <c>8 to 14</c>.</summary>
    public static string Range(Estimate estimate) =>
        $"{IntervalText.Lower(estimate.Lower, Decimals(estimate))} to {IntervalText.Upper(estimate.Upper, Decimals(estimate))}";

    /// <inheritdoc cref="Range(Estimate)"/>
    public static string Range(SoundLevel level) =>
        $"{IntervalText.Lower(level.Lower, Decimals(level))} to {IntervalText.Upper(level.Upper, Decimals(level))}";

    public static string Value(Estimate estimate) => Number(estimate.Value, Decimals(estimate));

    public static string Value(SoundLevel level) => Number(level.Value, Decimals(level));

    public static string Number(double value, int decimals) => IntervalText.Number(value, decimals);

    /// <summary>E.g. <c>one hour</c>.</summary>
    public static string One(Resolution resolution) => "one " + ResolutionName.Write(resolution);

    /// <summary>What a quantity is, for somebody who does not know its symbol.</summary>
    public static string Plain(Quantity quantity) => quantity.Id switch
    {
        "pm2_5" => "Fine particles (PM2.5)",
        "pm10" => "Particles (PM10)",
        "no2" => "Nitrogen dioxide (NO₂)",
        "o3" => "Ozone (O₃)",
        "laeq" => "Sound level",
        "humidity" => "Humidity",
        _ => quantity.Name,
    };

    /// <summary>E.g. <c>22 November, 14:00 to 15:00</c>.</summary>
    public string Hour(DateTimeOffset start, DateTimeOffset end)
    {
        var (first, last) = (Local(start), Local(end));
        return string.Create(CultureInfo.InvariantCulture, $"{first:dddd d MMMM}, {first:HH:mm} to {last:HH:mm}");
    }

    /// <summary>E.g. <c>Sunday 22 November</c>.</summary>
    public string Day(DateTimeOffset start) => Local(start).ToString("dddd d MMMM", CultureInfo.InvariantCulture);

    /// <summary>E.g. <c>Sunday 22 November</c>.</summary>
    public static string Date(PrivacyDay day) => day.Date.ToString("dddd d MMMM", CultureInfo.InvariantCulture);

    /// <summary>What an estimate covers, e.g. <c>Sunday 22 November</c>, <c>the week from 16 to 22 November</c> or <c>November 2026</c>.</summary>
    public string Period(Estimate estimate) => estimate.Resolution switch
    {
        Resolution.Hour => Hour(estimate.Start, estimate.End),
        Resolution.Day => Day(estimate.Start),
        Resolution.Week => "the week from " + Week(estimate, "d MMMM"),
        _ => Local(estimate.Start).ToString("MMMM yyyy", CultureInfo.InvariantCulture),
    };

    /// <summary>The same for a table of days or longer times, e.g. <c>Sun 22 Nov</c>, <c>16 to 22 Nov</c> or <c>November 2026</c>.</summary>
    public string ShortPeriod(Estimate estimate) => estimate.Resolution switch
    {
        Resolution.Week => Week(estimate, "d MMM"),
        Resolution.Month => Period(estimate),
        _ => Local(estimate.Start).ToString("ddd d MMM", CultureInfo.InvariantCulture),
    };

    /// <summary>E.g. <c>Sunday 22 November 2026 at 15:10</c>.</summary>
    public string Instant(DateTimeOffset instant) => Local(instant).ToString("dddd d MMMM yyyy 'at' HH:mm", CultureInfo.InvariantCulture);

    public DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone);

    static int Decimals(Estimate estimate) => IntervalText.Decimals(estimate.Lower, estimate.Upper, estimate.Quantity);

    static int Decimals(SoundLevel level) => IntervalText.Decimals(level.Lower, level.Upper, Quantity.Laeq);

    string Week(Estimate estimate, string format)
    {
        // The end is the first instant of the next Monday.
        var (first, last) = (Local(estimate.Start), Local(estimate.End.AddHours(-1)));
        return $"{first.ToString(first.Month == last.Month ? "%d" : format, CultureInfo.InvariantCulture)} to {last.ToString(format, CultureInfo.InvariantCulture)}";
    }
}
