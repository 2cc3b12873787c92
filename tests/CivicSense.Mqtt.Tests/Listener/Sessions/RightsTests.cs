using CivicSense.Mqtt.Tests.Conformance;
using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Listener.Sessions;

/// <summary>A right may go after SUBSCRIBE: what a client may receive is asked at every delivery.</summary>
public sealed class RightsTests
{
    static Task<WireClient> ReaderAsync(TestHost host) => WireClient.ConnectAsync(
        host, MqttProtocolVersion.V5, "reader", connect => connect.Persistent() with { UserName = "reader", Password = "secret" });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_live_message_does_not_reach_a_client_that_has_lost_the_right(int quality)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient reader = await ReaderAsync(host);
        using WireClient publisher = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "publisher");
        await reader.SubscribeAsync("open/#", 2);
        host.Application.Withheld["reader"] = "open/secret";
        await publisher.PublishAsync("open/secret", "1", quality);
        await publisher.PublishAsync("open/else", "2", quality);
        Assert.Equal("open/else", (await reader.NextMessageAsync()).Topic);
        Assert.Equal(1, host.Statistics.Dropped(MqttDropReason.NotAuthorized));
    }

    [Fact]
    public async Task A_retained_message_does_not()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Publisher.Publish("open/secret", "1"u8, retain: true);
        host.Publisher.Publish("open/else", "2"u8, retain: true);
        host.Application.Withheld["reader"] = "open/secret";
        using WireClient reader = await ReaderAsync(host);
        await reader.SubscribeAsync("open/#", 2);
        Assert.Equal("open/else", (await reader.NextMessageAsync()).Topic);
        Assert.False(await reader.HasAsync(MqttPacket.Publish));
    }

    [Theory]
    [InlineData(false, "open/#")]
    [InlineData(true, "open/#")]
    [InlineData(false, "open/status")]
    [InlineData(true, "open/status")]
    public async Task A_retained_message_goes_with_the_right_of_its_publisher_to_be_here(bool isRevoked, string filter)
    {
        await using TestHost host = await TestHost.StartAsync();
        using (WireClient before = await ReaderAsync(host))
        {
            await before.PublishAsync("open/status", "private", 1, retain: true);
            await before.DisconnectAsync();
        }

        await host.UntilOpenAsync(0);
        // As when a device is deleted, and another household gets its name.
        if (isRevoked) host.Application.RevokeAll();
        using WireClient after = await ReaderAsync(host);
        await after.SubscribeAsync(filter, 2);
        Assert.Equal(!isRevoked, await after.HasAsync(MqttPacket.Publish));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_is_not_resumed_after_its_owner_has_lost_the_right_to_be_here(bool isRevoked)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient publisher = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "publisher");
        using (WireClient before = await ReaderAsync(host))
        {
            await before.SubscribeAsync("open/#", 2);
            await before.DisconnectAsync();
        }

        await host.UntilOpenAsync(1);
        await publisher.PublishAsync("open/waiting", "1", 1);
        // As when a device is deleted while it is away, and another gets its name.
        if (isRevoked) host.Application.RevokeAll();
        using WireClient after = await ReaderAsync(host);
        Assert.Equal(!isRevoked, await after.HasAsync(MqttPacket.Publish));
    }

    [Theory]
    [InlineData(false, "waiting")]
    [InlineData(true, "in flight")]
    public async Task A_message_that_was_kept_before_the_right_went_does_not(bool wasSent, string what)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient publisher = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "publisher");
        using (WireClient before = await ReaderAsync(host))
        {
            await before.SubscribeAsync("open/#", 2);
            before.Answers = false;
            if (!wasSent) await before.DisconnectAsync();
            if (!wasSent) await host.UntilOpenAsync(1);
            await publisher.PublishAsync("open/secret", what, 2);
            await publisher.PublishAsync("open/else", what, 2);
            if (wasSent) await before.NextMessagesAsync(2);
            before.Cut();
        }

        await host.UntilOpenAsync(1);
        host.Application.Withheld["reader"] = "open/secret";
        using WireClient after = await ReaderAsync(host);
        WireMessage message = await after.NextMessageAsync();
        Assert.Equal(("open/else", wasSent), (message.Topic, message.Duplicate));
        Assert.False(await after.HasAsync(MqttPacket.Publish));
    }
}
