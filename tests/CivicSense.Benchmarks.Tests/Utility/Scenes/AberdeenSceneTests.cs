using System.Globalization;
using CivicSense.Benchmarks.Utility;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Tests.Utility.Scenes;

public sealed class AberdeenSceneTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("civicsense-benchmark-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_sensor_is_a_household_and_its_hour_the_mean_of_its_valid_readings()
    {
        WriteSensor(7, "01", "T00:10:00;3;;;10.5;;", "T00:50:00;3;;;1.5;;", "T01:10:00;3;;;-1;;", "T01:20:00;3;;;nan;;");
        WriteSensor(7, "03", "T22:30:00;3;;;8;;", "T23:30:00;3;;;100;;");
        WriteStation("a", "DateTime;Ozone;PM2.5", "2019-05-01 01:00:00;70;3", "2019-05-01 02:00:00;70;");
        WriteStation("b", "DateTime;Ozone", "2019-05-01 01:00:00;70");

        var scene = AberdeenScene.Read(folder.FullName);

        var device = Assert.Single(scene.Devices);
        Assert.Equal(Area.FromPosition(57.15, -2.1), device.Place);
        // British summer time: the day of 1 May begins at 23:00 UTC, so the hour from 00:00 UTC is its second.
        Assert.Equal("2019-04-30T23:00:00Z", scene.Calendar.Windows[0].ToString());
        Assert.Equal([double.NaN, 6, double.NaN], scene.Values[0].Take(3));
        Assert.Equal(8, scene.Values[0][^1]);
        var station = Assert.Single(scene.Stations);
        Assert.Equal("a", station.Name);
        // Told by the hour's end: 01:00 is the hour from 00:00 UTC.
        Assert.Equal([double.NaN, 3, double.NaN], station.Values.Take(3));
        Assert.Equal(PrivacyDay.Parse("2019-05-03"), scene.FirstCounted);
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        Assert.Contains(
            "no day file", Assert.Throws<UtilityException>(() => AberdeenScene.Read(folder.FullName)).Message, StringComparison.Ordinal);
        WriteSensor(7, "01", "T00:10:00;3;;;10.5;;");
        Assert.Contains(
            "1 days", Assert.Throws<UtilityException>(() => AberdeenScene.Read(folder.FullName)).Message, StringComparison.Ordinal);
        WriteSensor(7, "03", "T00:10:00;3;;;10.5;;");
        WriteStation("b", "DateTime;Ozone", "2019-05-01 01:00:00;70");
        Assert.Contains(
            "no station", Assert.Throws<UtilityException>(() => AberdeenScene.Read(folder.FullName)).Message, StringComparison.Ordinal);
        WriteStation("a", "DateTime;PM2.5", "yesterday;3");
        Assert.Contains(
            "line 2", Assert.Throws<UtilityException>(() => AberdeenScene.Read(folder.FullName)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_real_archive_has_its_sensors_and_stations()
    {
        if (SharedFolder("data/aberdeen") is not { } archive)
        {
            Assert.Skip("The shared Aberdeen data are not here.");
            return;
        }

        var scene = AberdeenScene.Read(archive);

        // The folder's README: 22 or 23 sensors a day for seven days; five of the six stations measure PM2.5.
        Assert.Equal((23, 5, 7), (scene.Devices.Count, scene.Stations.Count, scene.Calendar.Days.Length));
        Assert.InRange(scene.Values.Average(values => values.Count(value => !double.IsNaN(value))), 150, 168);
    }

    void WriteSensor(int id, string day, params string[] rows)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"2019-05-{day}_sds011_sensor_{id}.csv");
        File.WriteAllLines(
            Path.Combine(folder.FullName, name),
            rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{id};SDS011;1;57.150;-2.100;2019-05-{day}{row}"))
                .Prepend("sensor_id;sensor_type;location;lat;lon;timestamp;P1;durP1;ratioP1;P2;durP2;ratioP2"));
    }

    void WriteStation(string name, params string[] lines) =>
        File.WriteAllLines(Path.Combine(folder.CreateSubdirectory("reference").FullName, name + ".csv"), lines);

    static string? SharedFolder(string name)
    {
        for (var place = new DirectoryInfo(AppContext.BaseDirectory); place?.Parent is not null; place = place.Parent)
        {
            var shared = Path.Combine(place.Parent.FullName, "shared");
            if (File.Exists(Path.Combine(shared, "DESIGN.md")))
                return Directory.Exists(Path.Combine(shared, name)) ? Path.Combine(shared, name) : null;
        }
        return null;
    }
}
