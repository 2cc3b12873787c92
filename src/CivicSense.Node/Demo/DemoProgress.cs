using System.Globalization;
using CivicSense.FirmwareSim;
using Spectre.Console;

namespace CivicSense.Node.Demo;

/// <summary>Shows on standard error how far a source has come.</summary>
static class DemoProgress
{
    public static async Task RunAsync(IReadingSource source, Func<IProgress<FleetProgress>, Task> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Error),
            // By itself it looks at TERM, and colours what goes into a file or a journal.
            Ansi = Console.IsErrorRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        var hours = (source.End - source.Start).TotalHours;
        await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("Connecting devices", maxValue: hours);
                await run(new Reporter(progress =>
                {
                    task.Value = (progress.EventTime - source.Start).TotalHours;
                    task.Description = string.Create(
                        CultureInfo.InvariantCulture, $"{progress.EventTime:yyyy-MM-dd HH:mm} UTC, {progress.Sent.Messages:N0} messages");
                }));
                task.Value = hours;
            });
    }

    /// <summary>Reports at once on the caller's thread: the order of reports matters more than the thread.</summary>
    sealed class Reporter(Action<FleetProgress> report) : IProgress<FleetProgress>
    {
        public void Report(FleetProgress value) => report(value);
    }
}
