using System.Net.Sockets;
using System.Text;
using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Tests.Codec;

namespace CivicSense.Mqtt.Tests.Security;

/// <summary>Pitfalls 9 to 12, 15, 18 and 19 of docs/security-mqtt.md: what a client can make the listener keep.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class StateTests
{
    static byte[] Expiry(uint seconds) => PacketBuilder.Property(MqttProperty.SessionExpiryInterval, PacketBuilder.UInt32(seconds));

    [Fact]
    public async Task Pitfall_09_a_session_that_shall_never_end_ends()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaximumSessionExpiry = TimeSpan.FromHours(1));
        using (RawConnection hoarder = await host.OpenAsync())
        {
            await hoarder.SendAsync(PacketBuilder.ConnectV5("hoarder", Expiry(uint.MaxValue)));
            Assert.Contains("1100000E10", Convert.ToHexString(await hoarder.ReadPacketAsync()), StringComparison.Ordinal);
        }

        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0);
        Assert.Equal(1, host.Statistics.Sessions);
        host.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(0, host.Statistics.Sessions);
    }

    [Fact]
    public async Task Pitfall_09_sessions_are_limited_in_number()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaximumSessions = 3);
        for (int i = 0; i < 6; i++)
        {
            using RawConnection hoarder = await host.OpenAsync();
            await hoarder.SendAsync(PacketBuilder.ConnectV5($"hoarder-{i}", Expiry(1000)));
            await hoarder.ReadPacketAsync();
        }

        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0);
        Assert.InRange(host.Statistics.Sessions, 1, 3);
        host.Time.Advance(TimeSpan.FromSeconds(1001));
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_09_what_is_queued_for_an_absent_client_is_limited_in_number_and_bytes()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options =>
            (options.MaximumQueuedMessagesPerSession, options.MaximumQueuedBytesPerSession, options.MaximumQueuedBytes) =
                (10, 65_536, 100_000));
        foreach (string name in (string[])["one", "two", "three"])
        {
            using RawConnection absent = await host.ConnectAsync(name, Expiry(1000));
            await absent.SendAsync(PacketBuilder.SubscribeV5(1, ("open/#", 1)));
            await absent.ReadPacketAsync();
        }

        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0);
        using RawConnection publisher = await host.ConnectAsync("publisher");
        long before = RetainedMemory.Measure();
        for (ushort i = 1; i <= 2000; i++)
        {
            await publisher.SendAsync(PacketBuilder.PublishV5(1, "open/a", i, new byte[10_000]));
            await publisher.ReadPacketAsync();
        }

        // Ten small ones would fit, but only six of these in a session and ten in all three.
        Assert.Equal(6000 - 10, host.Statistics.Dropped(MqttDropReason.QueueFull), 2.0);
        long growth = RetainedMemory.Measure() - before;
        Assert.True(growth < 8_000_000, $"{growth} bytes of 20 MB");
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_10_retained_messages_are_limited_in_number_and_bytes()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options =>
            (options.MaximumRetainedMessages, options.MaximumRetainedBytes) = (100, 200_000));
        using RawConnection flooder = await host.ConnectAsync("flooder");
        long before = RetainedMemory.Measure();
        int refused = 0;
        for (ushort i = 1; i <= 1000; i++)
        {
            byte[] packet = PacketBuilder.PublishV5(1, $"open/{i}", i, new byte[i < 200 ? 10 : 50_000]);
            packet[0] |= 1;
            await flooder.SendAsync(packet);
            byte[] answer = await flooder.ReadPacketAsync();
            if (answer.Length > 4 && answer[4] == (byte)MqttReasonCode.QuotaExceeded) refused++;
        }

        Assert.Equal(900, refused);
        Assert.Equal(900, host.Statistics.RetainedRefused);
        long growth = RetainedMemory.Measure() - before;
        Assert.True(growth < 10_000_000, $"{growth} bytes of 40 MB");
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_11_an_identifier_that_is_used_again_before_pubrel_is_one_message()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        using RawConnection client = await host.ConnectAsync("client");
        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync(PacketBuilder.PublishV5(2, "readings/a", 5, [(byte)i]));
            Assert.Equal("50020005", Convert.ToHexString(await client.ReadPacketAsync()));
        }

        Assert.Single(host.Application.Published);
        await client.SendAsync(0x62, 2, 0, 5);
        Assert.Equal("70020005", Convert.ToHexString(await client.ReadPacketAsync()));
        // Released twice, and never used: told, not ended ([MQTT-4.3.3-12] and section 3.7.2.1).
        await client.SendAsync(0x62, 2, 0, 5, 0x62, 2, 0, 6);
        Assert.Equal("7003000592" + "7003000692", Convert.ToHexString(await client.ReadAsync(10)));
        await client.SendAsync(PacketBuilder.PublishV5(2, "readings/a", 5, [9]));
        await client.ReadPacketAsync();
        Assert.Equal(2, host.Application.Published.Count);
    }

    [Fact]
    public async Task Pitfall_11_a_client_that_never_releases_reaches_its_receive_maximum()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.ReceiveMaximum = 10);
        using RawConnection client = await host.ConnectAsync("client");
        for (ushort i = 1; i <= 10; i++)
        {
            await client.SendAsync(PacketBuilder.PublishV5(2, "readings/a", i, [1]));
            await client.ReadPacketAsync();
        }

        await client.SendAsync(PacketBuilder.PublishV5(2, "readings/a", 11, [1]));
        Assert.Equal("E00193", RawConnection.WithoutReasonString(await client.ReadPacketAsync()));
        Assert.Equal(1, host.Statistics.ProtocolErrors(MqttReasonCode.ReceiveMaximumExceeded));
        Assert.Equal(10, host.Application.Published.Count);
        // In the middle of an exchange the listener waits for the client to close, or for its clock.
        client.Dispose();
        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0);
        await host.AssertOthersAreServedAsync();
    }

    [Theory]
    [InlineData(0, "open/a", 0x94, "alias 0, [MQTT-3.3.2-8]")]
    [InlineData(17, "open/a", 0x94, "above the maximum, [MQTT-3.3.2-9]")]
    [InlineData(65_535, "", 0x94, "above the maximum, without topic")]
    [InlineData(3, "", 0x82, "never set, section 3.3.4")]
    public async Task Pitfall_12_an_alias_that_is_not_allowed_ends_the_connection(int alias, string topic, int reason, string what)
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        using RawConnection client = await host.ConnectAsync("client");
        await client.SendAsync(
            PacketBuilder.PublishV5(0, topic, 0, [1], PacketBuilder.Property(MqttProperty.TopicAlias, PacketBuilder.UInt16(alias))));
        await host.AssertDisconnectedAsync(client, (MqttReasonCode)reason, what);
        Assert.Empty(host.Application.Published);
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_12_aliases_belong_to_the_connection_and_not_to_the_session()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        byte[] alias = PacketBuilder.Property(MqttProperty.TopicAlias, 0, 1);
        using (RawConnection first = await host.ConnectAsync("client", Expiry(1000)))
        {
            await first.SendAsync(
                [.. PacketBuilder.PublishV5(0, "readings/a", 0, [1], alias), .. PacketBuilder.PublishV5(1, "", 9, [2], alias)]);
            await first.ReadPacketAsync();
            Assert.Equal(["readings/a", "readings/a"], host.Application.Published.Select(message => message.Topic));
        }

        using RawConnection second = await host.OpenAsync();
        await second.SendAsync(PacketBuilder.Packet(
            MqttPacketType.Connect, 0, PacketBuilder.Text("MQTT"), [5, 0], PacketBuilder.UInt16(60), [0], PacketBuilder.Text("client")));
        await second.ReadPacketAsync();
        await second.SendAsync(PacketBuilder.PublishV5(0, "", 0, [3], alias));
        await host.AssertDisconnectedAsync(second, MqttReasonCode.ProtocolError);
    }

    [Fact]
    public async Task Pitfall_12_an_alias_that_is_set_again_keeps_nothing_of_what_it_was()
    {
        const int count = 300;
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaximumConnectionsPerIdentity = count);
        List<RawConnection> clients = [];
        for (int i = 0; i < count; i++) clients.Add(await host.ConnectAsync($"client-{i}"));
        long first = 0;
        for (int round = 0; round < 10; round++)
        {
            // 16 aliases, each for a topic of 1,001 bytes that no other client and no other round has.
            foreach ((int number, RawConnection client) in clients.Index())
            {
                string topic = $"{round}/{number}/".PadRight(1001, 't');
                await client.SendAsync(PacketBuilder.Join(Enumerable.Range(1, 16).Select(alias => PacketBuilder.PublishV5(
                    0, topic, 0, [], PacketBuilder.Property(MqttProperty.TopicAlias, PacketBuilder.UInt16(alias))))));
                await client.SendAsync(0xC0, 0);
                await client.ReadPacketAsync();
            }

            host.Application.Published.Clear();
            if (round == 0) first = RetainedMemory.Measure();
        }

        long each = (RetainedMemory.Measure() - first) / count;
        Assert.True(each < 32 * 1024, $"{each} bytes more for each connection, of 9 times 16 KiB");
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Pitfall_15_subscriptions_are_limited_in_number_depth_and_length()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options =>
            (options.MaximumSubscriptionsPerSession, options.MaximumTopicLevels, options.MaximumTopicLength) = (3, 8, 100));
        using RawConnection client = await host.ConnectAsync("client");
        string deep = string.Join('/', Enumerable.Repeat("a", 9));
        await client.SendAsync(PacketBuilder.SubscribeV5(
            1, (deep, 0), (new string('a', 101), 0), ("1", 0), ("2", 0), ("3", 0), ("4", 0), ("$share/g/" + deep, 0)));
        Assert.Equal("900A000100" + "8F8F000000978F", Convert.ToHexString(await client.ReadPacketAsync()));
        // Nothing new is needed to change one that is there.
        await client.SendAsync(PacketBuilder.SubscribeV5(2, ("1", 1)));
        Assert.Equal("900400020001", Convert.ToHexString(await client.ReadPacketAsync()));
        // The same bounds hold for topic names.
        await client.SendAsync(PacketBuilder.PublishV5(0, deep, 0, [1]));
        await host.AssertDisconnectedAsync(client, MqttReasonCode.TopicNameInvalid);
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_15_a_thousand_deep_subscriptions_leave_nothing_behind()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaximumSubscriptionsPerSession = 1000);
        using RawConnection client = await host.ConnectAsync("client");
        (long branches, long first) = (0, 0);
        for (int round = 0; round < 6; round++)
        {
            // Each branch is of its own, 30 levels deep.
            string[] filters = [.. Enumerable.Range(0, 1000).Select(i => $"{round}-{i}/{string.Join('/', Enumerable.Repeat("x", 29))}")];
            long without = RetainedMemory.Measure();
            foreach (string[] some in filters.Chunk(100))
            {
                await client.SendAsync(PacketBuilder.SubscribeV5(1, [.. some.Select(filter => (filter, (byte)0))]));
                await client.ReadAsync(5 + 100);
            }

            branches = RetainedMemory.Measure() - without;
            foreach (string[] some in filters.Chunk(100))
            {
                await client.SendAsync(PacketBuilder.Packet(
                    MqttPacketType.Unsubscribe, 2, PacketBuilder.UInt16(1), [0], PacketBuilder.Join(some.Select(PacketBuilder.Text))));
                Assert.Equal(0, (await client.ReadAsync(5 + 100))[^1]);
            }

            long now = RetainedMemory.Measure();
            if (round == 1) first = now;
            // One round's branches are the measure: what is left of four is not even half of one.
            if (round == 5) Assert.True(now - first < branches / 2, $"{now - first} bytes more after four more rounds of {branches} each");
        }

        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_18_user_properties_are_limited_where_they_are_passed_on()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options =>
            (options.MaximumUserProperties, options.MaximumUserPropertyBytes) = (4, 100));
        byte[][] tooMany = [.. Enumerable.Repeat(PacketBuilder.UserProperty("a", "b"), 5)];
        byte[][] tooLong = [PacketBuilder.UserProperty("a", new string('b', 100))];
        foreach (byte[][] properties in (byte[][][])[tooMany, tooLong])
        {
            using RawConnection client = await host.ConnectAsync("client");
            await client.SendAsync(PacketBuilder.PublishV5(0, "open/a", 0, [1], properties));
            await host.AssertDisconnectedAsync(client, MqttReasonCode.QuotaExceeded);
            using RawConnection stranger = await host.OpenAsync();
            await stranger.SendAsync(PacketBuilder.ConnectV5("stranger", properties));
            Assert.Equal("2003009700", RawConnection.WithoutReasonString(await stranger.ReadToEndAsync()));
        }

        Assert.Empty(host.Application.Published);
        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_19_subscribing_while_others_publish_and_leave_harms_nobody()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(client => Task.Run(async () =>
        {
            for (int round = 0; round < 25; round++)
            {
                using RawConnection connection = await host.ConnectAsync($"client-{client}");
                byte[] packets = PacketBuilder.Join(Enumerable.Range(0, 20).SelectMany(i => (byte[][])
                [
                    PacketBuilder.SubscribeV5(1, ($"open/{i}/+", 0), ("open/#", 0), ("$share/g/open/#", 0)),
                    PacketBuilder.PublishV5(0, $"open/{i}/{client}", 0, [1]),
                    PacketBuilder.Packet(MqttPacketType.Unsubscribe, 2, PacketBuilder.UInt16(1), [0], PacketBuilder.Text("open/#")),
                ]));
                await connection.SendAsync(packets);
                // Half of them leave at once, the others after they have read something.
                if (round % 2 == 0) await connection.ReadPacketAsync();
            }
        })));
        await host.AssertOthersAreServedAsync();
        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen == 0 && host.Statistics.Sessions == 0);
        Assert.Equal(8 * 25 + 1, host.Application.Closed.Count);
    }

    [Fact]
    public async Task A_client_that_never_reads_costs_its_queue_and_no_more()
    {
        await using AttackedHost host = await AttackedHost.StartAsync(options => options.MaximumQueuedBytesPerSession = 100_000);
        using Socket deaf = await host.OpenSocketAsync();
        deaf.ReceiveBufferSize = 4096;
        await deaf.SendAsync(PacketBuilder.ConnectV5("deaf"));
        await deaf.SendAsync(PacketBuilder.SubscribeV5(1, ("open/#", 0)));
        using RawConnection publisher = await host.ConnectAsync("publisher");
        long before = RetainedMemory.Measure();
        for (ushort i = 1; i <= 1000; i++)
        {
            await publisher.SendAsync(PacketBuilder.PublishV5(1, "open/a", i, new byte[20_000]));
            await publisher.ReadPacketAsync();
        }

        long growth = RetainedMemory.Measure() - before;
        Assert.True(growth < 4_000_000, $"{growth} bytes of 20 MB");
        Assert.True(host.Statistics.Dropped(MqttDropReason.SlowClient) > 0);
        // Nor do answers pile up that it does not read: it is not read from itself then.
        byte[] pings = PacketBuilder.Join(Enumerable.Repeat((byte[])[0xC0, 0], 10_000));
        deaf.Blocking = false;
        for (int i = 0; i < 500; i++)
        {
            deaf.Send(pings, SocketFlags.None, out SocketError error);
            if (error == SocketError.WouldBlock) break;
        }

        growth = RetainedMemory.Measure() - before;
        Assert.True(growth < 8_000_000, $"{growth} bytes with pings");
        await host.AssertOthersAreServedAsync();
    }
}
