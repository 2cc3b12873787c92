namespace CivicSense.EndToEnd.Tests.Processes;

/// <summary>How a command ended.</summary>
sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Runs the program and asserts that it does what it was asked for.</summary>
    public static async Task<CommandResult> SucceedsAsync(params string[] arguments)
    {
        var result = await NodeProcess.RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result;
    }

    /// <summary>Runs the program and asserts that it refuses, with a reason and without a stack.</summary>
    public static async Task FailsAsync(string because, params string[] arguments)
    {
        var result = await NodeProcess.RunAsync(arguments);
        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains(because, result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Errors, StringComparison.Ordinal);
    }

    public override string ToString() => $"exit code {ExitCode}\nstandard output:\n{Output}\nstandard error:\n{Errors}";
}
