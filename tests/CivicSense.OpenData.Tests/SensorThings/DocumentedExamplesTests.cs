using System.Diagnostics;

namespace CivicSense.OpenData.Tests.SensorThings;

/// <summary>Runs every block with <c>curl</c> in docs/sensorthings.md.</summary>
public sealed class DocumentedExamplesTests
{
    public static TheoryData<string> Examples()
    {
        var blocks = new List<string>();
        var before = "";
        foreach (var line in File.ReadLines(Path.Combine(RepositoryRoot(), "docs", "sensorthings.md")))
        {
            var isCode = line.StartsWith("    ", StringComparison.Ordinal);
            if (isCode && before.StartsWith("    ", StringComparison.Ordinal)) blocks[^1] += "\n" + line[4..];
            else if (isCode) blocks.Add(line[4..]);
            before = line;
        }
        return [.. blocks.Where(block => block.Contains("curl ", StringComparison.Ordinal))];
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task It_answers_with_something(string script)
    {
        Assert.SkipUnless(File.Exists("/bin/sh")
            && Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "curl"))),
            "curl is not installed.");
        await using var node = await PublicNode.StartAsync();
        var address = node.Client.BaseAddress!.ToString().TrimEnd('/');
        var folder = Directory.CreateTempSubdirectory();
        var start = new ProcessStartInfo(
            "/bin/sh", ["-ec", script.Replace("curl ", "curl -sS --fail-with-body ", StringComparison.Ordinal)])
        {
            WorkingDirectory = folder.FullName,
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
        output += string.Concat(folder.GetFiles().Select(file => File.ReadAllText(file.FullName)));
        folder.Delete(recursive: true);
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
