using System.Text;
using CivicSense.Mqtt.Tests.Conformance;
using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Listener.Sessions;

/// <summary>A delayed will of a lasting session over a restart of the listener, MQTT 5.0 section 3.1.3.2.2.</summary>
public sealed class SavedWillTests
{
    const string Secret = "thirty-one point five";

    readonly MemorySessionStore store = new();

    /// <summary>The manual clock begins at the same instant in both lives of the listener.</summary>
    Task<TestHost> StartAsync() => TestHost.StartAsync(manualTime: true, store: store);

    /// <summary>A connection is cut that has left a will; then the listener stops.</summary>
    async Task LeaveWillAsync(string topic = "open/will", int delay = 10, int expiry = 3600)
    {
        WireProperties properties = new() { { WireProperty.WillDelayInterval, delay }, { WireProperty.UserProperty, ("a", "2") } };
        await using TestHost before = await StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(before, MqttProtocolVersion.V5, "alice", connect => connect with
        {
            Properties = new() { { WireProperty.SessionExpiryInterval, expiry } },
            Will = new(topic, Secret) { Properties = properties },
        });
        alice.Cut();
        await before.UntilOpenAsync(0);
    }

    static async Task<WireClient> WatcherAsync(TestHost host)
    {
        WireClient bob = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "bob");
        await bob.SubscribeAsync("#", 2);
        return bob;
    }

    [Fact]
    public async Task It_is_published_when_it_is_due()
    {
        await LeaveWillAsync();
        await using TestHost after = await StartAsync();
        using WireClient bob = await WatcherAsync(after);
        after.Time!.Advance(TimeSpan.FromSeconds(9.5));
        Assert.Empty(await bob.MessagesBeforeFenceAsync(bob));

        after.Time.Advance(TimeSpan.FromSeconds(1));
        WireMessage will = await bob.NextMessageAsync();
        Assert.Equal(("open/will", Secret, 2), (will.Topic, will.Payload, will.QualityOfService));
        Assert.Equal([("a", "2")], will.Properties.User);
        Assert.Contains(after.Application.Received, message => message.Topic == "open/will");
    }

    [Fact]
    public async Task It_is_published_once()
    {
        await LeaveWillAsync();
        await using (TestHost after = await StartAsync())
        {
            using WireClient bob = await WatcherAsync(after);
            after.Time!.Advance(TimeSpan.FromSeconds(11));
            await bob.NextMessageAsync();
        }

        await using TestHost later = await StartAsync();
        using WireClient watcher = await WatcherAsync(later);
        later.Time!.Advance(TimeSpan.FromSeconds(11));
        Assert.Empty(await watcher.MessagesBeforeFenceAsync(watcher));
    }

    [Fact]
    public async Task It_is_published_when_the_session_ends_before()
    {
        await LeaveWillAsync(delay: 100, expiry: 5);
        await using TestHost after = await StartAsync();
        using WireClient bob = await WatcherAsync(after);
        after.Time!.Advance(TimeSpan.FromSeconds(5.5));
        Assert.Equal(Secret, (await bob.NextMessageAsync()).Payload);
    }

    /// <summary>[MQTT-3.1.3-9].</summary>
    [Fact]
    public async Task A_client_that_comes_back_in_time_cancels_it_for_good()
    {
        await LeaveWillAsync();
        await using (TestHost after = await StartAsync())
        {
            using WireClient alice = await WireClient.ConnectAsync(after, MqttProtocolVersion.V5, "alice", Versions.Persistent);
            Assert.True(alice.SessionPresent);
            await alice.DisconnectAsync();
        }

        await using TestHost later = await StartAsync();
        using WireClient bob = await WatcherAsync(later);
        later.Time!.Advance(TimeSpan.FromSeconds(11));
        Assert.Empty(await bob.MessagesBeforeFenceAsync(bob));
    }

    [Fact]
    public async Task Of_somebody_who_is_not_known_any_more_it_is_dropped()
    {
        await LeaveWillAsync();
        await using TestHost after = await TestHost.StartAsync(
            manualTime: true, store: store, prepare: application => application.Gone["anonymous"] = true);
        using WireClient bob = await WatcherAsync(after);
        after.Time!.Advance(TimeSpan.FromSeconds(11));
        Assert.Empty(await bob.MessagesBeforeFenceAsync(bob));
    }

    [Fact]
    public async Task What_the_application_consumes_never_waits_on_disk()
    {
        await LeaveWillAsync(topic: "private/pm");
        byte[] state = Assert.Single(store.Saved.Values).State.ToArray();
        Assert.Equal(-1, state.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)));

        await LeaveWillAsync(topic: "open/will");
        state = Assert.Single(store.Saved.Values).State.ToArray();
        Assert.NotEqual(-1, state.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)));
    }

    [Fact]
    public async Task When_the_listener_stops_wills_begin_to_wait_instead_of_being_published_or_lost()
    {
        await using (TestHost before = await StartAsync())
        {
            using WireClient alice = await WireClient.ConnectAsync(before, MqttProtocolVersion.V5, "alice", connect => connect with
            {
                Properties = new() { { WireProperty.SessionExpiryInterval, 3600 } },
                Will = new("open/will", Secret) { Properties = new() { { WireProperty.WillDelayInterval, 10 } } },
            });
        }

        await using TestHost after = await StartAsync();
        using WireClient bob = await WatcherAsync(after);
        after.Time!.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(Secret, (await bob.NextMessageAsync()).Payload);
    }
}
