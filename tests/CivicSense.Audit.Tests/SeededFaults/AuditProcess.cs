using System.Diagnostics;
using System.Xml.Linq;

namespace CivicSense.Audit.Tests.SeededFaults;

/// <summary>What an audit said.</summary>
/// <param name="Passed">How many of its tests passed.</param>
/// <param name="Failures">Those that failed.</param>
/// <param name="Trouble">Why it says nothing; null where the program ran to its end and had tests to run.</param>
sealed record AuditVerdict(int Passed, IReadOnlyList<FailedTest> Failures, string? Trouble)
{
    /// <summary>The names of the audit that no test was reported for. Complete only where nothing failed.</summary>
    public IReadOnlyList<string> Unmatched { get; init; } = [];
}

/// <summary>A test that failed.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Message">The beginning of what it said.</param>
sealed record FailedTest(string Name, string Message)
{
    public override string ToString() => $"{string.Join('.', Name.Split('(')[0].Split('.').TakeLast(2))}: {Message}";
}

/// <summary>Runs audits as processes of their own, in a copy of their folder with other assemblies in place.</summary>
static class AuditProcess
{
    /// <summary>Far more than any audit takes; a fault that makes one hang has not been caught.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Runs an audit against changed assemblies.</summary>
    /// <param name="tree">Where the audit was built.</param>
    /// <param name="audit">The audit.</param>
    /// <param name="assemblies">Assembly names and what takes their place.</param>
    /// <param name="cancellationToken">Kills the process.</param>
    public static async Task<AuditVerdict> RunAsync(
        SourceTree tree, Audit audit, IReadOnlyDictionary<string, byte[]> assemblies, CancellationToken cancellationToken)
    {
        var output = tree.TestOutput(audit.Program);
        Assert.True(Directory.Exists(output), $"{audit.Program} is not built in {tree.Configuration}.");
        var folder = Directory.CreateTempSubdirectory("civicsense-fault-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(output))
                File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
            foreach (var below in Directory.EnumerateDirectories(output))
                Directory.CreateSymbolicLink(Path.Combine(folder.FullName, Path.GetFileName(below)), below);
            foreach (var (name, image) in assemblies)
                await File.WriteAllBytesAsync(Path.Combine(folder.FullName, $"{name}.dll"), image, cancellationToken);
            return await RunAsync(folder.FullName, audit, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static async Task<AuditVerdict> RunAsync(string folder, Audit audit, CancellationToken cancellationToken)
    {
        var report = Path.Combine(folder, "report.xml");
        var ownHost = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(ownHost)
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        // The short form of an audit must do.
        start.Environment.Remove("CIVICSENSE_AUDIT");
        start.ArgumentList.Add($"{audit.Program}.dll");
        foreach (var name in audit.Names)
        {
            start.ArgumentList.Add(audit.Filter);
            start.ArgumentList.Add(name);
        }
        // Of a part of a program the first failure is enough.
        string[] options = ["-noLogo", "-noColor", "-xml", report];
        foreach (var option in options.Concat(audit.Names.Count > 0 ? ["-stopOnFail"] : []))
            start.ArgumentList.Add(option);

        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var text = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return new AuditVerdict(0, [], "it did not end in time");
        }
        return File.Exists(report) && (await File.ReadAllTextAsync(report, cancellationToken)).Length > 0
            ? Read(XDocument.Load(report), audit)
            : new AuditVerdict(0, [], $"it ended with {process.ExitCode} and no report: {Tail(await errors + await text)}");
    }

    static AuditVerdict Read(XDocument report, Audit audit)
    {
        var tests = report.Descendants("test").ToLookup(test => (string?)test.Attribute("result"));
        if (tests.Count == 0)
            return new AuditVerdict(0, [], "it has no tests: what it selects is gone or renamed") { Unmatched = audit.Names };
        var names = tests.SelectMany(test => test)
            .Select(test => (Type: (string)test.Attribute("type")!, Method: (string)test.Attribute("method")!)).ToHashSet();
        // The first failure ends the run, and tests that were under way then are reported as cancelled: they say nothing.
        var failures = tests["Fail"].Select(Failure)
            .Where(failure => !failure.Message.Contains("TaskCanceledException", StringComparison.Ordinal));
        return new AuditVerdict(tests["Pass"].Count(), [.. failures], Trouble: null)
        {
            Unmatched = [.. audit.Names.Where(name => !names.Any(test => audit.Selects(name, test.Type, test.Method)))],
        };
    }

    static FailedTest Failure(XElement test)
    {
        var message = (test.Descendants("message").FirstOrDefault()?.Value ?? "").ReplaceLineEndings(" ");
        return new FailedTest((string)test.Attribute("name")!, message.Length > 120 ? message[..120] : message);
    }

    static string Tail(string text) => text.Length > 400 ? text[^400..] : text;
}
