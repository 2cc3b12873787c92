using System.Net.Sockets;
using System.Text;

namespace CivicSense.Mqtt.Tests.Client;

/// <summary>The client against a real Mosquitto.</summary>
public sealed class MosquittoTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static MqttClientOptions Options(MosquittoBroker broker, MqttProtocolVersion version = MqttProtocolVersion.V5) =>
        new() { Host = "127.0.0.1", Port = broker.Port, Version = version };

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V5)]
    public async Task Published_messages_come_back(MqttProtocolVersion version)
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using MqttClient client = await MqttClient.ConnectAsync(Options(broker, version), Cancel);
        await client.SubscribeAsync("a/+", 1, Cancel);
        await client.PublishAsync("a/b"u8.ToArray(), "c"u8.ToArray(), 1, cancellationToken: Cancel);
        MqttReceivedMessage message = await client.Messages.ReadAsync(Cancel);
        Assert.Equal(("a/b", "c"), (message.Topic, Encoding.UTF8.GetString(message.Payload.Span)));
    }

    [Fact]
    public async Task A_restarted_broker_listens_on_the_same_port()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using MqttClient client = await MqttClient.ConnectAsync(Options(broker), Cancel);
        await broker.StopAsync();
        await client.Completion.WaitAsync(TestHost.Patience, Cancel);
        await Assert.ThrowsAsync<SocketException>(() => MqttClient.ConnectAsync(Options(broker), Cancel));
        await broker.StartAgainAsync();
        await using MqttClient second = await MqttClient.ConnectAsync(Options(broker), Cancel);
    }
}
