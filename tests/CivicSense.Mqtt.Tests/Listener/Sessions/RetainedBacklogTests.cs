using System.Text;
using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Listener.Sessions;

public sealed class RetainedBacklogTests
{
    [Fact]
    public async Task Many_more_retained_messages_than_the_output_holds_all_arrive()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumQueuedBytesPerSession = 4096);
        for (int i = 0; i < 3000; i++) host.Publisher.Publish($"open/{i}", Encoding.UTF8.GetBytes(new string('x', 100)), retain: true);
        using WireClient reader = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "reader");
        await reader.SubscribeAsync("open/#");
        Assert.Equal(3000, (await reader.NextMessagesAsync(3000)).Select(message => message.Topic).Distinct().Count());
        Assert.Equal(0, host.Statistics.DeliveriesDropped);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Many_more_than_a_session_may_keep_all_arrive(int quality)
    {
        await using TestHost host = await TestHost.StartAsync(
            options => (options.MaximumQueuedMessagesPerSession, options.MaximumInflightMessages) = (4, 2));
        using WireClient publisher = await WireClient.ConnectAsync(host, MqttProtocolVersion.V311, "publisher");
        for (int i = 0; i < 50; i++) await publisher.PublishAsync($"open/{i}", "x", quality, retain: true);
        using WireClient reader = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "reader");
        await reader.SubscribeAsync("open/#", quality);
        Assert.Equal(50, (await reader.NextMessagesAsync(50)).Select(message => message.Topic).Distinct().Count());
        Assert.Equal(0, host.Statistics.DeliveriesDropped);
    }

    [Fact]
    public async Task A_retained_message_that_is_replaced_while_it_waits_is_not_delivered_after_its_successor()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumInflightMessages = 1);
        using WireClient publisher = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "publisher");
        await publisher.PublishAsync("open/a", "old", 1, retain: true);
        await publisher.PublishAsync("open/b", "old", 1, retain: true);
        using WireClient reader = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "reader");
        reader.Answers = false;
        await reader.SubscribeAsync("open/#", 1);
        WireMessage first = await reader.NextMessageAsync();
        string waiting = first.Topic == "open/a" ? "open/b" : "open/a";
        await publisher.PublishAsync(waiting, "new", 1, retain: true);
        reader.Answers = true;
        await reader.AcknowledgeAsync(MqttPacket.PubAck, first.Identifier);
        WireMessage second = await reader.NextMessageAsync();
        Assert.Equal((waiting, "new"), (second.Topic, second.Payload));
        Assert.False(await reader.HasAsync(MqttPacket.Publish));
    }

    static readonly string Large = new('x', 500);

    static Task<WireClient> SmallReaderAsync(TestHost host) => WireClient.ConnectAsync(
        host, MqttProtocolVersion.V5, "reader", connect => connect with
        {
            Properties = new() { { WireProperty.SessionExpiryInterval, 3600 }, { WireProperty.MaximumPacketSize, 300 } },
        });

    // Nothing more comes from the client once the first messages may go out.
    static async Task SubscribeAndThenSaveAsync(WireClient reader, MemorySessionStore store)
    {
        store.Hold();
        await reader.SendAsync(new WireWriter().UInt16(9).Byte(0).Text("open/#").Byte(2).ToPacket(MqttPacket.Subscribe, 2));
        Assert.False(await reader.HasAsync(MqttPacket.SubAck));
        store.LetGo();
    }

    [Fact]
    public async Task What_is_too_large_for_the_client_does_not_hold_up_what_comes_after_it()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumInflightMessages = 2, store: store);
        using WireClient publisher = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "publisher");
        for (int i = 0; i < 7; i++) await publisher.PublishAsync($"open/{i}", Large, 2, retain: true);
        for (int i = 7; i < 12; i++) await publisher.PublishAsync($"open/{i}", "small", 2, retain: true);
        using WireClient reader = await SmallReaderAsync(host);
        await SubscribeAndThenSaveAsync(reader, store);
        Assert.Equal(5, (await reader.NextMessagesAsync(5)).Select(message => message.Topic).Distinct().Count());
        Assert.Equal(7, host.Statistics.Dropped(MqttDropReason.TooLarge));
    }

    [Fact]
    public async Task Nor_does_it_when_more_comes_than_the_output_holds()
    {
        var store = new MemorySessionStore();
        await using TestHost host = await TestHost.StartAsync(
            options => (options.MaximumInflightMessages, options.MaximumQueuedBytesPerSession) = (1, 4096), store: store);
        using WireClient publisher = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "publisher");
        // The second waits for the first, and all others for the second.
        for (int i = 0; i < 2; i++) await publisher.PublishAsync($"open/large/{i}", Large, 2, retain: true);
        for (int i = 0; i < 300; i++) host.Publisher.Publish($"open/{i}", Encoding.UTF8.GetBytes(new string('x', 100)), retain: true);
        using WireClient reader = await SmallReaderAsync(host);
        await SubscribeAndThenSaveAsync(reader, store);
        Assert.Equal(300, (await reader.NextMessagesAsync(300)).Select(message => message.Topic).Distinct().Count());
        await TestHost.UntilAsync(() => host.Statistics.Dropped(MqttDropReason.TooLarge) == 2);
        Assert.Equal(2, host.Statistics.DeliveriesDropped);
    }
}
