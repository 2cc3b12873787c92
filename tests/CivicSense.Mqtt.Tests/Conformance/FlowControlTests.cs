using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Conformance;

/// <summary>The cases "flow control 1", "flow control 2" and "maximum packet size" of Eclipse's interoperability suite for MQTT 5.0.</summary>
public sealed class FlowControlTests
{
    /// <summary>[MQTT-3.3.4-9]: never more in flight than the client's Receive Maximum.</summary>
    [Fact]
    public async Task The_server_sends_the_next_message_only_when_an_earlier_one_is_acknowledged()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "alice", connect => connect with { Properties = new() { { WireProperty.ReceiveMaximum, 2 } } });
        await alice.SubscribeAsync("open/a", 2);
        await alice.SubscribeAsync("open/end", 0);
        alice.Answers = false;
        for (int i = 1; i <= 3; i++) await alice.PublishAsync("open/a", $"message {i}", 1);

        // QoS 0 is not held back (section 4.9), so it shows that the third message does not come.
        await alice.PublishAsync("open/end", "end");
        WireMessage[] messages = await alice.NextMessagesAsync(3);
        Assert.Equal(["message 1", "message 2", "end"], messages.Select(message => message.Payload));

        await alice.AcknowledgeAsync(MqttPacket.PubAck, messages[0].Identifier);
        Assert.Equal("message 3", (await alice.NextMessageAsync()).Payload);
    }

    /// <summary>Section 4.9: the quota comes back with PUBCOMP, not with PUBREC.</summary>
    [Fact]
    public async Task A_quality_2_message_is_in_flight_until_it_is_complete()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "alice", connect => connect with { Properties = new() { { WireProperty.ReceiveMaximum, 1 } } });
        using WireClient bob = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "bob");
        await alice.SubscribeAsync("open/a", 2);
        await alice.SubscribeAsync("open/end", 0);
        alice.Answers = false;
        await bob.PublishAsync("open/a", "first", 2);
        await bob.PublishAsync("open/a", "second", 2);
        WireMessage first = await alice.NextMessageAsync();

        await alice.AcknowledgeAsync(MqttPacket.PubRec, first.Identifier);
        await alice.NextAsync(MqttPacket.PubRel);
        await bob.PublishAsync("open/end", "end");
        Assert.Equal("end", (await alice.NextMessageAsync()).Payload);

        await alice.AcknowledgeAsync(MqttPacket.PubComp, first.Identifier);
        Assert.Equal("second", (await alice.NextMessageAsync()).Payload);
    }

    /// <summary>[MQTT-3.3.4-7], [MQTT-3.3.4-8]: the server ends it with 0x93.</summary>
    [Fact]
    public async Task A_client_that_has_more_in_flight_than_it_may_is_sent_away()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.ReceiveMaximum = 2);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        Assert.Equal(2, alice.ConnAck.Number(WireProperty.ReceiveMaximum));
        alice.Answers = false;

        for (int i = 0; i < 3; i++) await alice.SendPublishAsync("open/a", "too many", 2);

        Assert.Equal((byte)0x93, await alice.EndReasonAsync());
        Assert.Equal(2, host.Application.Received.Count);
    }

    /// <summary>A client that writes first and reads later must still find the reason: the connection is not reset under it.</summary>
    [Fact]
    public async Task The_reason_reaches_a_client_that_answers_before_it_reads_on()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.ReceiveMaximum = 2);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        alice.Answers = false;
        for (int i = 0; i < 3; i++) await alice.SendPublishAsync("open/a", "too many", 2);

        for (int i = 0; i < 2; i++)
        {
            WirePacket received = await alice.NextAsync(MqttPacket.PubRec);
            await alice.AcknowledgeAsync(MqttPacket.PubRel, received.Identifier);
        }

        Assert.Equal((byte)0x93, await alice.EndReasonAsync());
    }

    /// <summary>Section 3.2.2.3.6; [MQTT-3.2.2-15].</summary>
    [Fact]
    public async Task A_packet_above_the_announced_size_ends_the_connection()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumPacketSize = 8192);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        Assert.Equal(8192, alice.ConnAck.Number(WireProperty.MaximumPacketSize));
        await alice.SendPublishAsync("open/a", new string('.', 8192));
        Assert.Equal((byte)0x95, await alice.EndReasonAsync());
        Assert.Empty(host.Application.Received);
    }

    /// <summary>[MQTT-3.1.2-24] and [MQTT-3.1.2-25]: dropped for this client as if it had been sent.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_message_that_is_too_large_for_a_client_is_left_out_and_the_next_ones_come(int quality)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "alice", connect => connect with { Properties = new() { { WireProperty.MaximumPacketSize, 64 } } });
        using WireClient bob = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "bob");
        await alice.SubscribeAsync("open/a", 2);

        await bob.PublishAsync("open/a", new string('1', 32), quality);
        await bob.PublishAsync("open/a", new string('2', 64), quality);
        await bob.PublishAsync("open/a", new string('3', 32), quality);

        Assert.Equal([new string('1', 32), new string('3', 32)], (await alice.NextMessagesAsync(2)).Select(message => message.Payload));
    }
}
