using System.Globalization;
using CivicSense.Commons;

namespace CivicSense.Estimation.Tests;

/// <summary>Real hourly PM2.5 of seven stations, scaled to a European level, with simulated households around each.</summary>
public sealed class BeijingTests(ITestOutputHelper output)
{
    const double Scale = 0.15;

    /// <remarks>
    /// Ninety days of the second year (the model's constants come from the first), one seed: fixed numbers, about 15,000 hours and 600
    /// days,
    /// strongly correlated, hence wide bounds.
    /// </remarks>
    [Fact]
    public async Task Estimates_of_real_air_are_near_and_covered()
    {
        var path = SharedFile("data/beijing/pm25-hourly-2013-03_2015-02.csv");
        if (path is null)
            Assert.Skip("The shared Beijing data are not here.");
        var lines = (await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken)).Skip(1).Select(line => line.Split(',')).ToArray();
        string[] areas = ["0310", "0311", "0312", "0313", "0320", "0321", "0322"];
        var start = lines.Length / 2;
        var simulation = new SimulatedNeighbourhood(seed: 1)
        {
            FirstDay = PrivacyDay.Parse("2026-01-02"), TimeZone = "Asia/Shanghai", Days = 90, Areas = [.. areas.Select(area => (area, 20))],
            Field = (area, hour) => Scale * LastKnown(lines, area + 2, start + hour),
        };
        await simulation.RunAsync();

        var hours = Score.Of(simulation, Resolution.Hour, EstimateStatus.Live, estimate => estimate.Area.Zoom == 4);
        var days = Score.Of(simulation, Resolution.Day, EstimateStatus.Live, estimate => estimate.Area.Zoom == 4);
        output.WriteLine($"hours {hours}, days {days}");
        Assert.InRange(hours.Coverage, 0.93, 0.99);
        Assert.InRange(days.Coverage, 0.91, 1);
        Assert.InRange(hours.Error, 0, 3.6);
        Assert.InRange(days.Error, 0, 1.8);
    }

    static double LastKnown(string[][] lines, int column, int row)
    {
        while (lines[row][column].Length == 0)
            row--;
        return double.Parse(lines[row][column], CultureInfo.InvariantCulture);
    }

    static string? SharedFile(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder?.Parent is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.Parent.FullName, "shared");
            if (File.Exists(Path.Combine(shared, "DESIGN.md")))
                return File.Exists(Path.Combine(shared, name)) ? Path.Combine(shared, name) : null;
        }
        return null;
    }
}
