using System.Globalization;
using System.Text.RegularExpressions;

namespace CivicSense.EndToEnd.Tests.Processes;

/// <summary>What a node tells its steward, and nobody else, about the readings it has taken: the last line of totals in its log.</summary>
static partial class Totals
{
    /// <summary>Stops a node, and reads what it says on going.</summary>
    public static async Task<(long Accepted, long Refused)> StopAsync(NodeProcess node)
    {
        node.Signal("TERM");
        var end = await node.ExitAsync();
        Assert.True(end.ExitCode == 0, end.ToString());
        var last = Line().Matches(end.Errors).LastOrDefault();
        Assert.True(last is not null, end.ToString());
        return (Number("accepted"), Number("refused"));

        long Number(string name) => long.Parse(last.Groups[name].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(
        @"Since the start: \d+ messages, (?<accepted>\d+) readings accepted, (?<refused>\d+) refused", RegexOptions.ExplicitCapture)]
    private static partial Regex Line();
}
