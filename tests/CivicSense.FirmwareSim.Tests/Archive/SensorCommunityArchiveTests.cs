using CivicSense.FirmwareSim.Tests.Publishing;

namespace CivicSense.FirmwareSim.Tests.Archive;

public sealed class SensorCommunityArchiveTests : IDisposable
{
    const string ParticleHeader = "sensor_id;sensor_type;location;lat;lon;timestamp;P1;durP1;ratioP1;P2;durP2;ratioP2";

    readonly string directory = Directory.CreateTempSubdirectory("civicsense-archive-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Real_archive_has_its_sensors_and_locations()
    {
        var archive = SensorCommunityArchive.Open(Aberdeen());
        Assert.Equal(new DateTimeOffset(2019, 5, 1, 0, 0, 0, TimeSpan.Zero), archive.Start);
        Assert.Equal(new DateTimeOffset(2019, 5, 8, 0, 0, 0, TimeSpan.Zero), archive.End);

        // Counted with: ls | sed 's/.*sensor_//' | sort -u | wc -l; awk -F';' 'FNR>1{print $3}' | sort -u | wc -l.
        var sensors = Directory.EnumerateFiles(Aberdeen(), "2019*.csv").Select(path => path.Split("_sensor_")[1]).Distinct().Count();
        Assert.Equal(sensors, archive.Devices.Count);
        Assert.Equal(24, archive.Devices.Select(device => device.OwnerName).Distinct().Count());

        var device = archive.Devices.Single(device => device.Name == "sc-15092");
        Assert.Equal(("location-7647", 56.963, -2.211), (device.OwnerName, device.Latitude, device.Longitude));
    }

    [Fact]
    public async Task Real_archive_is_replayed_row_by_row()
    {
        var archive = SensorCommunityArchive.Open(Aberdeen());
        var rows = Directory.EnumerateFiles(Aberdeen(), "2019*.csv").Sum(path => File.ReadLines(path).Count() - 1);
        var node = new RecordingNode();
        await archive.RunAsync(node.ConnectAsync, new FleetConnection("localhost", 1), null, TestContext.Current.CancellationToken);

        Assert.Equal(170_752, rows);
        Assert.Equal(new ArchiveCounts(rows, 0, 0, 0, 0), archive.Counts);
        var messages = node.Messages;
        Assert.Equal(rows, messages.Count);
        var file = Path.Combine(Aberdeen(), "2019-05-03_sds011_sensor_8554.csv");
        var (midnight, next) = (Unix(2019, 5, 3), Unix(2019, 5, 4));
        var sent = messages.Where(message => message.Device == "sc-8554").Select(Time).ToList();
        Assert.Equal(File.ReadLines(file).Count() - 1, sent.Count(time => time >= midnight && time < next));
        Assert.Equal(sent.Order(), sent);

        // The first rows of 15092 (SDS011) and 15093 (BME280) on 1 May.
        Assert.Equal(
            """[{"bn":"urn:dev:mac:02c5e5fffe003af4:","bt":1556668829,"n":"pm2_5","u":"ug/m3","v":8.8},{"n":"pm10","u":"ug/m3","v":11.23}]""",
            messages.First(message => message.Device == "sc-15092").Payload);
        Assert.Equal(
            """[{"bn":"urn:dev:mac:02c5e5fffe003af5:","bt":1556668831,"n":"temperature","u":"Cel","v":13.77},{"n":"humidity","u":"%RH","v":96.03},""" +
            """{"n":"pressure","u":"hPa","v":1018.0938}]""",
            messages.First(message => message.Device == "sc-15093").Payload);
    }

    [Fact]
    public async Task Broken_rows_and_fields_are_left_out_and_counted()
    {
        Write(
            "2019-05-01_sds011_sensor_7.csv", ParticleHeader,
            "7;SDS011;1;52.1;5.1;2019-05-01T00:00:10;10.5;;;5.25;;",
            "7;SDS011;1;52.1;5.1;2019-05-01T00:02:40;;;;6;;",
            "7;SDS011;1;52.1;5.1;2019-05-01T00:05:10;nan;;;6.5;;",
            "7;SDS011;1;52.1;5.1;2019-05-01T00:07:40;;;;;;",
            "7;SDS011;1;52.1;5.1;yesterday;1;;;1;;",
            "7;SDS011;1;52.1;5.1;2019-02-30T00:00:00;1;;;1;;",
            "7;SDS011;1;52.1",
            "",
            "7;SDS011;1;52.1;5.1;2019-05-01T00:10:10.5;1;;;unavailable;;\r");
        var (node, archive) = await Replay();
        Assert.Equal(new ArchiveCounts(Rows: 8, UnparsableRows: 3, RowsWithoutValue: 1, EmptyFields: 3, UnparsableFields: 2),
            archive.Counts);
        Assert.Equal(["\"v\":5.25", "\"v\":6}", "\"v\":6.5", "\"pm10\""], node.Messages.Select((message, i) =>
            new[] { "\"v\":5.25", "\"v\":6}", "\"v\":6.5", "\"pm10\"" }[i] is var part
                && message.Payload.Contains(part, StringComparison.Ordinal) ? part : message.Payload));
    }

    [Fact]
    public async Task Rows_are_sent_in_order_of_time()
    {
        Write(
            "2019-05-01_sds011_sensor_7.csv", ParticleHeader,
            "7;SDS011;1;52.1;5.1;2019-05-01T05:00:00;3;;;3;;",
            "7;SDS011;1;52.1;5.1;2019-05-01T01:00:00;1;;;1;;",
            "7;SDS011;1;52.1;5.1;2019-05-01T03:00:00;2;;;2;;");
        var (node, _) = await Replay();
        Assert.Equal([1, 3, 5], node.Messages.Select(message => (Time(message) - Unix(2019, 5, 1)) / 3600));
    }

    [Fact]
    public async Task Row_in_the_wrong_day_file_is_sent_late_and_not_lost()
    {
        Write("2019-05-01_sds011_sensor_7.csv", ParticleHeader, "7;SDS011;1;52.1;5.1;2019-05-01T20:00:00;1;;;1;;");
        Write(
            "2019-05-02_sds011_sensor_7.csv", ParticleHeader,
            "7;SDS011;1;52.1;5.1;2019-05-01T10:00:00;2;;;2;;",
            "7;SDS011;1;52.1;5.1;2019-05-02T01:00:00;3;;;3;;");
        var (node, _) = await Replay();
        Assert.Equal([20, 10, 25], node.Messages.Select(message => (Time(message) - Unix(2019, 5, 1)) / 3600));
    }

    [Fact]
    public async Task Sound_files_are_read()
    {
        Write(
            "2024-01-01_laerm_sensor_9.csv", "sensor_id;sensor_type;location;lat;lon;timestamp;noise_LAeq;noise_LA_min;noise_LA_max",
            "9;Laerm;2;52.1;5.1;2024-01-01T00:00:10;54.52;50.1;63.0");
        var (node, _) = await Replay();
        Assert.EndsWith(""","n":"laeq","u":"dB(A)","v":54.52}]""", Assert.Single(node.Messages).Payload, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_directory_is_named()
    {
        var error = Assert.Throws<DirectoryNotFoundException>(() => SensorCommunityArchive.Open(Path.Combine(directory, "nowhere")));
        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Directory_without_day_files_is_refused()
    {
        Write("readings.csv", ParticleHeader);
        Write("2019-13-01_sds011_sensor_7.csv", ParticleHeader);
        Assert.Contains("2019-05-01_sds011_sensor_15092.csv",
            Assert.Throws<FileNotFoundException>(() => SensorCommunityArchive.Open(directory)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("time,P1,P2")]
    [InlineData("sensor_id;sensor_type;location;lat;lon;timestamp;radiation")]
    public void Unknown_header_is_refused_with_the_file_name(string header)
    {
        Write("2019-05-01_sds011_sensor_7.csv", header);
        Assert.Contains("2019-05-01_sds011_sensor_7.csv",
            Assert.Throws<InvalidDataException>(() => SensorCommunityArchive.Open(directory)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Archive_without_any_place_is_refused()
    {
        Write("2019-05-01_sds011_sensor_7.csv", ParticleHeader, "7;SDS011;1;nowhere;5.1;2019-05-01T00:00:10;1;;;1;;");
        Assert.Throws<InvalidDataException>(() => SensorCommunityArchive.Open(directory));
    }

    async Task<(RecordingNode Node, SensorCommunityArchive Archive)> Replay()
    {
        var node = new RecordingNode();
        var archive = SensorCommunityArchive.Open(directory);
        await archive.RunAsync(node.ConnectAsync, new FleetConnection("localhost", 1), null, TestContext.Current.CancellationToken);
        return (node, archive);
    }

    void Write(string name, params string[] lines) => File.WriteAllText(Path.Combine(directory, name), string.Join('\n', lines));

    static long Time(RecordedMessage message) => new SentMessage(message.Device, 0, message.Payload, false).Time;

    static long Unix(int year, int month, int day) => new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    static string Aberdeen()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.Parent?.FullName ?? "", "shared");
            if (File.Exists(Path.Combine(shared, "DESIGN.md")) && Directory.Exists(Path.Combine(shared, "data", "aberdeen")))
                return Path.Combine(shared, "data", "aberdeen");
        }
        Assert.Skip("The Aberdeen day files (shared/data/aberdeen) are not beside the repository.");
        return "";
    }
}
