using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Conformance;

/// <summary>
/// The cases "overlapping subscriptions", "subscribe failure", "$ topics", "unsubscribe" and "shared subscriptions" of Eclipse's
/// interoperability suites.
/// </summary>
public sealed class SubscribingTests
{
    public static TheoryData<MqttProtocolVersion> BothVersions => Versions.Both;

    /// <summary>Section 3.3.4: one message at the highest QoS, or one for each subscription.</summary>
    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task Overlapping_subscriptions_deliver_at_the_highest_quality(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        Assert.Equal([2, 1], await alice.SubscribeAsync([("open/a/#", 2), ("open/a/+", 1)]));

        await alice.PublishAsync("open/a/c", "overlap", 2);

        IReadOnlyList<WireMessage> messages = await alice.MessagesBeforeFenceAsync(alice);
        Assert.Equal(2, Assert.Single(messages).QualityOfService);
    }

    /// <summary>[MQTT-3.9.3-1]: one code for each filter, in order; the others are in force.</summary>
    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task A_filter_that_is_not_allowed_is_refused_alone(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");

        byte[] codes = await alice.SubscribeAsync([("open/a", 1), ("forbidden/a", 2), ("open/b", 2)]);

        Assert.Equal((1, 2), (codes[0], codes[2]));
        if (version == MqttProtocolVersion.V5) Assert.True(codes[1] >= 0x80);
        else Assert.Equal(0x80, codes[1]);
        await alice.PublishAsync("open/b", "granted");
        Assert.Equal("granted", (await alice.NextMessageAsync()).Payload);
    }

    /// <summary>[MQTT-4.7.2-1].</summary>
    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task Wildcards_in_the_first_level_do_not_see_topics_with_a_dollar(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        await alice.SubscribeAsync("#", 2);
        await alice.SubscribeAsync("+/a", 2);
        using WireClient bob = await WireClient.ConnectAsync(host, version, "bob");
        await bob.SubscribeAsync("$test/#", 2);

        host.Publisher.Publish("$test/a", "hidden"u8, retain: false);
        await alice.PublishAsync("open/seen", "seen");

        Assert.Equal("hidden", (await bob.NextMessageAsync()).Payload);
        Assert.Equal("seen", (await alice.NextMessageAsync()).Payload);
    }

    /// <summary>[MQTT-3.10.4-1] and [MQTT-3.10.4-2].</summary>
    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task A_filter_that_was_given_up_receives_no_more(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient bob = await WireClient.ConnectAsync(host, version, "bob");
        foreach (string topic in new[] { "open/a", "open/b", "open/c" }) await bob.SubscribeAsync(topic, 2);
        Assert.Equal(version == MqttProtocolVersion.V5 ? [0] : [], await bob.UnsubscribeAsync("open/a"));

        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        foreach (string topic in new[] { "open/a", "open/b", "open/c" }) await alice.PublishAsync(topic, topic, 1);

        Assert.Equal(["open/b", "open/c"], (await bob.MessagesBeforeFenceAsync(alice)).Select(message => message.Topic));
    }

    /// <summary>Section 4.8.2.</summary>
    [Fact]
    public async Task A_message_goes_to_one_member_of_a_shared_subscription_and_to_every_other_subscriber()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        using WireClient bob = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "bob");
        foreach (WireClient client in new[] { alice, bob })
            Assert.Equal([2, 2], await client.SubscribeAsync([("$share/group/open/shared", 2), ("open/all", 2)]));

        for (int i = 0; i < 4; i++) await bob.PublishAsync("open/all", $"all {i}");
        for (int i = 0; i < 4; i++) await bob.PublishAsync("open/shared", $"shared {i}", 1);

        IReadOnlyList<WireMessage> ofAlice = await alice.MessagesBeforeFenceAsync(bob);
        IReadOnlyList<WireMessage> ofBob = await bob.MessagesBeforeFenceAsync(bob);
        Assert.Equal(4, ofAlice.Count(message => message.Topic == "open/all"));
        Assert.Equal(4, ofBob.Count(message => message.Topic == "open/all"));
        IEnumerable<WireMessage> shared = ofAlice.Concat(ofBob).Where(message => message.Topic == "open/shared");
        Assert.Equal(
            ["shared 0", "shared 1", "shared 2", "shared 3"], shared.Select(message => message.Payload).Order(StringComparer.Ordinal));
    }

    /// <summary>[MQTT-3.8.3-4]: No Local on a shared subscription is a protocol error.</summary>
    [Fact]
    public async Task A_shared_subscription_cannot_leave_out_the_senders_own_messages()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        var body = new WireWriter().UInt16(1).Byte(0).Text("$share/group/open/a").Byte(4);
        await alice.SendAsync(body.ToPacket(MqttPacket.Subscribe, 2));
        Assert.Equal((byte)0x82, await alice.EndReasonAsync());
    }
}
