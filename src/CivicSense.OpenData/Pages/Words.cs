using System.Globalization;

namespace CivicSense.OpenData;

/// <summary>Numbers and times as a resident reads them, in the node's time zone.</summary>
sealed class Words(OpenDataOptions options)
{
    readonly TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);

    /// <summary>E.g. <c>between 8 and 14 µg/m³, most likely 11</c>.</summary>
    public static string Interval(Estimate estimate)
    {
        var decimals = Decimals(estimate);
        return $"between {Number(estimate.Lower, decimals)} and {Number(estimate.Upper, decimals)} {estimate.Quantity.UnitSymbol}, most likely {Number(estimate.Value, decimals)}";
    }

    /// <summary>E.g. <c>8 to 14</c>.</summary>
    public static string Range(Estimate estimate) =>
        $"{Number(estimate.Lower, Decimals(estimate))} to {Number(estimate.Upper, Decimals(estimate))}";

    public static string Value(Estimate estimate) => Number(estimate.Value, Decimals(estimate));

    public static string Number(double value, int decimals)
    {
        var rounded = Math.Round(value, decimals);
        // Negative zero reads badly.
        return (rounded == 0 ? 0 : rounded).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>One of an estimate's numbers, rounded as it is shown.</summary>
    public static double Shown(Estimate estimate, double value) => Math.Round(value, Decimals(estimate));

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

    /// <summary>E.g. <c>Sun 22 Nov</c>.</summary>
    public string ShortDay(DateTimeOffset start) => Local(start).ToString("ddd d MMM", CultureInfo.InvariantCulture);

    /// <summary>E.g. <c>Sunday 22 November 2026 at 15:10</c>.</summary>
    public string Instant(DateTimeOffset instant) => Local(instant).ToString("dddd d MMMM yyyy 'at' HH:mm", CultureInfo.InvariantCulture);

    public DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, zone);

    /// <summary>Decimals would pretend to a precision that a wide interval does not have.</summary>
    static int Decimals(Estimate estimate) => estimate.Upper - estimate.Lower >= 3 ? 0 : estimate.Quantity.Decimals;
}
