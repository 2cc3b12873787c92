using System.Text.RegularExpressions;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests;

/// <summary>What the README tells a newcomer to type can be typed.</summary>
public sealed partial class ReadmeTests
{
    const string Run = "dotnet run --project src/CivicSense.Node -- ";

    static string Text => File.ReadAllText(Path.Combine(Surroundings.RequireRepository(), "README.md"));

    static IEnumerable<string> ShellLines => ShellBlock().Matches(Text)
        .SelectMany(block => block.Groups["lines"].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        .Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');

    [Fact]
    public async Task Every_command_is_understood_by_the_program()
    {
        var commands = ShellLines.Where(line => line.StartsWith(Run, StringComparison.Ordinal))
            .Select(line => Comment().Replace(line[Run.Length..], "")).ToList();
        Assert.Contains("demo", commands.Select(command => command.Trim()));
        foreach (var command in commands)
        {
            // With --help last everything before it is parsed, and nothing is done; what is wrong with it is told.
            var arguments = Argument().Matches(command).Select(match => match.Value.Trim('"', '\'')).ToArray();
            var help = await NodeProcess.RunAsync([.. arguments, "--help"]);
            Assert.True(help is { ExitCode: 0, Errors: "" }, $"{command}: {help}");
            foreach (var option in arguments.Where(argument => argument.StartsWith("--", StringComparison.Ordinal)))
                Assert.True(help.Output.Contains(option.Split('=')[0], StringComparison.Ordinal),
                    $"{command}: there is no {option}.\n{help.Output}");
        }
    }

    [Fact]
    public void Every_file_it_speaks_of_is_there()
    {
        var root = Surroundings.RequireRepository();
        var linked = Link().Matches(Text).Select(match => match.Groups["target"].Value.Split('#')[0]).Where(target => target.Length > 0);
        var typed = ShellLines.SelectMany(line => RelativePath().Matches(line).Select(match => match.Value));
        var missing = linked.Concat(typed).Distinct()
            .Where(path => !path.StartsWith("../shared", StringComparison.Ordinal) && !Path.Exists(Path.Combine(root, path))).ToList();
        Assert.Empty(missing);
    }

    [GeneratedRegex("```sh\n(?<lines>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"\s+#.*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Comment();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|[^\\s\"']+", RegexOptions.ExplicitCapture)]
    private static partial Regex Argument();

    // Links into the repository: neither other hosts nor places in the page itself.
    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)(?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w./-])(\./|src/|docs/|tests/|benchmarks/|firmware-sim/)[\w./-]*", RegexOptions.ExplicitCapture)]
    private static partial Regex RelativePath();
}
