using System.CommandLine;
using System.Globalization;

namespace CivicSense.Benchmarks.Utility;

/// <summary><c>utility</c>: how near the released numbers are to the truth, beside what else could be done. See docs/utility.md.</summary>
static class UtilityCommand
{
    /// <summary>The subcommand.</summary>
    public static Command Create()
    {
        var options = new UtilityOptions();
        var command = new Command(
            "utility",
            "Compare private estimates with the truth, hour by hour and for days, weeks and months: "
            + "through the real release and estimator, "
            + "and beside them by other methods at the same cost. Errors are counted on the second half of a field.");
        foreach (var option in options.All)
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (options.Contradiction(result) is { } contradiction)
                result.AddError(contradiction);
        });
        command.SetAction((result, cancellationToken) => RunAsync(options, result, cancellationToken));
        return command;
    }

    static async Task<int> RunAsync(UtilityOptions options, ParseResult result, CancellationToken cancellationToken)
    {
        // Off the caller's thread: the work itself does not wait for anything.
        var rows = await Task.Run(
            () => new Experiment(options.Settings(result), TimeProvider.System, Console.Error)
                .RunAsync(options.Scenes(result), cancellationToken),
            cancellationToken);
        ResultTable.Print(result.InvocationConfiguration.Output, rows);
        MethodNotes.Print(result.InvocationConfiguration.Output, options.QuantityOf(result), options.Settings(result));
        if (result.GetValue(options.Output) is { } path)
        {
            await using var file = new StreamWriter(path);
            ResultTable.WriteCsv(file, rows);
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{rows.Count} rows written to {path}"));
        }
        return 0;
    }
}
