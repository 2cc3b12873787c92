using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Utility;

/// <summary>Hourly values of some stations, as a field file gives them.</summary>
/// <param name="Zone">The fixed offset of the file as an IANA time zone.</param>
/// <param name="First">The hour of the first value.</param>
/// <param name="Stations">The names in the header; the first is the public reference.</param>
/// <param name="Values">By station and hour; NaN where the value is missing.</param>
sealed record FieldFile(TimeZoneInfo Zone, HourWindow First, IReadOnlyList<string> Stations, double[][] Values)
{
    /// <summary>How many hours there are, the missing ones included.</summary>
    public int Hours => Values[0].Length;

    /// <summary>
    /// Reads a file: header <c>time,Station1,Station2,...</c>; then one row an hour, the time in ISO 8601 with an offset, an empty field
    /// where a value is missing. Hours that are left out count as missing.
    /// </summary>
    /// <remarks>
    /// Everything is told in the offset of the first row. There is no fixed zone of the IANA that has part of an hour: such offsets are
    /// shifted to the whole hour, so that an hour of the file stays the same hour of the day.
    /// </remarks>
    /// <exception cref="UtilityException">It is no such file; the message names the line.</exception>
    public static FieldFile Read(TextReader reader)
    {
        var header = (reader.ReadLine() ?? "").Split(',');
        if (header.Length < 3 || header[0] != "time" || header.Any(string.IsNullOrWhiteSpace) || header.Distinct().Count() != header.Length)
            throw new UtilityException(
                "line 1: expected the header 'time,Station1,Station2,...' with at least two stations, each named once.");
        var hours = new List<long>();
        var rows = new List<double[]>();
        TimeSpan? offset = null;
        for (var number = 2; reader.ReadLine() is { } line; number++)
        {
            if (line.Length == 0)
                continue;
            var fields = line.Split(',');
            if (fields.Length != header.Length)
                throw new UtilityException($"line {number}: {fields.Length} fields, but the header has {header.Length}.");
            var time = ReadTime(fields[0], number);
            offset ??= time.Offset;
            var hour = HourOf(time.ToOffset(offset.Value), number);
            if (hours.Count > 0 && hour <= hours[^1])
                throw new UtilityException($"line {number}: its time is not after that of the line before.");
            hours.Add(hour);
            rows.Add([.. fields.Skip(1).Select(field => ReadValue(field, number))]);
        }
        return offset is null
            ? throw new UtilityException("there is no row after the header.")
            : Spread(header[1..], hours, rows, offset.Value);
    }

    static FieldFile Spread(string[] stations, List<long> hours, List<double[]> rows, TimeSpan offset)
    {
        const int MostHours = 24 * 366 * 50;
        if (hours[^1] - hours[0] >= MostHours)
            throw new UtilityException("the times span more than fifty years.");
        var values = stations.Select(_ => new double[hours[^1] - hours[0] + 1]).ToArray();
        foreach (var series in values)
            Array.Fill(series, double.NaN);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var station = 0; station < stations.Length; station++)
                values[station][hours[row] - hours[0]] = rows[row][station];
        }
        return new FieldFile(ZoneOf(offset.Hours), new HourWindow(hours[0]), stations, values);
    }

    /// <summary>IANA names count hours behind Greenwich, not ahead of it: Etc/GMT-8 is +08:00.</summary>
    static TimeZoneInfo ZoneOf(int hours) => TimeZoneInfo.FindSystemTimeZoneById(
        hours == 0 ? "Etc/UTC" : string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{(hours > 0 ? "-" : "+")}{Math.Abs(hours)}"));

    static DateTimeOffset ReadTime(string text, int line)
    {
        // Without an offset a time would be read in the zone of the machine.
        var hasOffset = text.EndsWith('Z') || (text.Length > 19 && (text[^6] is '+' or '-'));
        return hasOffset && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new UtilityException($"line {line}: '{text}' is not a time such as 2013-03-01T00:00:00+08:00.");
    }

    static long HourOf(DateTimeOffset time, int line)
    {
        var local = new DateTimeOffset(time.DateTime, TimeSpan.FromHours(time.Offset.Hours));
        return local.TimeOfDay.Ticks % TimeSpan.TicksPerHour == 0
            ? HourWindow.Containing(local).Index
            : throw new UtilityException($"line {line}: the time is not a full hour.");
    }

    static double ReadValue(string text, int line)
    {
        if (text.Length == 0)
            return double.NaN;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw new UtilityException($"line {line}: '{text}' is not a number; leave the field empty where a value is missing.");
    }
}
