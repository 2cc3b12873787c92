using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Conformance;

/// <summary>The cases "will message", "keepalive" and "will delay" of Eclipse's interoperability suites, on a clock that the test moves.</summary>
public sealed class WillTests
{
    static readonly TimeSpan Sweep = TimeSpan.FromSeconds(0.5);

    public static TheoryData<MqttProtocolVersion> BothVersions => Versions.Both;

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task A_cut_connection_leaves_a_will(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        WireProperties properties = new() { { WireProperty.UserProperty, ("a", "2") }, { WireProperty.UserProperty, ("c", "3") } };
        using WireClient bob = await WireClient.ConnectAsync(host, version, "bob");
        await bob.SubscribeAsync("open/will", 2);
        using WireClient alice = await WireClient.ConnectAsync(
            host, version, "alice", connect => connect with { Will = new("open/will", "gone") { Properties = properties } });

        alice.Cut();

        WireMessage will = await bob.NextMessageAsync();
        Assert.Equal(("open/will", "gone", 2, false), (will.Topic, will.Payload, will.QualityOfService, will.Retain));
        if (version == MqttProtocolVersion.V5) Assert.Equal([("a", "2"), ("c", "3")], will.Properties.User);
        Assert.Empty(await bob.MessagesBeforeFenceAsync(bob));
    }

    /// <summary>[MQTT-3.14.4-3].</summary>
    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task A_client_that_says_goodbye_leaves_none(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient bob = await WireClient.ConnectAsync(host, version, "bob");
        await bob.SubscribeAsync("open/will", 2);
        using WireClient alice = await WireClient.ConnectAsync(
            host, version, "alice", connect => connect with { Will = new("open/will", "gone") });

        await alice.DisconnectAsync();
        await host.UntilOpenAsync(1);

        Assert.Empty(await bob.MessagesBeforeFenceAsync(bob));
    }

    /// <summary>Section 3.1.2.10: one and a half times the keep-alive.</summary>
    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task Silence_of_one_and_a_half_keep_alives_ends_the_connection_and_leaves_the_will(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync(manualTime: true);
        using WireClient alice = await WireClient.ConnectAsync(
            host, version, "alice", connect => connect with { KeepAlive = 5, Will = new("open/will", "silent") });
        using WireClient bob = await WireClient.ConnectAsync(host, version, "bob");
        await bob.SubscribeAsync("open/will", 2);

        host.Time!.Advance(TimeSpan.FromSeconds(7.25));
        Assert.Empty(await bob.MessagesBeforeFenceAsync(bob));
        host.Time.Advance(Sweep);

        Assert.Equal("silent", (await bob.NextMessageAsync()).Payload);
        Assert.Equal(version == MqttProtocolVersion.V5 ? (byte)0x8D : null, await alice.EndReasonAsync());
    }

    /// <summary>Section 3.1.3.2.2: at the end of the delay or of the session, whichever is first.</summary>
    [Theory]
    [InlineData(3, 5, 3)]
    [InlineData(5, 2, 2)]
    [InlineData(5, 0, 0)]
    public async Task A_delayed_will_comes_at_the_end_of_its_delay_or_of_the_session(int delay, int sessionExpiry, int expected)
    {
        await using TestHost host = await TestHost.StartAsync(manualTime: true);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice", Delayed(delay, sessionExpiry));
        using WireClient bob = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "bob");
        await bob.SubscribeAsync("open/will", 2);
        alice.Cut();
        await host.UntilOpenAsync(1);

        if (expected > 0)
        {
            host.Time!.Advance(TimeSpan.FromSeconds(expected) - Sweep);
            Assert.Empty(await bob.MessagesBeforeFenceAsync(bob));
        }

        host.Time!.Advance(2 * Sweep);
        Assert.Equal("gone", (await bob.NextMessageAsync()).Payload);
        Assert.Empty(await bob.MessagesBeforeFenceAsync(bob));
    }

    /// <summary>[MQTT-3.1.3-9].</summary>
    [Fact]
    public async Task A_delayed_will_is_cancelled_by_a_client_that_comes_back_in_time()
    {
        await using TestHost host = await TestHost.StartAsync(manualTime: true);
        using WireClient bob = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "bob");
        await bob.SubscribeAsync("open/will", 2);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice", Delayed(3, 5));
        alice.Cut();
        await host.UntilOpenAsync(1);
        host.Time!.Advance(TimeSpan.FromSeconds(2));

        using WireClient again = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "alice", connect => connect with { CleanStart = false });
        Assert.True(again.SessionPresent);

        host.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(await bob.MessagesBeforeFenceAsync(bob));
    }

    static Func<WireConnect, WireConnect> Delayed(int delay, int sessionExpiry) => connect => connect with
    {
        Properties = new() { { WireProperty.SessionExpiryInterval, sessionExpiry } },
        Will = new("open/will", "gone") { Properties = new() { { WireProperty.WillDelayInterval, delay } } },
    };
}
