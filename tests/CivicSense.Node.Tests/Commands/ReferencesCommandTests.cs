using CivicSense.Node.Commands;
using CivicSense.Node.References;

namespace CivicSense.Node.Tests.Commands;

public sealed class ReferencesCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly ManualTimeProvider time = new(); // 1 January 2026, 00:00

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Every_station_is_told_with_its_newest_hour_and_what_was_refused()
    {
        var good = Station(
            "Quay", folder.Write("quay.csv", "time,pm\n2025-12-31T21:00Z,5\n2025-12-31T22:00Z,6.5\n2025-12-31T23:00Z,-1\nsoon,1\n"));
        var (exit, output) = await CheckAsync(good);

        Assert.Equal(0, exit);
        Assert.Equal(
            """
            Quay:
              pm2_5: 2 values; newest hour 2025-12-31T22:00:00Z to 2025-12-31T23:00:00Z: 6.5 ug/m3
              refused: 2, of those 1 outside the valid range
                line 4: pm2_5 is outside of 0 to 1000 ug/m3. In another unit? Set format.factors. It is -1.
                line 5: column 1 is not a time as format.timeFormat says. It is 'soon'.

            """,
            output, ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task One_station_that_cannot_be_read_does_not_hide_the_others()
    {
        var (exit, output) = await CheckAsync(
            Station("Missing", folder.File("missing.csv")), Station("Quay", folder.Write("quay.csv", "time,pm\n2025-12-31T21:00Z,5\n")));

        Assert.Equal(2, exit);
        Assert.Contains("Missing:\n  cannot be read: There is no such file.", output, StringComparison.Ordinal);
        Assert.Contains("pm2_5: 1 values", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hours_that_have_not_ended_raise_the_question_which_end_of_the_hour_is_meant()
    {
        var (_, output) = await CheckAsync(Station("Quay", folder.Write("quay.csv", "time,pm\n2026-01-01T00:00Z,5\n")));
        Assert.Contains("Are format.hour and format.timeZone right?", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_without_values_is_not_good()
    {
        var (exit, output) = await CheckAsync(Station("Quay", folder.Write("quay.csv", "time,pm\n2025-12-31T21:00Z,\n")));
        Assert.Equal(2, exit);
        Assert.Contains("no values", output, StringComparison.Ordinal);
    }

    async Task<(int Exit, string Output)> CheckAsync(params ReferenceSettings[] references)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var exit = await ReferencesCommand.CheckAsync(references, time, output, TestContext.Current.CancellationToken);
        return (exit, output.ToString());
    }

    static ReferenceSettings Station(string name, string file)
    {
        var settings = new ReferenceSettings { Name = name, File = file };
        return settings with { Columns = settings.Columns.Add("pm", "pm2_5") };
    }
}
