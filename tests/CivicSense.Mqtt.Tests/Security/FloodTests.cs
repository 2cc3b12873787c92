using System.Net.Sockets;
using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Tests.Codec;

namespace CivicSense.Mqtt.Tests.Security;

/// <summary>Pitfalls 1 to 3 of docs/security-mqtt.md: promises of length, slow clients, and many connections.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class FloodTests
{
    static readonly byte[] HalfConnect = [0x10, 0x80, 0x10, 0, 4, .. "MQTT"u8];

    [Theory]
    [InlineData("10FFFFFF7F", "CONNECT of 256 MB")]
    [InlineData("108120", "CONNECT of 4,097 bytes")]
    [InlineData("10FFFFFFFF01", "a Remaining Length of five bytes")]
    [InlineData("30FFFFFF7F", "PUBLISH before CONNECT")]
    public async Task Pitfall_01_a_stranger_that_promises_much_is_closed_at_the_header(string hex, string what)
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        using RawConnection stranger = await host.OpenAsync();
        await stranger.SendAsync(Convert.FromHexString(hex));
        Assert.True((await stranger.ReadToEndAsync()).Length == 0, what);
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_01_nothing_is_allocated_for_what_a_header_promises()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await host.AssertOthersAreServedAsync();
        const int clients = 50;
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < clients; i++)
        {
            using RawConnection tooLarge = await host.ConnectAsync($"too-large-{i}");
            await tooLarge.SendAsync(0x30, 0xFF, 0xFF, 0xFF, 0x7F);
            await host.AssertDisconnectedAsync(tooLarge, MqttReasonCode.PacketTooLarge);
            // One byte below the Maximum Packet Size that was announced, of which only the beginning comes.
            using RawConnection liar = await host.ConnectAsync($"liar-{i}");
            await liar.SendAsync([0x30, 0xFB, 0xFF, 0x3F, 0, 1, (byte)'t', 0, 1]);
        }

        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < clients * 256 * 1024, $"{allocated / clients} bytes for each pair of clients");
        Assert.Equal(clients, host.Statistics.ProtocolErrors(MqttReasonCode.PacketTooLarge));
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_01_a_packet_above_the_announced_maximum_is_refused_and_one_below_is_taken()
    {
        await using AttackedHost host =
            await AttackedHost.StartAsync(options => (options.MaximumPacketSize, options.MaximumPayloadSize) = (2000, 1000));
        using RawConnection client = await host.ConnectAsync("client");
        byte[] largest = PacketBuilder.PublishV5(0, "readings/a", 0, new byte[1983]);
        Assert.Equal(2000, largest.Length + 1);
        await client.SendAsync([.. largest, .. PacketBuilder.PublishV5(0, "readings/a", 0, new byte[1985])]);
        await host.AssertDisconnectedAsync(client, MqttReasonCode.PacketTooLarge);
        Assert.Equal(1983, Assert.Single(host.Application.Published).Length);
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_02_a_connect_that_drips_in_is_ended_by_the_deadline_from_accept()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        using RawConnection slow = await host.OpenAsync();
        byte[] connect = PacketBuilder.ConnectV5("slow");
        // The kernel connects before the listener accepts.
        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 1);
        for (int i = 0; i < 11; i++)
        {
            await slow.SendAsync(connect[i]);
            host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty(await slow.ReadToEndAsync());
        Assert.Equal(1, host.Statistics.ConnectDeadlinesMissed);
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_02_a_client_cannot_choose_a_long_keep_alive_or_none()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaximumKeepAlive = TimeSpan.FromSeconds(30));
        byte[] connect = PacketBuilder.Packet(
            MqttPacketType.Connect, 0, PacketBuilder.Text("MQTT"), [5, 2], PacketBuilder.UInt16(0), [0], PacketBuilder.Text("idle"));
        using RawConnection idle = await host.OpenAsync();
        await idle.SendAsync(connect);
        // Server Keep Alive 30, section 3.2.2.3.14.
        Assert.Contains("13001E", Convert.ToHexString(await idle.ReadPacketAsync()), StringComparison.Ordinal);
        host.Time.Advance(TimeSpan.FromSeconds(46));
        await host.AssertDisconnectedAsync(idle, MqttReasonCode.KeepAliveTimeout);
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_03_connections_of_one_address_are_limited()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaximumConnectionsPerAddress = 5);
        List<RawConnection> many = [];
        for (int i = 0; i < 5; i++) many.Add(await host.ConnectAsync($"of-one-address-{i}"));
        using RawConnection sixth = await host.OpenAsync();
        Assert.Empty(await sixth.ReadToEndAsync());
        Assert.Equal(1, host.Statistics.ConnectionsOverLimit);
        await host.AssertOthersAreServedAsync();
        many[0].Dispose();
        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 4);
        using RawConnection again = await host.ConnectAsync("room-again");
        many.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task Pitfall_03_connections_in_all_are_limited()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaximumConnections = 3);
        using RawConnection one = await host.ConnectAsync("one");
        using RawConnection two = await host.ConnectAsync("two");
        using RawConnection three = await host.OpenAsync();
        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 3);
        using RawConnection four = await host.OpenAsync();
        Assert.Empty(await four.ReadToEndAsync());
        Assert.Equal(1, host.Statistics.ConnectionsOverLimit);
        three.Dispose();
        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 2);
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_03_connections_of_one_identity_are_limited()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaximumConnectionsPerIdentity = 2);
        using RawConnection one = await host.ConnectAsync(AsUser("mallory", "one"));
        using RawConnection two = await host.ConnectAsync(AsUser("mallory", "two"));
        using RawConnection three = await host.OpenAsync();
        await three.SendAsync(AsUser("mallory", "three"));
        Assert.Equal("2003009700", RawConnection.WithoutReasonString(await three.ReadToEndAsync()));
        Assert.Equal(1, host.Statistics.ConnectionsRefused(MqttReasonCode.QuotaExceeded));
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_03_strangers_together_may_only_send_so_much()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaximumUnauthenticatedBytes = 20_000);
        byte[] almost = [0x10, 0x80, 0x18, .. new byte[3000]];
        List<RawConnection> strangers = [];
        for (int i = 0; i < 8; i++)
        {
            strangers.Add(await host.OpenAsync());
            await strangers[^1].SendAsync(almost);
        }

        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOverLimit > 0);
        // What they sent is given back when they go.
        strangers.ForEach(stranger => stranger.Dispose());
        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0);
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_03_a_thousand_half_connects_cost_little_memory_and_none_afterwards()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await host.AssertOthersAreServedAsync();
        long before = RetainedMemory.Measure();
        List<Socket> sockets = [];
        for (int i = 0; i < 1000; i++)
        {
            sockets.Add(await host.OpenSocketAsync());
            await sockets[^1].SendAsync(HalfConnect);
        }

        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 1000);
        long each = (RetainedMemory.Measure() - before) / 1000;
        TestContext.Current.TestOutputHelper?.WriteLine($"{each} bytes for each half CONNECT, both ends");
        // Less than the 64 KiB that are read at once: none of them may be kept for a few bytes.
        Assert.True(each < 16 * 1024, $"{each} bytes for each connection");
        await host.AssertOthersAreServedAsync();
        host.Time.Advance(TimeSpan.FromSeconds(11));
        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0);
        Assert.Equal(1000, host.Statistics.ConnectDeadlinesMissed);
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task Publish_rate_above_the_limit_slows_the_publisher_and_drops_nothing()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => (options.PublishRate, options.PublishBurst) = (10, 5));
        using RawConnection fast = await host.ConnectAsync("fast");
        for (ushort i = 1; i <= 20; i++) await fast.SendAsync(PacketBuilder.PublishV5(1, "readings/a", i, [1]));
        await fast.ReadAsync(5 * 4);
        Assert.Equal(5, host.Statistics.MessagesReceived);
        await host.AssertOthersAreServedAsync();
        // The rest comes as fast as it may, and all of it comes.
        for (int i = 0; i < 15; i++)
        {
            Task acknowledged = fast.ReadAsync(4);
            await TestHost.UntilAsync(() =>
            {
                host.Time.AdvanceToWaiter();
                return acknowledged.IsCompleted;
            });
            await acknowledged;
        }

        Assert.Equal(20, host.Application.Published.Count(message => message.Topic == "readings/a"));
    }

    internal static byte[] AsUser(string user, string clientId, byte flags = 0xC2, params byte[][] properties) => PacketBuilder.Packet(
        MqttPacketType.Connect, 0, PacketBuilder.Text("MQTT"), [5, flags], PacketBuilder.UInt16(60), PacketBuilder.Properties(properties),
        PacketBuilder.Text(clientId), PacketBuilder.Text(user), PacketBuilder.Text("secret"));
}
