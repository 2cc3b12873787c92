using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CivicSense.FirmwareSim.Archive;

/// <summary>One sensor's file of one day, by its name: <c>2019-05-01_sds011_sensor_15092.csv</c>.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Day">The day in its name.</param>
/// <param name="SensorId">The sensor in its name.</param>
sealed partial record DayFile(string Path, DateOnly Day, int SensorId)
{
    /// <summary>Recognises a day file by its name; null if it is something else.</summary>
    public static DayFile? Recognise(string path)
    {
        var match = NamePattern().Match(System.IO.Path.GetFileName(path));
        return match.Success
            && DateOnly.TryParseExact(
                match.Groups["day"].ValueSpan, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && int.TryParse(match.Groups["id"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? new DayFile(path, day, id)
            : null;
    }

    [GeneratedRegex(@"^(?<day>\d{4}-\d{2}-\d{2})_[a-z0-9-]+_sensor_(?<id>\d+)(_indoor)?\.csv$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NamePattern();
}

/// <summary>One row: when, and one value per <see cref="SimulatedQuantity"/>, NaN where there is none.</summary>
readonly record struct ArchiveRow(long Time, double Pm25, double Pm10, double Laeq, double Temperature, double Humidity, double Pressure)
{
    /// <summary>Whether there is any value.</summary>
    public bool HasValue =>
        !(double.IsNaN(Pm25)
            && double.IsNaN(Pm10) && double.IsNaN(Laeq) && double.IsNaN(Temperature) && double.IsNaN(Humidity) && double.IsNaN(Pressure));

    /// <summary>Spreads the values over an array indexed by <see cref="SimulatedQuantity"/>.</summary>
    public void CopyTo(Span<double> values)
    {
        values.Fill(double.NaN);
        values[(int)SimulatedQuantity.Pm25] = Pm25;
        values[(int)SimulatedQuantity.Pm10] = Pm10;
        values[(int)SimulatedQuantity.Laeq] = Laeq;
        values[(int)SimulatedQuantity.Temperature] = Temperature;
        values[(int)SimulatedQuantity.Humidity] = Humidity;
        values[(int)SimulatedQuantity.Pressure] = Pressure;
    }
}

/// <summary>Which column of a Sensor.Community day file means what. Separated by semicolons, times in UTC without a zone.</summary>
/// <remarks>
/// P1 is PM10 and P2 is PM2.5; pressure is in Pascal; only PM sensors, DHT22, BME280 and their kind, and DNMS noise sensors are known.
/// </remarks>
sealed class DayFileColumns
{
    static readonly string[] Common = ["sensor_id", "sensor_type", "location", "lat", "lon", "timestamp"];

    readonly int pm10, pm25, laeq, temperature, humidity, pressure, count;

    DayFileColumns(string[] names)
    {
        count = names.Length;
        pm10 = Array.IndexOf(names, "P1");
        pm25 = Array.IndexOf(names, "P2");
        laeq = Array.IndexOf(names, "noise_LAeq");
        temperature = Array.IndexOf(names, "temperature");
        humidity = Array.IndexOf(names, "humidity");
        pressure = Array.IndexOf(names, "pressure");
    }

    /// <summary>Reads a header line.</summary>
    /// <exception cref="InvalidDataException">It is not one of a day file; the message names the file and the line.</exception>
    public static DayFileColumns Parse(ReadOnlySpan<byte> line, string path)
    {
        var header = Encoding.UTF8.GetString(line);
        var names = header.Split(';');
        var columns = new DayFileColumns(names);
        var known = columns is not { pm10: < 0, pm25: < 0, laeq: < 0, temperature: < 0, humidity: < 0, pressure: < 0 };
        if (known && names.AsSpan().StartsWith(Common)) return columns;
        throw new InvalidDataException(
            $"{path}: the first line is not the header of a Sensor.Community day file. "
            + $"It reads \"{(header.Length > 120 ? header[..120] : header)}\"; " +
            $"expected \"{string.Join(';', Common)};\" and at least one of P1, P2, temperature, humidity, pressure, noise_LAeq.");
    }

    /// <summary>Reads location and position from a row.</summary>
    public static bool TryReadPlace(ReadOnlySpan<byte> line, out int location, out double latitude, out double longitude)
    {
        (location, latitude, longitude) = (0, 0, 0);
        Span<Range> fields = stackalloc Range[7];
        return Split(line, fields) >= 6
            && TryParse(line[fields[2]], out location)
                && TryParse(line[fields[3]], out latitude) && TryParse(line[fields[4]], out longitude)
            && latitude is >= -90 and <= 90 && longitude is >= -180 and <= 180;
    }

    /// <summary>Reads one row; <paramref name="counts"/> tells what was wrong with it.</summary>
    public bool TryReadRow(ReadOnlySpan<byte> line, out ArchiveRow row, ref ArchiveCounts counts)
    {
        row = default;
        counts = counts with { Rows = counts.Rows + 1 };
        Span<Range> fields = stackalloc Range[count + 1];
        if (Split(line, fields) != count || !TryParseTime(line[fields[5]], out var time))
        {
            counts = counts with { UnparsableRows = counts.UnparsableRows + 1 };
            return false;
        }
        row = new ArchiveRow(
            time, Value(line, fields, pm25, ref counts), Value(line, fields, pm10, ref counts), Value(line, fields, laeq, ref counts),
            Value(line, fields, temperature, ref counts), Value(line, fields, humidity, ref counts),
            Value(line, fields, pressure, ref counts) / 100);
        if (row.HasValue) return true;
        counts = counts with { RowsWithoutValue = counts.RowsWithoutValue + 1 };
        return false;
    }

    static double Value(ReadOnlySpan<byte> line, ReadOnlySpan<Range> fields, int column, ref ArchiveCounts counts)
    {
        if (column < 0) return double.NaN;
        var field = line[fields[column]];
        if (field.IsEmpty)
        {
            counts = counts with { EmptyFields = counts.EmptyFields + 1 };
            return double.NaN;
        }
        // The bound keeps the encoder's fixed-point arithmetic exact; no sensor says anything near it.
        if (TryParse(field, out double value) && Math.Abs(value) < 1e9) return value;
        counts = counts with { UnparsableFields = counts.UnparsableFields + 1 };
        return double.NaN;
    }

    /// <summary>Splits at semicolons; the answer is the number of fields, at most the length of <paramref name="fields"/>.</summary>
    static int Split(ReadOnlySpan<byte> line, Span<Range> fields)
    {
        var found = 0;
        foreach (var field in line.Split((byte)';'))
        {
            if (found == fields.Length) break;
            fields[found++] = field;
        }
        return found;
    }

    static bool TryParse(ReadOnlySpan<byte> text, out double value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && double.IsFinite(value);

    static bool TryParse(ReadOnlySpan<byte> text, out int value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;

    /// <summary>Reads <c>2019-05-01T00:00:31</c>, or the same with a fraction that is cut off.</summary>
    static bool TryParseTime(ReadOnlySpan<byte> text, out long time)
    {
        time = 0;
        if (text.Length < 19 || (text.Length > 19 && text[19] != '.')
            || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
            return false;
        if (!Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..10], out var day)
            || !Digits(text[11..13], out var hour) || !Digits(text[14..16], out var minute) || !Digits(text[17..19], out var second))
                return false;
        if (year < 1970 || month is < 1 or > 12
            || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        time = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).ToUnixTimeSeconds();
        return true;

        static bool Digits(ReadOnlySpan<byte> text, out int number)
        {
            number = 0;
            foreach (var digit in text)
            {
                if (digit is < (byte)'0' or > (byte)'9') return false;
                number = 10 * number + digit - '0';
            }
            return true;
        }
    }
}
