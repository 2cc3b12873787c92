using CivicSense.Mqtt.Tests.Conformance;
using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Listener.Sessions;

public sealed class SessionStoreTests
{
    static readonly WireProperties AnHour = new() { { WireProperty.SessionExpiryInterval, 3600 } };

    static Task<WireClient> ConnectAsync(TestHost host, string clientId, bool clean = false) => WireClient.ConnectAsync(
        host, MqttProtocolVersion.V5, clientId, connect => connect with { CleanStart = clean, Properties = AnHour });

    [Theory]
    [InlineData(MqttProtocolVersion.V5)]
    [InlineData(MqttProtocolVersion.V311)]
    public async Task A_restart_forgets_neither_subscriptions_nor_messages_that_wait(MqttProtocolVersion version)
    {
        var store = new MemorySessionStore();
        await using (TestHost before = await TestHost.StartAsync(store: store))
        {
            using WireClient alice = await WireClient.ConnectAsync(before, version, "alice", Versions.Persistent);
            await alice.SubscribeAsync("open/#", 2);
            await alice.DisconnectAsync();
            using WireClient bob = await WireClient.ConnectAsync(before, version, "bob");
            await bob.PublishAsync("open/a", "one", 1);
            await bob.PublishAsync("open/a", "two", 2);
        }

        await using TestHost after = await TestHost.StartAsync(store: store);
        using WireClient again = await WireClient.ConnectAsync(after, version, "alice", Versions.Persistent);
        Assert.True(again.SessionPresent);
        Assert.Equal(["one", "two"], (await again.NextMessagesAsync(2)).Select(message => message.Payload));
        using WireClient publisher = await WireClient.ConnectAsync(after, version, "bob");
        await publisher.PublishAsync("open/b", "three", 1);
        Assert.Equal("three", (await again.NextMessageAsync()).Payload);
    }

    [Fact]
    public async Task What_was_in_flight_before_a_restart_goes_on_under_its_identifiers()
    {
        var store = new MemorySessionStore();
        ushort[] identifiers;
        await using (TestHost before = await TestHost.StartAsync(store: store))
        {
            using WireClient alice = await ConnectAsync(before, "alice");
            await alice.SubscribeAsync("open/#", 2);
            using WireClient bob = await ConnectAsync(before, "bob", clean: true);
            alice.Answers = false;
            await bob.PublishAsync("open/a", "published", 2);
            await bob.PublishAsync("open/b", "released", 2);
            WireMessage[] messages = await alice.NextMessagesAsync(2);
            identifiers = [.. messages.Select(message => message.Identifier)];
            await alice.AcknowledgeAsync(MqttPacket.PubRec, identifiers[1]);
            Assert.Equal(identifiers[1], (await alice.NextAsync(MqttPacket.PubRel)).Identifier);
        }

        await using TestHost after = await TestHost.StartAsync(store: store);
        using WireClient again = await ConnectAsync(after, "alice");
        WireMessage repeated = await again.NextMessageAsync();
        Assert.Equal((identifiers[0], "published", true), (repeated.Identifier, repeated.Payload, repeated.Duplicate));
        await again.NextAsync(MqttPacket.PubRel);
    }

    [Fact]
    public async Task A_quality_2_message_that_was_received_before_a_restart_is_not_handed_over_again()
    {
        var store = new MemorySessionStore();
        await using (TestHost before = await TestHost.StartAsync(store: store))
        {
            using WireClient alice = await ConnectAsync(before, "alice");
            alice.Answers = false;
            Assert.Equal(1, await alice.SendPublishAsync("private/pm", "12", 2));
            await alice.NextAsync(MqttPacket.PubRec);
        }

        await using TestHost after = await TestHost.StartAsync(store: store);
        using WireClient again = await ConnectAsync(after, "alice");
        await again.PublishAsync("private/pm", "12", 2);
        Assert.Empty(after.Application.Received);
        await again.PublishAsync("private/pm", "13", 2);
        Assert.Equal("13", Assert.Single(after.Application.Received).Payload);
    }

    [Fact]
    public async Task Subscriptions_messages_and_releases_are_acknowledged_only_when_they_are_saved()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(store: store);
        using WireClient alice = await ConnectAsync(host, "alice");
        using WireClient bob = await ConnectAsync(host, "bob");
        bob.Answers = false;

        store.Hold();
        await alice.SendAsync(new WireWriter().UInt16(9).Byte(0).Text("open/#").Byte(1).ToPacket(MqttPacket.Subscribe, 2));
        Assert.False(await alice.HasAsync(MqttPacket.SubAck));
        store.LetGo();
        await alice.NextAsync(MqttPacket.SubAck);

        store.Hold();
        await bob.SendPublishAsync("open/a", "1", 1);
        ushort second = await bob.SendPublishAsync("private/a", "2", 2);
        Assert.False(await bob.HasAsync(MqttPacket.PubAck));
        Assert.False(await bob.HasAsync(MqttPacket.PubRec));
        store.LetGo();
        await bob.NextAsync(MqttPacket.PubAck);
        await bob.NextAsync(MqttPacket.PubRec);

