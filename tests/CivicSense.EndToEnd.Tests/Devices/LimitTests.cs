using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.EndToEnd.Tests.Roles;
using CivicSense.Mqtt;

namespace CivicSense.EndToEnd.Tests.Devices;

/// <summary>Limits of the running program: the operating system's, and those that a steward sets.</summary>
public sealed class LimitTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connections_leave_files_to_the_rest_of_the_node()
    {
        // As docs/security-mqtt.md says: 64 where the limit is small.
        const int reserve = 64, spare = 20;
        Surroundings.RequireProgram("prlimit");
        using var folder = new TemporaryFolder();
        var configuration = Configuration.Write(folder, """ "timeZone": "Europe/Amsterdam" """);
        var balcony = await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        await using var node = await NodeProcess.RunNodeAsync(configuration);
        var limit = OpenFiles(node) + spare + reserve;
        await LimitFilesAsync(node, limit);

        // Page visitors and devices, more than fit.
        var strangers = new List<TcpClient>();
        for (var i = 0; i < 3 * (spare + reserve); i++)
            strangers.Add(await DialAsync(i % 2 == 0 ? node.MqttPort : node.HttpPort));
        await AssertClosedAsync(strangers[^2]);
        await AssertClosedAsync(strangers[^1]);
        // Some for what the node itself has opened meanwhile.
        Assert.InRange(OpenFiles(node), 0, limit - (reserve / 2));
        strangers.ForEach(stranger => stranger.Dispose());

        await using var served = await ConnectWhenThereIsRoomAsync(balcony.ClientOptions(node.MqttPort));
        await served.PublishConfirmedAsync(balcony.TopicBytes, "[{\"n\":\"pm2_5\",\"v\":4.5}]"u8.ToArray(), cancellationToken: Cancel);
        await node.SaysAsync("LimitNOFILE=");
        Assert.Equal(2, node.Errors.Split("LimitNOFILE=").Length);
    }

    [Fact]
    public async Task Visitors_leave_files_to_a_process_that_serves_pages_only()
    {
        const int reserve = 64, spare = 20;
        Surroundings.RequireProgram("prlimit");
        await using var scene = await RoleScene.SetAsync();
        var pages = await scene.RunAsync("--role", "open-data");
        await LimitFilesAsync(pages, OpenFiles(pages) + spare + reserve);

        var strangers = new List<TcpClient>();
        for (var i = 0; i < 2 * (spare + reserve); i++)
            strangers.Add(await DialAsync(pages.HttpPort));
        await AssertClosedAsync(strangers[^1]);
        strangers.ForEach(stranger => stranger.Dispose());

        await pages.ReadyAsync();
        await pages.SaysAsync("LimitNOFILE=");
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
        Assert.Equal(isKept, await IsSessionPresentAsync(lasting, isKept));
    }

    /// <summary>
    /// A client that comes before the node has heard the last one's goodbye takes its session over; so it asks again until one ended first.
    /// </summary>
    static async Task<bool> IsSessionPresentAsync(MqttClientOptions options, bool isExpected)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            await using var client = await MqttClient.ConnectAsync(options, Cancel);
            var isPresent = client.Server.SessionPresent;
            if (!isPresent || isExpected || watch.Elapsed > NodeProcess.Patience) return isPresent;
        }
    }

    static int OpenFiles(NodeProcess node) => Directory.GetFileSystemEntries($"/proc/{node.Id}/fd").Length;

    static async Task LimitFilesAsync(NodeProcess node, int limit)
    {
        using var program =
            Process.Start("prlimit", ["--pid", $"{node.Id}", string.Create(CultureInfo.InvariantCulture, $"--nofile={limit}:{limit}")]);
        await program.WaitForExitAsync(Cancel);
        Assert.Equal(0, program.ExitCode);
    }

    static async Task<TcpClient> DialAsync(int port)
    {
        var stranger = new TcpClient();
        try
        {
            await stranger.ConnectAsync("127.0.0.1", port, Cancel);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Accepted and closed already.
        }
        return stranger;
    }

    static async Task AssertClosedAsync(TcpClient client)
    {
        if (!client.Connected) return;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(NodeProcess.Patience);
        try
        {
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], patience.Token));
        }
        catch (IOException)
        {
            // The same, said more briefly (RST).
        }
    }

    /// <summary>Those who have left are noticed one after the other.</summary>
    static async Task<MqttClient> ConnectWhenThereIsRoomAsync(MqttClientOptions options)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await MqttClient.ConnectAsync(options, Cancel);
            }
            catch (Exception exception)
                when (exception is MqttException or IOException or SocketException && watch.Elapsed < NodeProcess.Patience)
            {
            }
        }
    }
}
