using CivicSense.Mqtt.Tests.Conformance;
using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Listener.Sessions;

/// <summary>QoS 2 from a client, MQTT 5.0 section 4.3.3.</summary>
public sealed class ExactlyOnceTests
{
    public static TheoryData<MqttProtocolVersion> BothVersions => Versions.Both;

    static byte[] Publish(MqttProtocolVersion version, ushort identifier, bool duplicate = false)
    {
        var body = new WireWriter().Text("private/pm").UInt16(identifier);
        if (version == MqttProtocolVersion.V5) body.Byte(0);
        return body.Raw("12"u8).ToPacket(MqttPacket.Publish, duplicate ? 0xC : 4);
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task A_message_that_is_sent_again_before_its_release_is_handed_over_once(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice", Versions.Persistent);
        alice.Answers = false;
        await alice.SendAsync(Publish(version, 7));
        await alice.NextAsync(MqttPacket.PubRec);
        await alice.SendAsync(Publish(version, 7, duplicate: true));
        await alice.NextAsync(MqttPacket.PubRec);
        alice.Cut();
        await host.UntilOpenAsync(0);

        using WireClient again = await WireClient.ConnectAsync(host, version, "alice", Versions.Persistent);
        again.Answers = false;
        await again.SendAsync(Publish(version, 7, duplicate: true));
        await again.NextAsync(MqttPacket.PubRec);
        Assert.Single(host.Application.Received);
        await again.AcknowledgeAsync(MqttPacket.PubRel, 7);
        await again.NextAsync(MqttPacket.PubComp);
        await again.SendAsync(Publish(version, 7));
        await again.NextAsync(MqttPacket.PubRec);
        Assert.Equal(2, host.Application.Received.Count);
    }

    [Fact]
    public async Task Receipt_is_said_only_when_the_message_is_durable_also_on_the_next_connection()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Application.HoldsBack = true;
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice", Versions.Persistent);
        alice.Answers = false;
        await alice.SendAsync(Publish(MqttProtocolVersion.V5, 7));
        Assert.False(await alice.HasAsync(MqttPacket.PubRec));
        alice.Cut();
        await host.UntilOpenAsync(0);
        using WireClient again = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice", Versions.Persistent);
        await again.SendAsync(Publish(MqttProtocolVersion.V5, 7, duplicate: true));
        Assert.False(await again.HasAsync(MqttPacket.PubRec));
        host.Application.Commit(1);
        await again.NextAsync(MqttPacket.PubRec);
        Assert.Single(host.Application.Received);
    }

    [Fact]
    public async Task A_refused_message_is_over_with_its_receipt_and_the_identifier_is_free()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.ReceiveMaximum = 1);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        alice.Answers = false;
        for (int i = 0; i < 3; i++)
        {
            await alice.SendAsync(new WireWriter().Text("forbidden/a").UInt16(7).Byte(0).ToPacket(MqttPacket.Publish, 4));
            Assert.Equal(0x87, (await alice.NextAsync(MqttPacket.PubRec)).AcknowledgementReason);
        }

        Assert.Equal(3, host.Application.Received.Count);
    }

    [Fact]
    public async Task A_release_or_receipt_of_an_unknown_message_is_answered_so_that_the_client_can_go_on()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient newer = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "newer");
        using WireClient older = await WireClient.ConnectAsync(host, MqttProtocolVersion.V311, "older");
        newer.Answers = older.Answers = false;
        await newer.AcknowledgeAsync(MqttPacket.PubRel, 7);
        Assert.Equal(0x92, (await newer.NextAsync(MqttPacket.PubComp)).AcknowledgementReason);
        await newer.AcknowledgeAsync(MqttPacket.PubRec, 7);
        Assert.Equal(0x92, (await newer.NextAsync(MqttPacket.PubRel)).AcknowledgementReason);
        await older.AcknowledgeAsync(MqttPacket.PubRel, 7);
        Assert.Equal(2, (await older.NextAsync(MqttPacket.PubComp)).Body.Length);
    }

    [Fact]
    public async Task Unfinished_exchanges_of_an_earlier_connection_do_not_count_against_the_receive_maximum()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.ReceiveMaximum = 2);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice", Versions.Persistent);
        alice.Answers = false;
        for (ushort id = 1; id <= 2; id++) await alice.SendAsync(Publish(MqttProtocolVersion.V5, id));
        alice.Cut();
        await host.UntilOpenAsync(0);
        using WireClient again = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice", Versions.Persistent);
        again.Answers = false;
        for (ushort id = 1; id <= 2; id++) await again.SendAsync(Publish(MqttProtocolVersion.V5, id, duplicate: true));
        await again.NextAsync(MqttPacket.PubRec);
        await again.NextAsync(MqttPacket.PubRec);
        await again.SendAsync(Publish(MqttProtocolVersion.V5, 3));
        Assert.Equal((byte)0x93, await again.EndReasonAsync());
    }

    [Fact]
    public async Task An_older_client_may_have_any_number_of_exchanges_open()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.ReceiveMaximum = 2);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V311, "alice");
        alice.Answers = false;
        for (ushort id = 1; id <= 50; id++) await alice.SendAsync(Publish(MqttProtocolVersion.V311, id));
        for (ushort id = 1; id <= 50; id++) Assert.Equal(id, (await alice.NextAsync(MqttPacket.PubRec)).Identifier);
        Assert.Equal(50, host.Application.Received.Count);
    }
}
