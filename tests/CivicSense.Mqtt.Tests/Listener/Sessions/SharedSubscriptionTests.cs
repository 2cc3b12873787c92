using CivicSense.Mqtt.Tests.Conformance;
using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Listener.Sessions;

/// <summary>MQTT 5.0 section 4.8.2.</summary>
public sealed class SharedSubscriptionTests
{
    const string Filter = "$share/workers/open/#";

    static Task<WireClient> ConnectAsync(TestHost host, string clientId) => WireClient.ConnectAsync(host, MqttProtocolVersion.V5, clientId);

    [Fact]
    public async Task Members_take_turns()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient first = await ConnectAsync(host, "first");
        using WireClient second = await ConnectAsync(host, "second");
        using WireClient publisher = await ConnectAsync(host, "publisher");
        await first.SubscribeAsync(Filter, 1);
        await second.SubscribeAsync(Filter, 1);
        for (int i = 0; i < 6; i++) await publisher.PublishAsync("open/a", $"{i}", 1);
        Assert.Equal(["0", "2", "4"], (await first.NextMessagesAsync(3)).Select(message => message.Payload));
        Assert.Equal(["1", "3", "5"], (await second.NextMessagesAsync(3)).Select(message => message.Payload));
    }

    [Fact]
    public async Task Groups_and_other_subscriptions_each_get_a_copy()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient reader = await ConnectAsync(host, "reader");
        await reader.SubscribeAsync([(Filter, 1), ("$share/others/open/#", 1), ("open/#", 1)]);
        using WireClient publisher = await ConnectAsync(host, "publisher");
        await publisher.PublishAsync("open/a", "x", 1);
        await reader.NextMessagesAsync(3);
        Assert.False(await reader.HasAsync(MqttPacket.Publish));
    }

    [Theory]
    [InlineData(1, true)]
    // [MQTT-4.8.2-5]: one of QoS 2 that was sent to a member goes to no other.
    [InlineData(2, false)]
    public async Task What_a_member_leaves_unacknowledged_at_the_end_of_its_session_goes_to_another(int quality, bool isPassedOn)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient leaving = await ConnectAsync(host, "leaving");
        leaving.Answers = false;
        await leaving.SubscribeAsync(Filter, 2);
        using WireClient publisher = await ConnectAsync(host, "publisher");
        await publisher.PublishAsync("open/a", "work", quality);
        await leaving.NextMessageAsync();
        using WireClient staying = await ConnectAsync(host, "staying");
        await staying.SubscribeAsync(Filter, 2);
        leaving.Cut();
        await host.UntilOpenAsync(2);
        Assert.Equal(isPassedOn, await staying.HasAsync(MqttPacket.Publish));
    }

    [Fact]
    public async Task Work_that_a_member_had_no_time_for_goes_to_another()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumInflightMessages = 1);
        using WireClient leaving = await ConnectAsync(host, "leaving");
        leaving.Answers = false;
        await leaving.SubscribeAsync(Filter, 2);
        using WireClient publisher = await ConnectAsync(host, "publisher");
        for (int i = 0; i < 3; i++) await publisher.PublishAsync("open/a", $"{i}", 2);
        await leaving.NextMessageAsync();
        using WireClient staying = await ConnectAsync(host, "staying");
        await staying.SubscribeAsync(Filter, 2);
        leaving.Cut();
        Assert.Equal(["1", "2"], (await staying.NextMessagesAsync(2)).Select(message => message.Payload));
    }

    [Fact]
    public async Task A_member_that_is_away_gets_its_turn_only_when_nobody_is_there()
    {
        await using TestHost host = await TestHost.StartAsync();
        using (WireClient before = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "away", Versions.Persistent))
        {
            await before.SubscribeAsync(Filter, 1);
            await before.DisconnectAsync();
        }

        await host.UntilOpenAsync(0);
        using WireClient publisher = await ConnectAsync(host, "publisher");
        await publisher.PublishAsync("open/a", "alone", 1);
        using WireClient present = await ConnectAsync(host, "present");
        await present.SubscribeAsync(Filter, 1);
        for (int i = 0; i < 3; i++) await publisher.PublishAsync("open/a", "together", 1);
        await present.NextMessagesAsync(3);
        using WireClient away = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "away", Versions.Persistent);
        Assert.Equal("alone", (await away.NextMessageAsync()).Payload);
        Assert.False(await away.HasAsync(MqttPacket.Publish));
    }

    [Fact]
    public async Task A_shared_subscription_begins_without_retained_messages()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Publisher.Publish("open/a", "old"u8, retain: true);
        using WireClient reader = await ConnectAsync(host, "reader");
        await reader.SubscribeAsync(Filter, 1);
        Assert.False(await reader.HasAsync(MqttPacket.Publish));
    }

    [Fact]
    public async Task Whoever_unsubscribes_gets_no_more_work()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient reader = await ConnectAsync(host, "reader");
        await reader.SubscribeAsync(Filter, 1);
        Assert.Equal([0], await reader.UnsubscribeAsync(Filter));
        Assert.Equal([0x11], await reader.UnsubscribeAsync(Filter));
        using WireClient publisher = await ConnectAsync(host, "publisher");
        await publisher.PublishAsync("open/a", "x", 1);
        Assert.False(await reader.HasAsync(MqttPacket.Publish));
    }
}
