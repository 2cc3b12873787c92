using System.Diagnostics;

namespace CivicSense.OpenData.Tests;

/// <summary>Runs the scripts of tests/parquet-readers with the packages that test.sh puts into artifacts/parquet-readers.</summary>
static class NodeScript
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs a script and gives what it prints. The test is skipped where Node.js or the packages are missing.</summary>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        var root = RepositoryRoot();
        var packages = Path.Combine(root, "artifacts", "parquet-readers");
        if (!Directory.Exists(Path.Combine(packages, "node_modules")))
            Assert.Skip("the npm packages of tests/parquet-readers are not installed in artifacts/parquet-readers");
        var start = new ProcessStartInfo("node", [Path.Combine(root, "tests", "parquet-readers", script), packages, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Start(start);
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        Assert.True(process.ExitCode == 0, $"{script} {string.Join(' ', arguments.Take(3))}: {await errors}");
        return await output;
    }

    /// <summary>A file of ../shared; the test is skipped where that is absent.</summary>
    public static string SharedFile(params string[] path)
    {
        var shared = Path.Combine([RepositoryRoot(), "..", "shared", .. path]);
        if (!File.Exists(shared))
            Assert.Skip($"{string.Join('/', path)} is not in a folder 'shared' beside the repository");
        return shared;
    }

    /// <summary>The folder of the solution.</summary>
    public static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CivicSense.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("node is not installed");
            throw;
        }
    }
}
