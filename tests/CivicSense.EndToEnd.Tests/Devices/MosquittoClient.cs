using System.Diagnostics;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Devices;

/// <summary>Runs one of Mosquitto's clients to its end. Skips the test where it is not installed.</summary>
static class MosquittoClient
{
    public static async Task<CommandResult> RunAsync(string program, string? input, string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(Surroundings.RequireProgram(program), arguments)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            },
        };
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(NodeProcess.Patience, TestContext.Current.CancellationToken);
        return new CommandResult(process.ExitCode, await output, await errors);
    }
}