        store.Hold();
        await bob.AcknowledgeAsync(MqttPacket.PubRel, second);
        Assert.False(await bob.HasAsync(MqttPacket.PubComp));
        store.LetGo();
        await bob.NextAsync(MqttPacket.PubComp);
    }

    [Fact]
    public async Task Nothing_waits_for_the_store_that_no_kept_session_needs()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(store: store);
        store.Hold();
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        await alice.SubscribeAsync("open/#", 2);
        await alice.PublishAsync("open/a", "1", 2);
        await alice.PublishAsync("private/a", "1", 1);
        await alice.DisconnectAsync();
        store.LetGo();
        Assert.Empty(store.Saved);
    }

    [Fact]
    public async Task A_session_is_only_saved_after_the_messages_that_it_says_were_received()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(store: store);
        using WireClient alice = await ConnectAsync(host, "alice");
        // SUBACK comes when everything up to it is saved; a save that is still on its way would change the state below.
        await alice.SubscribeAsync("open/a", 1);
        byte[] before = store.Saved.Values.Single().State.ToArray();
        // Without this the client releases the message at once, and the state is as before again.
        alice.Answers = false;
        host.Application.HoldsBack = true;
        await alice.SendPublishAsync("private/pm", "12", 2);
        Assert.False(await alice.HasAsync(MqttPacket.PubRec));
        Assert.Equal(before, store.Saved.Values.Single().State.ToArray());
        host.Application.Commit(1);
        await alice.NextAsync(MqttPacket.PubRec);
        Assert.NotEqual(before, store.Saved.Values.Single().State.ToArray());
    }

    [Fact]
    public async Task A_store_that_fails_is_tried_again_and_nothing_is_answered_before()
    {
        var store = new MemorySessionStore { Failures = 2 };
        await using TestHost host = await TestHost.StartAsync(manualTime: true, store: store);
        using WireClient alice = await ConnectAsync(host, "alice");
        Task<byte[]> subscribed = alice.SubscribeAsync("open/#", 1);
        await TestHost.UntilAsync(() =>
        {
            host.Time!.AdvanceToWaiter();
            return store.Failures < 0;
        });
        Assert.Equal([1], await subscribed.WaitAsync(TestHost.Patience));
    }

    [Fact]
    public async Task A_session_that_ends_is_removed_from_the_store()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(store: store);
        using WireClient alice = await ConnectAsync(host, "alice");
        await TestHost.UntilAsync(() => store.Saved.Count == 1);
        await alice.DisconnectAsync(properties: new() { { WireProperty.SessionExpiryInterval, 0 } });
        await TestHost.UntilAsync(() => store.Saved.IsEmpty);
    }

    [Fact]
    public async Task Time_goes_on_while_the_listener_is_away()
    {
        var store = new MemorySessionStore();
        await using (TestHost before = await TestHost.StartAsync(manualTime: true, store: store))
        {
            using WireClient alice = await ConnectAsync(before, "alice");
            await alice.DisconnectAsync();
            await TestHost.UntilAsync(() => before.Statistics.ConnectionsOpen == 0);
        }

        MqttStoredSession saved = store.Saved.Values.Single();
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 1, 0, 0, TimeSpan.Zero), saved.ExpiresAt);
        store.Saved[("anonymous", "alice")] = saved with { ExpiresAt = new DateTimeOffset(2026, 1, 1, 0, 0, 1, TimeSpan.Zero) };
        await using TestHost after = await TestHost.StartAsync(manualTime: true, store: store);
        Assert.Equal(1, after.Statistics.Sessions);
        after.Time!.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, after.Statistics.Sessions);
        using WireClient again = await ConnectAsync(after, "alice");
        Assert.False(again.SessionPresent);
    }

    [Fact]
    public async Task A_state_that_cannot_be_read_is_dropped_and_counted()
    {
        var store = new MemorySessionStore();
        store.Saved[("anonymous", "alice")] = new MqttStoredSession("anonymous", "alice", null, new byte[] { 200, 1, 2 });
        await using TestHost host = await TestHost.StartAsync(store: store);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice", c => c with { CleanStart = false });
        Assert.False(alice.SessionPresent);
        Assert.Equal(1, host.Statistics.SessionsUnreadable);
        await TestHost.UntilAsync(() => store.Saved.IsEmpty);
    }

    [Fact]
    public async Task A_release_that_is_repeated_before_the_first_is_saved_waits_as_well()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(store: store);
        using WireClient alice = await ConnectAsync(host, "alice");
        alice.Answers = false;
        ushort identifier = await alice.SendPublishAsync("private/pm", "12", 2);
        await alice.NextAsync(MqttPacket.PubRec);
        store.Hold();
        await alice.AcknowledgeAsync(MqttPacket.PubRel, identifier);
        Assert.False(await alice.HasAsync(MqttPacket.PubComp));
        alice.Cut();
        await host.UntilOpenAsync(0);

        using WireClient again = await ConnectAsync(host, "alice");
        again.Answers = false;
        await again.AcknowledgeAsync(MqttPacket.PubRel, identifier);
        Assert.False(await again.HasAsync(MqttPacket.PubComp));
        store.LetGo();
        WirePacket end = await again.NextAsync(MqttPacket.PubComp);
        Assert.Equal((identifier, 0x92), (end.Identifier, end.AcknowledgementReason));
    }

    [Fact]
    public async Task Repeated_releases_that_wait_to_be_saved_do_not_count_against_the_receive_maximum()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(options => options.ReceiveMaximum = 2, store: store);
        using WireClient alice = await ConnectAsync(host, "alice");
        alice.Answers = false;
        store.Hold();
        // As after a new connection: MQTT 5.0 section 4.9 lets the client send as many messages as if it had no exchange open.
        for (ushort released = 100; released <= 101; released++) await alice.AcknowledgeAsync(MqttPacket.PubRel, released);
        for (int i = 0; i < 2; i++) await alice.SendPublishAsync("private/pm", "12", 2);
        store.LetGo();
        for (int i = 0; i < 2; i++) await alice.NextAsync(MqttPacket.PubComp);
        for (int i = 0; i < 2; i++) await alice.NextAsync(MqttPacket.PubRec);
        Assert.Equal(0, host.Statistics.ProtocolErrors(MqttReasonCode.ReceiveMaximumExceeded));
    }
}
