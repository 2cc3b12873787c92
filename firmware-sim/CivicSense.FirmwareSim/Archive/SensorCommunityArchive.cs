using CivicSense.FirmwareSim.Archive;
using CivicSense.FirmwareSim.Publishing;

namespace CivicSense.FirmwareSim;

/// <summary>
/// Day files of the Sensor.Community archive (archive.sensor.community), replayed as if the sensors were publishing SenML. A location is
/// an owner, a sensor a device.
/// </summary>
/// <remarks>
/// Opening reads the beginning of each sensor's first file; the rest is read day by day during the run. Not safe for
/// concurrent runs.
/// </remarks>
public sealed class SensorCommunityArchive : IReadingSource
{
    readonly DayFile[][] filesOfDevice;

    SensorCommunityArchive(SimulatedDevice[] devices, DayFile[][] filesOfDevice, DateOnly firstDay, DateOnly lastDay)
    {
        Devices = devices;
        this.filesOfDevice = filesOfDevice;
        Start = Midnight(firstDay);
        End = Midnight(lastDay.AddDays(1));
    }

    /// <summary>One per sensor, named <c>sc-</c> and its number, in the order of the numbers. The place is that of its first row.</summary>
    public IReadOnlyList<SimulatedDevice> Devices { get; }

    /// <summary>Midnight UTC of the first day that has a file.</summary>
    public DateTimeOffset Start { get; }

    /// <summary>Midnight UTC after the last day that has a file.</summary>
    public DateTimeOffset End { get; }

    /// <summary>What became of the rows in the last run, complete once it has ended.</summary>
    public ArchiveCounts Counts { get; private set; }

    /// <summary>Finds the day files directly in <paramref name="directory"/>; other files are passed over.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="FileNotFoundException">No file in it has the name of a day file.</exception>
    /// <exception cref="InvalidDataException">A file does not begin with a known header, or no file has a row with a place.</exception>
    public static SensorCommunityArchive Open(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!Directory.Exists(directory)) throw new DirectoryNotFoundException($"The archive directory \"{directory}\" does not exist.");
        var files = Directory.EnumerateFiles(directory, "*.csv").Select(DayFile.Recognise).OfType<DayFile>().ToList();
        if (files.Count == 0)
        {
            throw new FileNotFoundException(
                $"No file in \"{directory}\" has the name of a Sensor.Community day file, such as 2019-05-01_sds011_sensor_15092.csv.");
        }

        var devices = new List<SimulatedDevice>();
        var dayFiles = new List<DayFile[]>();
        foreach (var sensor in files.GroupBy(file => file.SensorId).OrderBy(group => group.Key))
        {
            DayFile[] days = [.. sensor.OrderBy(file => file.Day).ThenBy(file => file.Path, StringComparer.Ordinal)];
            if (FindDevice(sensor.Key, days) is not { } device) continue;
            devices.Add(device);
            dayFiles.Add(days);
        }
        if (devices.Count == 0) throw new InvalidDataException($"No day file in \"{directory}\" has a row with a location and a position.");
        return new SensorCommunityArchive([.. devices], [.. dayFiles], files.Min(file => file.Day), files.Max(file => file.Day));
    }

    /// <inheritdoc/>
    public Task RunAsync(FleetConnection connection, IProgress<FleetProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return RunAsync(MqttDeviceLink.To(connection), connection, progress, cancellationToken);
    }

    internal async Task RunAsync(
        ConnectDevice connect, FleetConnection connection, IProgress<FleetProgress>? progress, CancellationToken cancellationToken)
    {
        await using var links = await DeviceLinks.OpenAsync(Devices, connect, connection.ConnectParallelism, cancellationToken);
        var feeds = Feeds();
        try
        {
            await new HourlyPublisher(feeds, links, connection.Workers).RunAsync(Start, End, progress, cancellationToken);
        }
        finally
        {
            Counts = feeds.Aggregate(default(ArchiveCounts), (sum, feed) => sum + feed.Counts);
        }
    }

    /// <summary>What all devices send.</summary>
    internal ArchiveFeed[] Feeds() =>
        [.. Devices.Select((device, i) => new ArchiveFeed(device, filesOfDevice[i][0].SensorId, filesOfDevice[i]))];

    /// <summary>The device of a sensor; null if no row of any of its files has a place.</summary>
    static SimulatedDevice? FindDevice(int sensorId, DayFile[] days)
    {
        foreach (var day in days)
        {
            var reader = new DayFileReader(File.ReadAllBytes(day.Path), day.Path);
            while (reader.TryReadLine(out var line))
            {
                if (!DayFileColumns.TryReadPlace(line, out var location, out var latitude, out var longitude)) continue;
                return new SimulatedDevice(
                    FormattableString.Invariant($"sc-{sensorId}"), FormattableString.Invariant($"location-{location}"),
                    latitude, longitude, SimulatedDevice.NewSecret());
            }
        }
        return null;
    }

    static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
