using System.Diagnostics;

namespace CivicSense.Tests;

/// <summary>A client that others wrote, in a process of its own; what it prints can be awaited line by line.</summary>
sealed class ForeignClient : IDisposable
{
    static readonly string[] Folders = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly Process process;

    ForeignClient(Process process) => this.process = process;

    /// <summary>The full path of a program, or null.</summary>
    public static string? Find(string program) =>
        Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Starts a program; the test is skipped where it is not installed.</summary>
    public static ForeignClient Start(string program, params IEnumerable<string> arguments)
    {
        string? path = Find(program);
        if (path is null) Assert.Skip($"{program} is not installed");
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        return new ForeignClient(Process.Start(start)!);
    }

    /// <summary>The next line; null at the end.</summary>
    public Task<string?> NextLineAsync() => process.StandardOutput.ReadLineAsync().WaitAsync(Patience);

    /// <summary>Waits for the end and gives the exit code and what was printed since the last line that was read.</summary>
    public async Task<(int ExitCode, string Output)> EndAsync()
    {
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await errors);
    }

    /// <summary>Ends it as a power cut does.</summary>
    public void Kill() => process.Kill();

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }
}
