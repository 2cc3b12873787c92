using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Commands;

public sealed class HelpTests
{
    [Theory]
    [InlineData("")]
    [InlineData("demo")]
    [InlineData("run")]
    [InlineData("device")]
    [InlineData("device add")]
    [InlineData("device list")]
    [InlineData("device model")]
    [InlineData("device password")]
    [InlineData("device delete")]
    [InlineData("owner")]
    [InlineData("owner export")]
    [InlineData("owner delete")]
    [InlineData("backup")]
    [InlineData("restore")]
    [InlineData("ledger")]
    [InlineData("ledger verify")]
    [InlineData("references")]
    [InlineData("broker")]
    [InlineData("broker check")]
    [InlineData("export")]
    [InlineData("doctor")]
    [InlineData("db")]
    [InlineData("db migrate")]
    [InlineData("db status")]
    [InlineData("references check")]
    public async Task Every_command_has_help(string command)
    {
        var help = await CommandResult.SucceedsAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Contains("Usage:", help.Output, StringComparison.Ordinal);
        Assert.Contains($"civicsense {command}".TrimEnd(), help.Output, StringComparison.Ordinal);
        Assert.Empty(help.Errors);
    }
}
