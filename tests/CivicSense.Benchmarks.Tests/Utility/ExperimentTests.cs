using CivicSense.Benchmarks.Utility;
using CivicSense.Commons;

namespace CivicSense.Benchmarks.Tests.Utility;

public sealed class ExperimentTests
{
    [Fact]
    public async Task Twelve_days_go_through_everything_and_every_figure_is_a_number()
    {
        // One area has no values on a whole day, the official station none in some hours.
        var (scene, _) = SmallScenes.Of(12, areas: 3, owners: 6, (hour, station) => (hour, station) switch
        {
            ( >= 192 and < 216, 2) or ( >= 200 and < 205, 0) => null,
            _ => 10 + (5 * Math.Sin(hour / 4.0)) + station,
        });
        var settings = new ExperimentSettings(
            [new DayCost(1, 1e-6)], [true, false], ReferenceDelay: 1, [.. Ablation.Names.Select(name => new Ablation(name))], Repeats: 2,
            OtherMethods: true, MayMerge: false);

        var rows = await new Experiment(settings, TimeProvider.System, TextWriter.Null)
            .RunAsync([(6, new Lazy<Scene>(scene))], TestContext.Current.CancellationToken);

        Assert.All(rows, row =>
        {
            Assert.True(double.IsFinite(row.Score.MeanAbsoluteError) && row.Score.RootMeanSquareError >= row.Score.MeanAbsoluteError);
            Assert.True(row.Score.Count > 0);
        });
        var hours = rows.Single(row => row is
            { Method: "civicsense", Reference: "none", Status: EstimateStatus.Live, Resolution: Resolution.Hour,
                Area: ResultRow.AllAreas });
        // Six days of three areas, less the day without values, each twice.
        Assert.Equal(2 * ((6 * 24 * 3) - 24), hours.Score.Count);
        Assert.True(double.IsFinite(hours.Score.Coverage) && double.IsFinite(hours.Score.Shown) && double.IsFinite(hours.Score.Skill));
        Assert.Equal(["S1", "S2", "S3"], rows.Select(row => row.Area).Where(area => area != ResultRow.AllAreas).Distinct().Order());
        Assert.Contains(rows, row => row.Method == "civicsense/without-budget");
        Assert.Contains(rows, row => row.Method == "budget-absorption");
    }

    [Theory]
    [InlineData("no2", 30, 8)]
    [InlineData("laeq", 55, 4)]
    [InlineData("temperature", -2, 2)]
    [InlineData("humidity", 60, 10)]
    [InlineData("pressure", 960, 4)]
    public async Task Any_quantity_is_followed_in_its_own_unit(string id, double level, double mostError)
    {
        Assert.True(Quantity.TryFind(id, out var quantity));
        var (scene, _) = SmallScenes.Of(24, areas: 2, owners: 50, (hour, _) => level + Math.Sin(hour / 12.0), quantity);
        var settings = new ExperimentSettings([new DayCost(1, 1e-6)], [true], 0, [new Ablation(Ablation.None)], 1, false, MayMerge: false);

        var rows = await new Experiment(settings, TimeProvider.System, TextWriter.Null)
            .RunAsync([(50, new Lazy<Scene>(scene))], TestContext.Current.CancellationToken);

        var days = rows.Single(row => row is
            { Method: "civicsense", Status: EstimateStatus.Live, Resolution: Resolution.Day, Area: ResultRow.AllAreas });
        Assert.InRange(days.Score.MeanAbsoluteError, 0, mostError);
    }

    [Fact]
    public async Task Each_row_of_the_file_has_every_column()
    {
        var (scene, _) = SmallScenes.Steady(10, days: 4, areas: 2, owners: 5);
        var settings = new ExperimentSettings([new DayCost(1, 1e-6)], [], 0, [], 1, OtherMethods: true, MayMerge: false);
        var rows = await new Experiment(settings, TimeProvider.System, TextWriter.Null)
            .RunAsync([(5, new Lazy<Scene>(scene))], TestContext.Current.CancellationToken);

        using var text = new StringWriter();
        ResultTable.WriteCsv(text, rows);

        var lines = text.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(rows.Count + 1, lines.Length);
        Assert.Single(lines.Select(line => line.Split(',').Length).Distinct());
    }
}
