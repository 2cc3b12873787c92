using System.CommandLine;
using CivicSense.Node.Doctor;
using CivicSense.Node.Settings;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense doctor</c>: says what is in order and what is not. Changes nothing.</summary>
static class DoctorCommand
{
    public static Command Create()
    {
        var config = new Option<string>("--config")
        {
            Description = "The configuration file.", DefaultValueFactory = _ => "civicsense.json", HelpName = "FILE",
        };
        var process = new ProcessOptions();
        var command = new Command(
            "doctor", "Look at everything that a node needs, and say what is not as it should be. Changes nothing; "
                + "the node may be running.")
        {
            config,
        };
        process.AddTo(command);
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetRequiredValue(config), process.Of(result), result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    static async Task<int> RunAsync(string path, ProcessSettings process, TextWriter output, CancellationToken cancellationToken)
    {
        NodeSettings settings;
        try
        {
            settings = process.ApplyTo(SettingsFile.Read(path));
        }
        catch (UserErrorException error)
        {
            await output.WriteLineAsync(Finding.Problem("configuration", error.Message).ToString());
            return 1;
        }
        await output.WriteLineAsync(Finding.Ok("configuration", $"'{path}' is right, for the role {process.Role}.").ToString());
        var hasProblem = false;
        await foreach (var finding in Examination.RunAsync(settings, TimeProvider.System, cancellationToken))
        {
            hasProblem |= finding.Level == FindingLevel.Problem;
            await output.WriteLineAsync(finding.ToString());
        }
        return hasProblem ? 1 : 0;
    }
}
