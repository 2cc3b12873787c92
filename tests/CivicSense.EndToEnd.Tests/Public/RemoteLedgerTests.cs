using System.Globalization;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Public;

/// <summary>Somebody else checks a node from far away, and from its own database the steward does: both must see the same.</summary>
[Collection(FinishedDemoCollection.Name)]
public sealed class RemoteLedgerTests(FinishedDemo demo)
{
    [Fact]
    public async Task A_stranger_checks_the_whole_ledger_over_HTTP()
    {
        var node = await demo.NodeAsync();
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{node.HttpPort}");
        var afar = await CommandResult.SucceedsAsync("ledger", "verify", "--url", address);
        var beside = await NodeProcess.RunAsync("ledger", "verify", "--config", demo.Configuration);
        Assert.Equal(beside.Output, afar.Output);
        Assert.Contains("The ledger is whole", afar.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/", "http://")]
    [InlineData("http://127.0.0.1:1/", "cannot be read")]
    public async Task An_address_that_is_no_node_is_said_to_be_none(string address, string expected)
    {
        var refused = await NodeProcess.RunAsync("ledger", "verify", "--url", address);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(expected, refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);
    }
}
