using System.Security.Cryptography;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>Readers meet bytes that nobody meant: they answer, they never throw, and what they call done lies inside the packet.</summary>
public sealed class FuzzTests
{
    static readonly byte[][] Seeds =
    [
        RawConnection.ConnectV5,
        RawConnection.ConnectV311,
        Convert.FromHexString("102A00044D51545405CE000A051100000002000163051800000005000174000 16D000175000170".Replace(" ", "", StringComparison.Ordinal)),
        Convert.FromHexString("32120003612F62000A0802000000092600000000414243"),
        Convert.FromHexString("820D000A000003612F62010003632F"),
        Convert.FromHexString("A208000A000003612F62"),
        Convert.FromHexString("E00700051100000000"),
    ];

    [Fact]
    public void Two_hundred_thousand_packets_are_answered_without_an_exception()
    {
        int seed = RandomNumberGenerator.GetInt32(int.MaxValue);
#pragma warning disable CA5394 // Test input, which a printed seed has to be able to repeat.
        var random = new Random(seed);
        for (int i = 0; i < 200_000; i++)
        {
            byte[] packet = Mutate(random);
            try
            {
                Read(packet);
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}, packet {i}, {Convert.ToHexString(packet)}: {exception}");
            }
        }
    }

    static byte[] Mutate(Random random)
    {
        byte[] packet;
        if (random.Next(4) == 0)
        {
            packet = new byte[random.Next(1, 64)];
            random.NextBytes(packet);
            return packet;
        }

        packet = (byte[])Seeds[random.Next(Seeds.Length)].Clone();
        for (int changes = random.Next(1, 5); changes > 0; changes--) packet[random.Next(packet.Length)] = (byte)random.Next(256);
        if (random.Next(3) == 0) packet = packet[..random.Next(packet.Length)];
        if (packet.Length > 1 && random.Next(2) == 0) packet[1] = (byte)Math.Min(127, packet.Length - 2);
        return packet;
    }
#pragma warning restore CA5394

    static void Read(byte[] packet)
    {
        MqttReadStatus status = FrameScanner.TryReadHeader(packet, out MqttFixedHeader header);
        if (status == MqttReadStatus.Done) Assert.InRange(header.HeaderLength, 2, 5);
        // Every reader gets every body, also that of another type or one cut short.
        ReadOnlySpan<byte> body = packet.AsSpan(Math.Min(packet.Length, 2));
        ConnectPacket.TryRead(body, out _);
        foreach (MqttProtocolVersion version in (MqttProtocolVersion[])[MqttProtocolVersion.V311, MqttProtocolVersion.V5])
        {
            ReadPublish(header with { RemainingLength = body.Length }, body, version);
            SubscribePacket.TryRead(body, version, isUnsubscribe: false, out _);
            SubscribePacket.TryRead(body, version, isUnsubscribe: true, out _);
            DisconnectPacket.TryRead(body, version, MqttProperties.OfDisconnectFromClient, out _, out _);
            MqttServerInformation.Read(body, version);
        }
    }

    static void ReadPublish(in MqttFixedHeader header, ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        MqttReadStatus measured = PublishPacket.TryMeasure(header, body, version, out int beforePayload);
        MqttReasonCode reason = PublishPacket.TryRead(header, body, version, MqttProperties.OfPublishFromClient, out PublishPacket packet);
        if (reason != MqttReasonCode.Success) return;
        Assert.Equal(MqttReadStatus.Done, measured);
        Assert.Equal(body.Length - beforePayload, packet.Payload.Length);
        if (MqttText.IsTopicFilter(packet.Topic) && MqttText.IsTopicName(packet.Topic)) Assert.True(MqttText.Matches(packet.Topic, packet.Topic));
    }
}
