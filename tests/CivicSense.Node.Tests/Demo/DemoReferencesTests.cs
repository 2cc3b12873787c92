using CivicSense.Commons;
using CivicSense.Node.Demo;
using CivicSense.Node.References;

namespace CivicSense.Node.Tests.Demo;

public sealed class DemoReferencesTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void An_archive_without_stations_has_none()
    {
        using var folder = new TemporaryFolder();
        Assert.Empty(DemoReferences.Find(folder.Path));
    }

    [Fact]
    public void Files_without_a_known_heading_are_no_stations()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("reference"));
        folder.Write("reference/notes.csv", "a;b\n");
        folder.Write("reference/quay.csv", "DateTime;Ozone;Something\n");
        Assert.Equal([("Ozone", "o3")], Assert.Single(DemoReferences.Find(folder.Path)).Columns.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public async Task All_six_stations_of_aberdeen_are_read_without_a_refused_row()
    {
        var archive = SharedArchive();
        using var client = HttpDocument.CreateClient();
        var stations = DemoReferences.Find(archive);
        Assert.Empty(ReferenceSettingsCheck.Check(stations));
        Assert.Equal(
            ["anderson-dr", "errol-place", "king-street", "market-street-2", "union-street-roadside", "wellington-road"],
            stations.Select(station => station.Name));
        foreach (var settings in stations)
        {
            var reading = await ReferenceStation.Create(settings, client, TimeProvider.System).ReadAsync(Cancel);
            Assert.Equal(reading!.OutOfRange, reading.Refused); // analysers go a little below zero at times
            Assert.Equal(HourWindow.Containing(new DateTimeOffset(2019, 3, 31, 23, 0, 0, TimeSpan.Zero)),
                reading.Values.Min(value => value.Window));
            Assert.True(reading.Values.Count > 1000);
        }
    }

    static string SharedArchive()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var shared = Path.Combine(at.Parent?.FullName ?? "", "shared");
            if (File.Exists(Path.Combine(shared, "DESIGN.md")) && Directory.Exists(Path.Combine(shared, "data", "aberdeen")))
                return Path.Combine(shared, "data", "aberdeen");
        }
        Assert.Skip("The Aberdeen files (shared/data/aberdeen) are not beside the repository.");
        return "";
    }
}
