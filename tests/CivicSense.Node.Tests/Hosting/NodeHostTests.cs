using CivicSense.Node.Hosting;
using CivicSense.Node.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Node.Tests.Hosting;

public sealed class NodeHostTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task A_node_that_stops_because_a_service_failed_has_the_exit_code_of_a_failure(bool fails, int exitCode)
    {
        using var folder = new TemporaryFolder();
        var settings = new NodeSettings
        {
            Data = folder.Path,
            Http = new HttpSettings { Address = "127.0.0.1" },
            Mqtt = new MqttSettings { Address = "127.0.0.1" },
        };
        var clock = new StoppedClock();
        await using var database = new DataFolder(settings.Data).Open(runsNode: true, NullLogger.Instance);
        await using var node = await NodeHost.StartAsync(settings, database, clock, LogLevel.None, Cancel);
        using var asked = new CancellationTokenSource();
        var end = node.WaitForShutdownAsync(asked.Token);

        // The release asks for the time about once a second, and expects no such answer.
        if (fails) clock.IsBroken = true;
        else await asked.CancelAsync();

        Assert.Equal(exitCode, await end.WaitAsync(Patience, Cancel));
    }

    /// <summary>RFC 5737: no machine has an address of 203.0.113.0/24.</summary>
    [Theory]
    [InlineData("203.0.113.9", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.9")]
    public async Task An_address_that_the_machine_does_not_have_is_told_in_a_sentence(string http, string mqtt)
    {
        using var folder = new TemporaryFolder();
        var settings = new NodeSettings
        {
            Data = folder.Path,
            Http = new HttpSettings { Address = http },
            Mqtt = new MqttSettings { Address = mqtt },
        };
        await using var database = new DataFolder(settings.Data).Open(runsNode: true, NullLogger.Instance);

        var refused = await Assert.ThrowsAsync<UserErrorException>(
            () => NodeHost.StartAsync(settings, database, TimeProvider.System, LogLevel.None, Cancel));

        Assert.Contains("http.address", refused.Message, StringComparison.Ordinal);
        Assert.Contains("civicsense doctor", refused.Message, StringComparison.Ordinal);
    }

    sealed class StoppedClock : TimeProvider
    {
        readonly DateTimeOffset now = System.GetUtcNow();

        public volatile bool IsBroken;

        public override DateTimeOffset GetUtcNow() => IsBroken ? throw new NotSupportedException("A clock without a time.") : now;
    }
}
