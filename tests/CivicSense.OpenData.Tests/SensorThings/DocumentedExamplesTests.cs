using System.Diagnostics;
using System.Text;

namespace CivicSense.OpenData.Tests.SensorThings;

/// <summary>Runs every <c>curl</c> of docs/sensorthings.md.</summary>
public sealed class DocumentedExamplesTests
{
    public static TheoryData<string> Examples()
    {
        var examples = new TheoryData<string>();
        var command = new StringBuilder();
        foreach (var line in File.ReadLines(Path.Combine(RepositoryRoot(), "docs", "sensorthings.md")).Where(line => line.StartsWith("    ", StringComparison.Ordinal)))
        {
            var text = line.Trim();
            if (command.Length == 0 && !text.StartsWith("curl ", StringComparison.Ordinal)) continue;
            command.Append(text.TrimEnd('\\')).Append(' ');
            if (text.EndsWith('\\') || text.EndsWith('|')) continue;
            examples.Add(command.ToString().Trim());
            command.Clear();
        }
        return examples;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task It_answers_with_something(string command)
    {
        Assert.SkipUnless(File.Exists("/bin/sh") && Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "curl"))),
            "curl is not installed.");
        await using var node = await PublicNode.StartAsync();
        var address = node.Client.BaseAddress!.ToString().TrimEnd('/');
        var start = new ProcessStartInfo("/bin/sh", ["-c", command.Replace("curl ", "curl -sS --fail-with-body ", StringComparison.Ordinal)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["NODE"] = address;
        start.Environment["STA"] = address + "/sta/v1.1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + await error);
        Assert.True(output.Length > 3, output);
        Assert.DoesNotContain("\"value\":[]", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\"features\":[]", output, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_examples() => Assert.True(Examples().Count > 7);

    static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CivicSense.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("There is no CivicSense.sln above the test.");
    }
}
