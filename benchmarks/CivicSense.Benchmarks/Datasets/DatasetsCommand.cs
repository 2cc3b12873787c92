using System.CommandLine;
using System.Globalization;

namespace CivicSense.Benchmarks.Datasets;

/// <summary>
/// <c>datasets</c>: how long a month's files take to write, with how much memory, and how large they are. See docs/datasets.md.
/// </summary>
static class DatasetsCommand
{
    /// <summary>The subcommand.</summary>
    public static Command Create()
    {
        var areas = new Option<int>("--areas") { Description = "Release areas.", DefaultValueFactory = _ => 500 };
        var folder = new Option<string>("--folder") { Description = "Where to put database and files.", DefaultValueFactory = _ =>
            Path.GetTempPath() };
        var keep = new Option<bool>("--keep") { Description = "Leave the files there." };
        var command = new Command(
            "datasets", "Fill a database with a month of four quantities, and write the month's files.") { areas, folder, keep };
        command.SetAction(async (result, cancellationToken) =>
        {
            var temporary = Directory.CreateDirectory(
                Path.Combine(result.GetRequiredValue(folder),
                    string.Create(CultureInfo.InvariantCulture, $"civicsense-datasets-{Environment.ProcessId}")));
            try
            {
                await new DatasetsRun(temporary.FullName, result.GetValue(areas), result.InvocationConfiguration.Output)
                    .RunAsync(cancellationToken);
            }
            finally
            {
                if (!result.GetValue(keep))
                    temporary.Delete(recursive: true);
            }
            return 0;
        });
        return command;
    }
}
