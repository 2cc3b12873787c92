using System.Globalization;
using CivicSense.Commons;
using CivicSense.FirmwareSim.Archive;
using CivicSense.Vault;

namespace CivicSense.Benchmarks.Utility;

/// <summary>The archived SDS011 sensors of a city, each as a household, beside the council's stations.</summary>
static class AberdeenScene
{
    /// <summary>How often methods run unless something else is asked for: the days and sensors are few.</summary>
    public const int Repeats = 20;

    /// <summary>Days in which methods may learn.</summary>
    const int LearningDays = 2;

    const string TimeZone = "Europe/London";

    /// <summary>Reads a folder of day files and its subfolder <c>reference</c>.</summary>
    /// <exception cref="UtilityException">They are not there or not as expected.</exception>
    /// <exception cref="InvalidDataException">A day file has an unknown header.</exception>
    public static Scene Read(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*_sds011_sensor_*.csv").Select(DayFile.Recognise).OfType<DayFile>()
            .OrderBy(file => file.SensorId).ThenBy(file => file.Day).ToArray();
        if (files.Length == 0)
            throw new UtilityException($"{folder}: no day file of an SDS011 is there.");
        var (first, last) = (files.Min(file => file.Day), files.Max(file => file.Day));
        var days = last.DayNumber - first.DayNumber + 1;
        if (days is <= LearningDays or > 366)
            throw new UtilityException($"{folder}: {days} days; {LearningDays + 1} to 366 are needed.");
        var calendar = new Calendar(TimeZoneInfo.FindSystemTimeZoneById(TimeZone), new PrivacyDay(first), days);
        var devices = new List<Device>();
        var values = new List<double[]>();
        foreach (var sensor in files.GroupBy(file => file.SensorId))
        {
            if (ReadSensor(calendar, [.. sensor]) is not { } read)
                continue;
            var id = devices.Count + 1;
            devices.Add(new Device(id, id, string.Create(CultureInfo.InvariantCulture, $"sensor-{sensor.Key}"), read.Place));
            values.Add(read.Values);
        }
        var stations = Directory.EnumerateFiles(Path.Combine(folder, "reference"), "*.csv").Order(StringComparer.Ordinal)
            .Select(path => StationFile.Read(path, calendar)).OfType<Station>().ToArray();
        return stations.Length == 0
            ? throw new UtilityException($"{folder}: no station in 'reference' measures PM2.5.")
            : new Scene(
                Quantity.Pm25, calendar, calendar.Days[LearningDays], devices, [.. values], stations, new Dictionary<Area, string>());
    }

    /// <summary>The hourly means of one sensor, over readings in the valid range, and its cell; null if it says nothing.</summary>
    static (Area Place, double[] Values)? ReadSensor(Calendar calendar, DayFile[] files)
    {
        var sums = new double[calendar.Windows.Length];
        var counts = new int[sums.Length];
        Area? place = null;
        foreach (var file in files)
        {
            var reader = new DayFileReader(File.ReadAllBytes(file.Path), file.Path);
            var ignored = default(FirmwareSim.ArchiveCounts);
            while (reader.TryReadLine(out var line))
            {
                if (place is null && DayFileColumns.TryReadPlace(line, out _, out var latitude, out var longitude))
                    place = Area.FromPosition(latitude, longitude);
                if (!reader.Columns.TryReadRow(line, out var row, ref ignored) || !Quantity.Pm25.IsValid(row.Pm25))
                    continue;
                var hour = HourWindow.OfUnixMilliseconds(row.Time * 1000).Index - calendar.Windows[0].Index;
                if (hour < 0 || hour >= sums.Length)
                    continue;
                sums[hour] += row.Pm25;
                counts[hour]++;
            }
        }
        return place is { } found && counts.Any(count => count > 0)
            ? (found, [.. sums.Select((sum, hour) => counts[hour] == 0 ? double.NaN : sum / counts[hour])])
            : null;
    }
}
