using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Tests.Codec;

namespace CivicSense.Mqtt.Tests.Security;

/// <summary>Pitfalls 13 and 14 of docs/security-mqtt.md: text that is none, and packets that do not belong there.</summary>
public sealed class WrongBytesTests
{
    // U+0000, a surrogate, an over-long slash, a beginning alone.
    static readonly byte[][] NoText = [[(byte)'a', 0], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xE2, 0x82]];

    [Fact]
    public async Task Pitfall_13_text_that_is_not_utf8_is_refused_wherever_it_stands_in_connect()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        foreach (byte[] bad in NoText)
        {
            byte[] text = PacketBuilder.Binary(bad);
            byte[] fine = PacketBuilder.Text("fine");
            byte[] user = PacketBuilder.Property(MqttProperty.UserProperty, [.. fine, .. text]);
            foreach (byte[] connect in (byte[][])
            [
                Connect(2, PacketBuilder.Properties(), text),
                Connect(0x82, PacketBuilder.Properties(), fine, text),
                Connect(6, PacketBuilder.Properties(), fine, [0], text, fine),
                Connect(6, PacketBuilder.Properties(), fine, PacketBuilder.Properties(user), fine, fine),
                Connect(2, PacketBuilder.Properties(user), fine),
            ])
            {
                using RawConnection stranger = await host.OpenAsync();
                await stranger.SendAsync(connect);
                string answer = RawConnection.WithoutReasonString(await stranger.ReadToEndAsync());
                // A will topic that is no text is no topic name either.
                Assert.True(answer is "2003008100" or "2003009000", $"{Convert.ToHexString(connect)}: {answer}");
            }
        }

        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_13_text_that_is_not_utf8_is_refused_wherever_it_stands_afterwards()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        foreach (byte[] bad in NoText)
        {
            byte[] text = PacketBuilder.Binary(bad);
            byte[] fine = PacketBuilder.Text("fine");
            foreach (byte[] packet in (byte[][])
            [
                PacketBuilder.Packet(MqttPacketType.Publish, 0, text, [0]),
                PacketBuilder.PublishV5(0, "a", 0, [], PacketBuilder.Property(MqttProperty.ContentType, text)),
                PacketBuilder.PublishV5(0, "a", 0, [], PacketBuilder.Property(MqttProperty.UserProperty, [.. text, .. fine])),
                PacketBuilder.Packet(MqttPacketType.Subscribe, 2, [0, 1, 0], text, [0]),
                PacketBuilder.Packet(MqttPacketType.Subscribe, 2, [0, 1, 0], fine, [0],
                    [.. PacketBuilder.UInt16(9 + bad.Length), .. "$share/g/"u8, .. bad], [0]),
                PacketBuilder.Packet(MqttPacketType.Unsubscribe, 2, [0, 1, 0], text),
                PacketBuilder.Packet(
                    MqttPacketType.Disconnect, 0, [0], PacketBuilder.Properties(PacketBuilder.Property(MqttProperty.ReasonString, text))),
            ])
            {
                using RawConnection client = await host.ConnectAsync("client");
                await client.SendAsync(packet);
                await host.AssertDisconnectedAsync(client, MqttReasonCode.MalformedPacket, Convert.ToHexString(packet));
            }
        }

        Assert.Empty(host.Application.Published);
        await host.AssertOthersAreServedAsync();
    }

    [Theory]
    [InlineData("a/#", 0x90, "[MQTT-3.3.2-2]")]
    [InlineData("a/+/b", 0x90, "[MQTT-3.3.2-2]")]
    [InlineData("+", 0x90, "[MQTT-3.3.2-2]")]
    [InlineData("", 0x82, "[MQTT-4.7.3-1]")]
    public async Task Pitfall_13_a_topic_name_has_no_wildcard_and_is_not_empty(string topic, int reason, string what)
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        using RawConnection client = await host.ConnectAsync("client");
        await client.SendAsync(PacketBuilder.PublishV5(1, topic, 1, [1]));
        await host.AssertDisconnectedAsync(client, (MqttReasonCode)reason, what);
        Assert.Empty(host.Application.Published);
    }

    [Fact]
    public async Task Pitfall_14_what_only_servers_send_and_what_does_not_exist_ends_the_connection()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        foreach (CorpusPacket packet in PacketCorpus.All.Where(
            packet => !packet.IsFromClient && packet.Bytes[0] >> 4 != (int)MqttPacketType.Publish))
        {
            bool isServersDisconnect = packet.Bytes[0] >> 4 == (int)MqttPacketType.Disconnect;
            using RawConnection client = await host.ConnectAsync("client");
            await client.SendAsync(packet.Bytes);
            await host.AssertDisconnectedAsync(client, MqttReasonCode.ProtocolError, packet.Name);
            Assert.False(isServersDisconnect && host.Application.Closed.IsEmpty);
        }

        await host.AssertOthersAreServedAsync();
    }

    [Fact]
    public async Task Pitfall_14_every_wrong_first_byte_ends_the_connection_of_both_versions()
    {
        await using AttackedHost host = await AttackedHost.StartAsync();
        byte[] old = PacketBuilder.Packet(
            MqttPacketType.Connect, 0, PacketBuilder.Text("MQTT"), [4, 2], PacketBuilder.UInt16(0), PacketBuilder.Text("old"));
        foreach (int first in Enumerable.Range(0, 256)
            .Where(first => FrameScanner.TryReadHeader([(byte)first], out _) == MqttReadStatus.Invalid))
        {
            using RawConnection client = await host.ConnectAsync("client");
            await client.SendAsync((byte)first);
            await host.AssertDisconnectedAsync(client, MqttReasonCode.MalformedPacket, $"{first:X2}");
            using RawConnection older = await host.ConnectAsync(old);
            await older.SendAsync((byte)first);
            Assert.Empty(await older.ReadToEndAsync());
        }

        await host.AssertOthersAreServedAsync();
    }

    static byte[] Connect(byte flags, params byte[][] rest) =>
        PacketBuilder.Packet(
            MqttPacketType.Connect, 0, PacketBuilder.Text("MQTT"), [5, flags], PacketBuilder.UInt16(60), PacketBuilder.Join(rest));
}
