using CivicSense.Mqtt.Tests.Conformance;
using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Listener.Sessions;

public sealed class SessionLimitTests
{
    static Task<WireClient> KeptAsync(TestHost host, string clientId, string user = "user") => WireClient.ConnectAsync(
        host, MqttProtocolVersion.V5, clientId, connect => connect.Persistent() with { UserName = user, Password = "secret" });

    [Fact]
    public async Task A_client_that_comes_back_while_it_is_still_connected_takes_over_its_session()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient old = await KeptAsync(host, "alice");
        await old.SubscribeAsync("open/#", 1);
        using WireClient next = await KeptAsync(host, "alice");
        Assert.True(next.SessionPresent);
        Assert.Equal((byte)0x8E, await old.EndReasonAsync());
        using WireClient publisher = await KeptAsync(host, "bob");
        await publisher.PublishAsync("open/a", "1", 1);
        await next.NextMessageAsync();
        Assert.Equal("alice", Assert.Single(host.Application.Closed));
    }

    [Fact]
    public async Task Another_identity_with_the_same_client_identifier_gets_nothing_of_the_session()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient owner = await KeptAsync(host, "alice");
        await owner.SubscribeAsync("open/#", 1);
        await owner.DisconnectAsync();
        await host.UntilOpenAsync(0);
        using WireClient publisher = await KeptAsync(host, "bob");
        await publisher.PublishAsync("open/a", "1", 1);
        using WireClient other = await KeptAsync(host, "alice", user: "mallory");
        Assert.False(other.SessionPresent);
        Assert.False(await other.HasAsync(MqttPacket.Publish));
        using WireClient again = await KeptAsync(host, "alice");
        await again.NextMessageAsync();
    }

    [Fact]
    public async Task A_clean_start_forgets_everything()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient before = await KeptAsync(host, "alice");
        await before.SubscribeAsync("open/#", 1);
        using WireClient clean = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "alice", connect => connect with { UserName = "user", Password = "secret" });
        Assert.False(clean.SessionPresent);
        using WireClient publisher = await KeptAsync(host, "bob");
        await publisher.PublishAsync("open/a", "1", 1);
        Assert.False(await clean.HasAsync(MqttPacket.Publish));
        Assert.Equal(2, host.Statistics.Sessions);
    }

    [Fact]
    public async Task Messages_beyond_what_a_session_may_keep_are_dropped_and_counted()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumQueuedMessagesPerSession = 3);
        using WireClient alice = await KeptAsync(host, "alice");
        await alice.SubscribeAsync("open/#", 1);
        await alice.DisconnectAsync();
        await host.UntilOpenAsync(0);
        using WireClient bob = await KeptAsync(host, "bob");
        for (int i = 0; i < 5; i++) await bob.PublishAsync("open/a", $"{i}", 1);
        using WireClient again = await KeptAsync(host, "alice");
        Assert.Equal(["0", "1", "2"], (await again.NextMessagesAsync(3)).Select(message => message.Payload));
        Assert.False(await again.HasAsync(MqttPacket.Publish));
        Assert.Equal(2, host.Statistics.Dropped(MqttDropReason.QueueFull));
    }

    [Fact]
    public async Task All_sessions_share_one_budget_of_bytes_and_give_back_what_was_taken_over()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumQueuedBytes = 100);
        using WireClient alice = await KeptAsync(host, "alice");
        await alice.SubscribeAsync("open/#", 1);
        using WireClient bob = await KeptAsync(host, "bob");
        for (int i = 0; i < 20; i++)
        {
            await bob.PublishAsync("open/a", new string('x', 80), 1);
            await alice.NextMessageAsync();
            await alice.HasAsync(MqttPacket.Publish);
        }

        await bob.PublishAsync("open/a", new string('x', 100), 1);
        Assert.Equal(1, host.Statistics.Dropped(MqttDropReason.QueueFull));
    }

    [Fact]
    public async Task Whoever_makes_up_new_identifiers_loses_its_own_oldest_session()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumConnectionsPerIdentity = 2);
        using (WireClient other = await KeptAsync(host, "other", user: "other")) await other.DisconnectAsync();
        foreach (string clientId in (string[])["a", "b", "c", "d"])
        {
            using WireClient client = await KeptAsync(host, clientId);
            await client.DisconnectAsync();
            await host.UntilOpenAsync(0);
        }

        Assert.Equal(3, host.Statistics.Sessions);
        using WireClient newest = await KeptAsync(host, "d");
        Assert.True(newest.SessionPresent);
        using WireClient untouched = await KeptAsync(host, "other", user: "other");
        Assert.True(untouched.SessionPresent);
    }

    [Fact]
    public async Task A_client_without_a_session_is_refused_when_there_are_too_many()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumSessions = 1);
        using WireClient alice = await KeptAsync(host, "alice");
        using WireClient bob = await WireClient.OpenAsync(host, MqttProtocolVersion.V5);
        await bob.SendAsync(new WireConnect("bob", MqttProtocolVersion.V5).ToPacket());
        Assert.Equal(0x97, (await bob.NextAsync(MqttPacket.ConnAck)).AsConnAck().Reason);
    }

    [Fact]
    public async Task The_application_may_grant_a_client_less_than_the_listener()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Application.Limits = new MqttSessionLimits
        {
            MaximumSessionExpiry = TimeSpan.Zero,
            MaximumSubscriptions = 1,
            MaximumConnections = 1,
        };
        using WireClient alice = await KeptAsync(host, "alice");
        Assert.Equal(0, alice.ConnAck.Number(WireProperty.SessionExpiryInterval));
        Assert.Equal([0, 0x97], await alice.SubscribeAsync([("open/a", 0), ("open/b", 0)]));
        using WireClient second = await WireClient.OpenAsync(host, MqttProtocolVersion.V5);
        await second.SendAsync(new WireConnect("bob", MqttProtocolVersion.V5) { UserName = "user", Password = "secret" }.ToPacket());
        Assert.Equal(0x97, (await second.NextAsync(MqttPacket.ConnAck)).AsConnAck().Reason);
    }

    [Fact]
    public async Task Above_its_rate_a_client_is_read_more_slowly_and_nothing_is_lost()
    {
        await using TestHost host = await TestHost.StartAsync(
            options => (options.PublishRate, options.PublishBurst) = (10, 5), manualTime: true);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        for (int i = 0; i < 20; i++) await alice.SendPublishAsync("private/a", $"{i}");
        DateTimeOffset start = host.Time!.GetUtcNow();
        await TestHost.UntilAsync(() =>
        {
            long allowed = 5 + (host.Time.GetUtcNow() - start).Ticks * 10 / TimeSpan.TicksPerSecond;
            Assert.True(host.Application.Received.Count <= allowed, "More came than the rate allows.");
            host.Time.AdvanceToWaiter();
            return host.Application.Received.Count == 20;
        });
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), host.Application.Received.Select(message => message.Payload));
    }

    [Fact]
    public async Task One_address_cannot_use_up_the_connections()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumConnectionsPerAddress = 1);
        using (WireClient first = await KeptAsync(host, "first"))
        {
            using RawConnection second = await host.OpenAsync();
            Assert.Empty(await second.ReadToEndAsync());
        }

        await host.UntilOpenAsync(0);
        using WireClient third = await KeptAsync(host, "third");
        Assert.Equal(1, host.Statistics.ConnectionsOverLimit);
    }

    [Fact]
    public async Task Strangers_together_may_only_send_so_much()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumUnauthenticatedBytes = 4096);
        var strangers = new List<RawConnection>();
        byte[] half = [0x10, 0xF0, 0x1F, .. new byte[3000]];
        for (int i = 0; i < 2; i++)
        {
            strangers.Add(await host.OpenAsync());
            await strangers[i].SendAsync(half);
            await TestHost.UntilAsync(() => host.Statistics.ConnectionsOpen + host.Statistics.ConnectionsOverLimit == i + 1);
        }

        await TestHost.UntilAsync(() => host.Statistics.ConnectionsOverLimit == 1);
        foreach (RawConnection stranger in strangers) stranger.Dispose();
        await host.UntilOpenAsync(0);
        using WireClient welcome = await KeptAsync(host, "alice");
    }

    [Theory]
    [InlineData("open/aaaaaaaaaaaaaaaa", "too long")]
    [InlineData("open/a/b/c", "too deep")]
    public async Task Topics_that_are_too_long_or_too_deep_are_no_topics_here(string topic, string what)
    {
        await using TestHost host =
            await TestHost.StartAsync(options => (options.MaximumTopicLength, options.MaximumTopicLevels) = (20, 3));
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        Assert.Equal([0x8F], await alice.SubscribeAsync(topic));
        await alice.SendPublishAsync(topic, what, 1);
        Assert.Equal((byte)0x90, await alice.EndReasonAsync());
    }
}
