using System.Text;

namespace CivicSense.Mqtt.Tests.Listener;

public sealed class RoutingTests
{
    static async Task<string> NextAsync(MqttClient client)
    {
        MqttReceivedMessage message = await client.Messages.ReadAsync().AsTask().WaitAsync(TestHost.Patience);
        return $"{message.Topic}={Encoding.UTF8.GetString(message.Payload.Span)}{(message.Retain ? " retained" : "")}";
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Theory]
    [InlineData(MqttProtocolVersion.V5)]
    [InlineData(MqttProtocolVersion.V311)]
    public async Task Subscribers_get_what_the_application_routes_and_nothing_it_consumes(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        await using MqttClient subscriber = await host.ConnectAsync("subscriber", o => o with { Version = version });
        await using MqttClient publisher = await host.ConnectAsync("publisher");
        Assert.Equal(MqttReasonCode.Success, await subscriber.SubscribeAsync("#"));
        await publisher.PublishAsync(Bytes("private/pm"), Bytes("12"), 1);
        await publisher.PublishAsync(Bytes("open/a"), Bytes("1"), 0);
        await publisher.PublishAsync(Bytes("open/b"), Bytes("2"), 1);
        Assert.Equal("open/a=1", await NextAsync(subscriber));
        Assert.Equal("open/b=2", await NextAsync(subscriber));
        await subscriber.UnsubscribeAsync("#");
        await publisher.PublishAsync(Bytes("open/c"), Bytes("3"), 1);
        await publisher.DrainAsync().WaitAsync(TestHost.Patience);
        Assert.False(subscriber.Messages.TryRead(out _));
    }

