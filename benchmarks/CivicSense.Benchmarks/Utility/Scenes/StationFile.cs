using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Utility;

/// <summary>Reads an official station's file: <c>DateTime;...;PM2.5</c>, one row an hour, told by the hour's end.</summary>
/// <remarks>The file does not say which time it keeps. It is read as UTC, which British stations keep all year.</remarks>
static class StationFile
{
    const string Column = "PM2.5";

    /// <summary>Reads the hours of a calendar; null if the station does not measure PM2.5.</summary>
    /// <exception cref="UtilityException">A row is not as expected; the message names it.</exception>
    public static Station? Read(string path, Calendar calendar)
    {
        using var reader = File.OpenText(path);
        var header = (reader.ReadLine() ?? "").Split(';');
        var column = Array.IndexOf(header, Column);
        if (column < 0)
            return null;
        var values = new double[calendar.Windows.Length];
        Array.Fill(values, double.NaN);
        for (var number = 2; reader.ReadLine() is { } line; number++)
        {
            var fields = line.Split(';');
            if (fields.Length != header.Length
                || !DateTimeOffset.TryParse(fields[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
                throw new UtilityException($"{path}, line {number}: not a row of an official station.");
            var hour = HourWindow.Containing(end).Index - 1 - calendar.Windows[0].Index;
            if (hour >= 0 && hour < values.Length && fields[column].Length > 0)
            {
                values[hour] = double.TryParse(fields[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    ? Math.Max(0, value)
                    : throw new UtilityException($"{path}, line {number}: '{fields[column]}' is not a number.");
            }
        }
        return new Station(Path.GetFileNameWithoutExtension(path), values);
    }
}
