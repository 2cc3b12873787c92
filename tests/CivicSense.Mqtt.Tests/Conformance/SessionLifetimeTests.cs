using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Conformance;

/// <summary>The cases "offline message queueing", "redelivery on reconnect" and "session expiry" of Eclipse's interoperability suites.</summary>
public sealed class SessionLifetimeTests
{
    public static TheoryData<MqttProtocolVersion> BothVersions => Versions.Both;

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task Messages_wait_for_a_client_that_is_away(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient bob = await WireClient.ConnectAsync(host, version, "bob");
        using (WireClient before = await WireClient.ConnectAsync(host, version, "alice", Versions.Persistent))
        {
            Assert.False(before.SessionPresent);
            await before.SubscribeAsync("open/+/+", 2);
            await before.DisconnectAsync();
        }

        await host.UntilOpenAsync(1);
        for (int quality = 0; quality < 3; quality++) await bob.PublishAsync($"open/a/{quality}", $"quality {quality}", quality);

        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice", Versions.Persistent);
        Assert.True(alice.SessionPresent);
        IReadOnlyList<WireMessage> messages = await alice.MessagesBeforeFenceAsync(bob);
        // Whether QoS 0 waits too is the server's choice (section 4.1).
        Assert.Equal(["quality 1", "quality 2"], messages.Where(message => message.QualityOfService > 0).Select(message => message.Payload));
    }

    /// <summary>[MQTT-4.4.0-1]: what was not acknowledged comes again, in order, with DUP and under the same identifier.</summary>
    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task What_was_not_acknowledged_comes_again_after_a_reconnect(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        using WireClient silent = await WireClient.ConnectAsync(host, version, "bob", Versions.Persistent);
        await silent.SubscribeAsync("open/a/#", 2);
        silent.Answers = false;
        await alice.PublishAsync("open/a/b", "one", 1);
        await alice.PublishAsync("open/a/c", "two", 2);
        WireMessage[] first = await silent.NextMessagesAsync(2);
        await silent.DisconnectAsync();
        await host.UntilOpenAsync(1);

        using (WireClient bob = await WireClient.ConnectAsync(host, version, "bob", Versions.Persistent))
        {
            Assert.True(bob.SessionPresent);
            WireMessage[] again = await bob.NextMessagesAsync(2);
            Assert.All(first, message => Assert.False(message.Duplicate));
            Assert.Equal(
                first.Select(message => (message.Identifier, message.Topic, message.Payload, message.QualityOfService, true)),
                again.Select(message => (message.Identifier, message.Topic, message.Payload, message.QualityOfService, message.Duplicate)));
            Assert.Empty(await bob.MessagesBeforeFenceAsync(alice));
            await bob.NextAsync(MqttPacket.PubRel);
            await bob.DisconnectAsync();
        }

        await host.UntilOpenAsync(1);
        using WireClient satisfied = await WireClient.ConnectAsync(host, version, "bob", Versions.Persistent);
        Assert.Empty(await satisfied.MessagesBeforeFenceAsync(alice));
    }

    /// <summary>Section 4.4: after PUBREC it is PUBREL that is repeated, never the message.</summary>
    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task A_message_that_was_received_is_not_sent_again_but_released_again(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        using WireClient halfway = await WireClient.ConnectAsync(host, version, "bob", Versions.Persistent);
        await halfway.SubscribeAsync("open/a", 2);
        halfway.Answers = false;
        await alice.PublishAsync("open/a", "once", 2);
        WireMessage message = await halfway.NextMessageAsync();
        await halfway.AcknowledgeAsync(MqttPacket.PubRec, message.Identifier);
        await halfway.NextAsync(MqttPacket.PubRel);
        halfway.Cut();
        await host.UntilOpenAsync(1);

        using WireClient bob = await WireClient.ConnectAsync(host, version, "bob", Versions.Persistent);
        Assert.Equal(message.Identifier, (await bob.NextAsync(MqttPacket.PubRel)).Identifier);
        Assert.Empty(await bob.MessagesBeforeFenceAsync(alice));
    }

    /// <summary>Section 3.1.2.11.2.</summary>
    [Fact]
    public async Task A_session_lives_as_long_as_its_client_asked()
    {
        await using TestHost host = await TestHost.StartAsync(manualTime: true);
        Assert.False(await ConnectAndLeaveAsync(host, cleanStart: true, expiry: 0));
        Assert.False(await ConnectAndLeaveAsync(host, cleanStart: false, expiry: 0));

        Assert.False(await ConnectAndLeaveAsync(host, cleanStart: true, expiry: 5));
        host.Time!.Advance(TimeSpan.FromSeconds(4));
        Assert.True(await ConnectAndLeaveAsync(host, cleanStart: false, expiry: 5));
        host.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.False(await ConnectAndLeaveAsync(host, cleanStart: false, expiry: 5));
    }

    /// <summary>Section 3.14.2.2.2: DISCONNECT may change the interval.</summary>
    [Fact]
    public async Task The_last_word_about_a_sessions_life_is_in_disconnect()
    {
        await using TestHost host = await TestHost.StartAsync(manualTime: true);
        Assert.False(await ConnectAndLeaveAsync(host, cleanStart: true, expiry: 1, lastExpiry: 5));
        host.Time!.Advance(TimeSpan.FromSeconds(3));
        Assert.True(await ConnectAndLeaveAsync(host, cleanStart: false, expiry: 5, lastExpiry: 0));
        Assert.False(await ConnectAndLeaveAsync(host, cleanStart: false, expiry: 0));
    }

    /// <summary>Section 3.14.2.2.2: an interval of 0 cannot be raised by the last packet.</summary>
    [Fact]
    public async Task A_session_without_a_life_of_its_own_cannot_be_given_one_at_the_end()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        await alice.SendAsync(new WireWriter().Byte(0)
            .Raw(new WireProperties { { WireProperty.SessionExpiryInterval, 5 } }.ToBytes()).ToPacket(MqttPacket.Disconnect));
        Assert.Equal((byte)0x82, await alice.EndReasonAsync());
    }

    /// <summary>One connection; whether a session was found.</summary>
    static async Task<bool> ConnectAndLeaveAsync(TestHost host, bool cleanStart, int expiry, int? lastExpiry = null)
    {
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice", connect => connect with
        {
            CleanStart = cleanStart,
            Properties = new() { { WireProperty.SessionExpiryInterval, expiry } },
        });
        await alice.SubscribeAsync("open/a", 2);
        WireProperties? last = lastExpiry is { } seconds ? new() { { WireProperty.SessionExpiryInterval, seconds } } : null;
        await alice.DisconnectAsync(0, last);
        await host.UntilOpenAsync(0);
        return alice.SessionPresent;
    }
}