    [Fact]
    public async Task Retained_messages_reach_later_subscribers_until_an_empty_one_removes_them()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Publisher.Publish("open/a", "1"u8, retain: true);
        host.Publisher.Publish("open/a", "2"u8, retain: true);
        host.Publisher.Publish("$SYS/a", "3"u8, retain: true);
        await using MqttClient first = await host.ConnectAsync("first");
        await first.SubscribeAsync("#");
        Assert.Equal("open/a=2 retained", await NextAsync(first));
        await first.SubscribeAsync("$SYS/#");
        Assert.Equal("$SYS/a=3 retained", await NextAsync(first));
        host.Publisher.Publish("open/a", default, retain: true);
        Assert.Equal("open/a=", await NextAsync(first));
        await using MqttClient second = await host.ConnectAsync("second");
        await second.SubscribeAsync("open/#");
        host.Publisher.Publish("open/end", "x"u8, retain: false);
        Assert.Equal("open/end=x", await NextAsync(second));
    }

    [Theory]
    [InlineData("$share/g/forbidden/a", MqttReasonCode.NotAuthorized)]
    [InlineData("forbidden/a", MqttReasonCode.NotAuthorized)]
    [InlineData("a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", MqttReasonCode.TopicFilterInvalid)]
    public async Task Filters_that_are_not_accepted_are_refused_one_by_one(string filter, MqttReasonCode reason)
    {
        await using TestHost host = await TestHost.StartAsync();
        await using MqttClient newer = await host.ConnectAsync("newer");
        await using MqttClient older = await host.ConnectAsync("older", o => o with { Version = MqttProtocolVersion.V311 });
        Assert.Equal(reason, (await Assert.ThrowsAsync<MqttException>(() => newer.SubscribeAsync(filter))).Reason);
        Assert.Equal(MqttReasonCode.UnspecifiedError, (await Assert.ThrowsAsync<MqttException>(() => older.SubscribeAsync(filter))).Reason);
        await newer.SubscribeAsync("open/a");
    }

    [Fact]
    public async Task Subscriptions_beyond_the_quota_are_refused()
    {
        await using TestHost host = await TestHost.StartAsync(o => o.MaximumSubscriptionsPerSession = 1);
        await using MqttClient client = await host.ConnectAsync();
        await client.SubscribeAsync("open/a");
        await client.SubscribeAsync("open/a");
        MqttException refusal = await Assert.ThrowsAsync<MqttException>(() => client.SubscribeAsync("open/b"));
        Assert.Equal(MqttReasonCode.QuotaExceeded, refusal.Reason);
    }

    [Fact]
    public async Task No_local_retain_as_published_and_retain_handling_are_honoured()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Publisher.Publish("open/old", "0"u8, retain: true);
        using RawConnection connection = await host.OpenAsync();
        await connection.SendAsync(RawConnection.ConnectV5);
        await connection.ReadPacketAsync();
        // Retain Handling 2, Retain As Published, No Local on "#".
        await connection.SendAsync(0x82, 7, 0, 1, 0, 0, 1, (byte)'#', 0x2C);
        Assert.Equal("9004000100" + "00", Convert.ToHexString(await connection.ReadPacketAsync()));
        await connection.SendAsync([0x30, 10, 0, 6, .. "open/x"u8, 0, (byte)'1', 0xC0, 0]);
        Assert.Equal("D000", Convert.ToHexString(await connection.ReadPacketAsync()));
        host.Publisher.Publish("open/y", "2"u8, retain: true);
        Assert.Equal("310A00066F70656E2F790032", Convert.ToHexString(await connection.ReadPacketAsync()));
    }

    [Fact]
    public async Task Will_is_published_when_the_connection_is_lost_and_not_after_a_goodbye()
    {
        await using TestHost host = await TestHost.StartAsync();
        await using MqttClient subscriber = await host.ConnectAsync("subscriber");
        await subscriber.SubscribeAsync("open/#");
        byte[] connect = [0x10, 0, 0, 4, .. "MQTT"u8, 4, 6, 0, 60, 0, 1, (byte)'w', 0, 6, .. "open/w"u8, 0, 4, .. "gone"u8];
        connect[1] = (byte)(connect.Length - 2);
        using (RawConnection polite = await host.OpenAsync())
        {
            await polite.SendAsync([.. connect, 0xE0, 0]);
            await polite.ReadToEndAsync();
        }

        using (RawConnection lost = await host.OpenAsync())
        {
            await lost.SendAsync(connect);
            await lost.ReadPacketAsync();
        }

        Assert.Equal("open/w=gone", await NextAsync(subscriber));
        Assert.Single(host.Application.Received);
    }

    [Fact]
    public async Task Deliveries_beyond_a_slow_subscribers_share_are_dropped_and_counted()
    {
        await using TestHost host = await TestHost.StartAsync(o => o.MaximumQueuedBytesPerSession = 1024);
        using RawConnection connection = await host.OpenAsync();
        await connection.SendAsync(RawConnection.ConnectV5);
        await connection.ReadPacketAsync();
        await connection.SendAsync(0x82, 7, 0, 1, 0, 0, 1, (byte)'#', 0);
        await connection.ReadPacketAsync();
        host.Publisher.Publish("open/big", new byte[2000], retain: false);
        host.Publisher.Publish("open/a", "1"u8, retain: false);
        Assert.Equal("300A00066F70656E2F610031", Convert.ToHexString(await connection.ReadPacketAsync()));
        Assert.Equal(1, host.Statistics.DeliveriesDropped);
    }

    [Fact]
    public async Task Message_properties_reach_subscribers_of_the_newer_version_unaltered()
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawConnection connection = await host.OpenAsync();
        await connection.SendAsync(RawConnection.ConnectV5);
        await connection.ReadPacketAsync();
        await connection.SendAsync(0x82, 7, 0, 1, 0, 0, 1, (byte)'#', 0);
        await connection.ReadPacketAsync();
        byte[] message = [0x30, 0, 0, 6, .. "open/x"u8, 7, 0x26, 0, 1, (byte)'k', 0, 1, (byte)'v', (byte)'!'];
        message[1] = (byte)(message.Length - 2);
        await connection.SendAsync(message);
        Assert.Equal(Convert.ToHexString(message), Convert.ToHexString(await connection.ReadPacketAsync()));
    }
}
