using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Mqtt;

namespace CivicSense.EndToEnd.Tests.Devices;

/// <summary>Limits of the running program: the operating system's, and those of its configuration.</summary>
[Collection(ProcessCollection.Name)]
public sealed class LimitTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_that_ran_out_of_files_serves_again_when_some_are_free()
    {
        const int spare = 20;
        Surroundings.RequireProgram("prlimit");
        using var folder = new TemporaryFolder();
        var configuration = Configuration.Write(folder, """ "timeZone": "Europe/Amsterdam" """);
        var balcony = await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        await using var node = await NodeProcess.RunNodeAsync(configuration);
        // So that everything has been opened that the first sensor needs.
        await using (await MqttClient.ConnectAsync(balcony.ClientOptions(node.MqttPort), Cancel))
        {
        }
        var files = OpenFiles(node) + spare;
        using (var limit = Process.Start("prlimit", ["--pid", $"{node.Id}", string.Create(CultureInfo.InvariantCulture, $"--nofile={files}:{files}")]))
        {
            await limit.WaitForExitAsync(Cancel);
            Assert.Equal(0, limit.ExitCode);
        }

        var strangers = new List<TcpClient>();
        for (var i = 0; i < 3 * spare; i++)
        {
            // The kernel connects them all; the node can accept the first ones only.
            var stranger = new TcpClient();
            await stranger.ConnectAsync("127.0.0.1", node.MqttPort, Cancel);
            strangers.Add(stranger);
        }
        await UntilAsync(() => OpenFiles(node) >= files);
        strangers.ForEach(stranger => stranger.Dispose());

        await using var served = await MqttClient.ConnectAsync(
            balcony.ClientOptions(node.MqttPort) with { ConnectTimeout = NodeProcess.Patience }, Cancel);
        await served.PublishConfirmedAsync(balcony.TopicBytes, "[{\"n\":\"pm2_5\",\"v\":4.5}]"u8.ToArray(), cancellationToken: Cancel);
    }

    [Theory]
    [InlineData("0.00:00:00", false)]
    [InlineData("0.01:00:00", true)]
    public async Task A_session_expiry_of_nothing_ends_sessions_with_their_connection(string expiry, bool isKept)
    {
        using var folder = new TemporaryFolder();
        var configuration = folder.Write("civicsense.json", $$"""
            {
              "neighbourhood": "Test neighbourhood",
              "http": { "address": "127.0.0.1", "port": 0 },
              "mqtt": { "address": "127.0.0.1", "port": 0, "limits": { "maximumSessionExpiry": "{{expiry}}" } }
            }
            """);
        var balcony = await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        await using var node = await NodeProcess.RunNodeAsync(configuration);
        var lasting = balcony.ClientOptions(node.MqttPort) with { CleanStart = false, SessionExpiry = TimeSpan.FromDays(1) };
        await using (var first = await MqttClient.ConnectAsync(lasting, Cancel))
        {
            // MQTT 5.0, section 3.2.2.3.2: the server says what it makes of the client's wish.
            Assert.Equal(isKept ? TimeSpan.FromHours(1) : TimeSpan.Zero, first.Server.SessionExpiry);
        }
        await using var second = await MqttClient.ConnectAsync(lasting, Cancel);
        Assert.Equal(isKept, second.Server.SessionPresent);
    }

    static int OpenFiles(NodeProcess node) => Directory.GetFileSystemEntries($"/proc/{node.Id}/fd").Length;

    static async Task UntilAsync(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < NodeProcess.Patience, "It did not happen in time.");
            await Task.Yield();
        }
    }
}
