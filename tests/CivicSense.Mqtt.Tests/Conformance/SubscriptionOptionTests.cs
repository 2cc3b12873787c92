using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Conformance;

/// <summary>The cases "subscribe options" and "subscribe identifiers" of Eclipse's interoperability suite for MQTT 5.0.</summary>
public sealed class SubscriptionOptionTests
{
    const int NoLocal = 4;
    const int RetainAsPublished = 8;

    static readonly string[] RetainedTopics = ["open/t/0", "open/t/1", "open/t/2"];

    [Fact]
    public async Task No_local_spares_the_publisher_its_own_message_and_nobody_else()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        using WireClient bob = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "bob");
        await alice.SubscribeAsync("open/a", 2 | NoLocal);
        await bob.SubscribeAsync("open/a", 2 | NoLocal);

        await alice.PublishAsync("open/a", "from alice", 1);

        Assert.Empty(await alice.MessagesBeforeFenceAsync(alice));
        Assert.Equal("from alice", Assert.Single(await bob.MessagesBeforeFenceAsync(alice)).Payload);
    }

    /// <summary>[MQTT-3.3.1-12] and [MQTT-3.3.1-13].</summary>
    [Theory]
    [InlineData(RetainAsPublished, true)]
    [InlineData(0, false)]
    public async Task The_retain_flag_of_a_live_message_is_kept_only_where_asked(int option, bool isKept)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        await alice.SubscribeAsync("open/a", 2 | option);

        await alice.PublishAsync("open/a", "live", 1);
        await alice.PublishAsync("open/a", "kept", 1, retain: true);

        Assert.Equal([false, isKept], (await alice.NextMessagesAsync(2)).Select(message => message.Retain));
    }

    /// <summary>[MQTT-3.3.1-9] to [MQTT-3.3.1-11]: 0 always, 1 with a new subscription, 2 never.</summary>
    [Theory]
    [InlineData(0, 3, 3)]
    [InlineData(1, 3, 0)]
    [InlineData(2, 0, 0)]
    public async Task Retain_handling_decides_what_a_subscription_begins_with(int handling, int atFirst, int again)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        for (int quality = 0; quality < 3; quality++) await alice.PublishAsync(RetainedTopics[quality], "kept", quality, retain: true);

        foreach (int expected in new[] { atFirst, again })
        {
            await alice.SubscribeAsync("open/t/+", 2 | (handling << 4));
            IReadOnlyList<WireMessage> messages = await alice.MessagesBeforeFenceAsync(alice);
            Assert.Equal(expected, messages.Count);
            if (expected > 0) Assert.Equal([0, 1, 2], messages.Select(message => message.QualityOfService).Order());
        }
    }

    /// <summary>[MQTT-3.3.4-3] to [MQTT-3.3.4-5]: a single copy carries the identifiers of all subscriptions that match.</summary>
    [Fact]
    public async Task A_message_names_the_subscriptions_that_it_came_by()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        await alice.SubscribeAsync("open/a", 2, Identifier(456_789));
        using WireClient bob = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "bob");
        await bob.SubscribeAsync("open/a", 2, Identifier(2));
        await bob.SubscribeAsync("open/a/#", 2, Identifier(3));

        await bob.PublishAsync("open/a", "named", 1);

        WireMessage ofAlice = Assert.Single(await alice.MessagesBeforeFenceAsync(bob));
        Assert.Equal([456_789], ofAlice.Properties.Numbers(WireProperty.SubscriptionIdentifier));
        WireMessage ofBob = Assert.Single(await bob.MessagesBeforeFenceAsync(bob));
        Assert.Equal([2, 3], ofBob.Properties.Numbers(WireProperty.SubscriptionIdentifier).Order());
    }

    /// <summary>Section 3.8.2.1.2: an identifier of 0 is a protocol error.</summary>
    [Fact]
    public async Task Zero_is_no_subscription_identifier()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        var body = new WireWriter().UInt16(1).Raw(Identifier(0).ToBytes()).Text("open/a").Byte(0);
        await alice.SendAsync(body.ToPacket(MqttPacket.Subscribe, 2));
        Assert.Equal((byte)0x82, await alice.EndReasonAsync());
    }

    static WireProperties Identifier(int number) => new() { { WireProperty.SubscriptionIdentifier, number } };
}
