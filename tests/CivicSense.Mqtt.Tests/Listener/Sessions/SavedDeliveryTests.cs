using CivicSense.Mqtt.Tests.Conformance;
using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Listener.Sessions;

/// <summary>
/// A QoS 2 message goes to a client with a lasting session only when its packet identifier is on disk: after a crash it would otherwise
/// come once more under another one.
/// </summary>
public sealed class SavedDeliveryTests
{
    static readonly WireProperties AnHour = new() { { WireProperty.SessionExpiryInterval, 3600 } };

    static async Task<WireClient> SubscribedAsync(TestHost host, string clientId = "alice", int receiveMaximum = 100)
    {
        WireProperties properties = new()
        {
            { WireProperty.SessionExpiryInterval, 3600 }, { WireProperty.ReceiveMaximum, receiveMaximum },
        };
        WireClient client = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, clientId, connect => connect with { CleanStart = false, Properties = properties });
        await client.SubscribeAsync("open/#", 2);
        return client;
    }

    static Task<WireClient> PublisherAsync(TestHost host) => WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "bob");

    /// <summary>When this returns, what the client has sent before has been handled.</summary>
    static Task HandledAsync(WireClient client) => client.HasAsync(MqttPacket.PingResp);

    [Fact]
    public async Task Nothing_of_quality_2_goes_out_before_it_is_saved_and_quality_1_does_not_wait()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(store: store);
        using WireClient alice = await SubscribedAsync(host);
        using WireClient bob = await PublisherAsync(host);
        store.Hold();
        await bob.SendPublishAsync("open/a", "two", 2);
        await bob.SendPublishAsync("open/a", "one", 1);
        await bob.SendPublishAsync("open/a", "also two", 2);
        await HandledAsync(bob);
        Assert.Equal("one", (await alice.NextMessageAsync()).Payload);
        Assert.False(await alice.HasAsync(MqttPacket.Publish));

        store.LetGo();
        WireMessage[] messages = await alice.NextMessagesAsync(2);
        Assert.Equal([("two", false), ("also two", false)], messages.Select(message => (message.Payload, message.Duplicate)));
        await TestHost.UntilAsync(() => host.Statistics.MessagesDelivered == 3);
    }

    [Fact]
    public async Task After_a_crash_what_was_sent_comes_again_under_the_same_identifier()
    {
        var store = new MemorySessionStore();
        var copy = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(store: store);
        using WireClient alice = await SubscribedAsync(host);
        using WireClient bob = await PublisherAsync(host);
        alice.Answers = false;
        await bob.SendPublishAsync("open/a", "1", 2);
        ushort identifier = (await alice.NextMessageAsync()).Identifier;
        foreach (((string, string) key, MqttStoredSession session) in store.Saved) copy.Saved[key] = session;

        await using TestHost after = await TestHost.StartAsync(store: copy);
        using WireClient again = await WireClient.ConnectAsync(
            after, MqttProtocolVersion.V5, "alice", connect => connect with { CleanStart = false, Properties = AnHour });
        WireMessage repeated = await again.NextMessageAsync();
        Assert.Equal((identifier, "1", true), (repeated.Identifier, repeated.Payload, repeated.Duplicate));
    }

    [Fact]
    public async Task A_client_that_comes_back_meanwhile_gets_it_once_when_it_is_saved()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(store: store);
        using WireClient alice = await SubscribedAsync(host);
        using WireClient bob = await PublisherAsync(host);
        store.Hold();
        await bob.SendPublishAsync("open/a", "1", 2);
        await HandledAsync(bob);
        alice.Cut();
        await host.UntilOpenAsync(1);

        using WireClient again = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "alice", connect => connect with { CleanStart = false, Properties = AnHour });
        Assert.False(await again.HasAsync(MqttPacket.Publish));
        store.LetGo();
        WireMessage message = await again.NextMessageAsync();
        Assert.Equal(("1", false), (message.Payload, message.Duplicate));
        await again.NextAsync(MqttPacket.PubRel);
        Assert.False(await again.HasAsync(MqttPacket.Publish));
    }

    [Fact]
    public async Task What_waits_to_be_saved_counts_against_the_receive_maximum()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(store: store);
        using WireClient alice = await SubscribedAsync(host, receiveMaximum: 2);
        alice.Answers = false;
        using WireClient bob = await PublisherAsync(host);
        store.Hold();
        for (int i = 0; i < 3; i++) await bob.SendPublishAsync("open/a", $"{i}", 2);
        await HandledAsync(bob);
        store.LetGo();
        WireMessage[] first = await alice.NextMessagesAsync(2);
        Assert.Equal(["0", "1"], first.Select(message => message.Payload));
        Assert.False(await alice.HasAsync(MqttPacket.Publish));
        await alice.AcknowledgeAsync(MqttPacket.PubRec, first[0].Identifier);
        await alice.NextAsync(MqttPacket.PubRel);
        await alice.AcknowledgeAsync(MqttPacket.PubComp, first[0].Identifier);
        Assert.Equal("2", (await alice.NextMessageAsync()).Payload);
    }

    [Fact]
    public async Task One_whose_right_has_gone_meanwhile_makes_room_for_the_next()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(store: store);
        using WireClient alice = await SubscribedAsync(host, receiveMaximum: 1);
        using WireClient bob = await PublisherAsync(host);
        store.Hold();
        await bob.SendPublishAsync("open/a", "withdrawn", 2);
        await bob.SendPublishAsync("open/b", "allowed", 2);
        await HandledAsync(bob);
        host.Application.Withheld["anonymous"] = "open/a";
        store.LetGo();
        Assert.Equal("allowed", (await alice.NextMessageAsync()).Payload);
    }

    [Fact]
    public async Task A_release_that_is_not_saved_is_not_repeated_on_the_next_connection_before_it_is()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(store: store);
        using WireClient alice = await SubscribedAsync(host);
        alice.Answers = false;
        using WireClient bob = await PublisherAsync(host);
        await bob.SendPublishAsync("open/a", "1", 2);
        ushort identifier = (await alice.NextMessageAsync()).Identifier;
        store.Hold();
        await alice.AcknowledgeAsync(MqttPacket.PubRec, identifier);
        Assert.False(await alice.HasAsync(MqttPacket.PubRel));
        alice.Cut();
        await host.UntilOpenAsync(1);

        using WireClient again = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "alice", connect => connect with { CleanStart = false, Properties = AnHour });
        again.Answers = false;
        Assert.False(await again.HasAsync(MqttPacket.PubRel));
        store.LetGo();
        Assert.Equal(identifier, (await again.NextAsync(MqttPacket.PubRel)).Identifier);
        Assert.False(await again.HasAsync(MqttPacket.PubRel));
    }

    [Fact]
    public async Task A_receipt_of_something_that_was_never_sent_is_answered_once_and_nothing_is_sent()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(store: store);
        using WireClient alice = await SubscribedAsync(host);
        alice.Answers = false;
        using WireClient bob = await PublisherAsync(host);
        store.Hold();
        await bob.SendPublishAsync("open/a", "1", 2);
        await HandledAsync(bob);
        await alice.AcknowledgeAsync(MqttPacket.PubRec, 1);
        await bob.SendPublishAsync("open/a", "2", 2);
        await HandledAsync(bob);
        Assert.False(await alice.HasAsync(MqttPacket.PubRel));
        store.LetGo();
        // The second is sent from the queue in which the first was, so that the first has had its turn.
        Assert.Equal("2", (await alice.NextMessageAsync()).Payload);
        Assert.Equal(1, (await alice.NextAsync(MqttPacket.PubRel)).Identifier);
        Assert.False(await alice.HasAsync(MqttPacket.PubRel));
    }

    [Fact]
    public async Task One_that_expires_while_it_waits_to_be_saved_is_not_sent()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(manualTime: true, store: store);
        using WireClient alice = await SubscribedAsync(host);
        using WireClient bob = await PublisherAsync(host);
        store.Hold();
        await bob.SendPublishAsync("open/a", "old", 2, properties: new() { { WireProperty.MessageExpiryInterval, 5 } });
        await bob.SendPublishAsync("open/a", "lasting", 2);
        await HandledAsync(bob);
        host.Time!.Advance(TimeSpan.FromSeconds(5));
        store.LetGo();
        Assert.Equal("lasting", (await alice.NextMessageAsync()).Payload);
        Assert.Equal(1, host.Statistics.Dropped(MqttDropReason.Expired));
    }
}
