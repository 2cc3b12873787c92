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
        Assert.Equal((waiting, "new"), ((await reader.NextMessageAsync()) is var message ? (message.Topic, message.Payload) : default));
        Assert.False(await reader.HasAsync(MqttPacket.Publish));
    }
}
