using System.Collections.Concurrent;
using System.Text;

namespace CivicSense.Mqtt.Tests.Client;

/// <summary>A handler that acknowledges when it likes, against a real Mosquitto.</summary>
public sealed class ManualAcknowledgementTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static MqttClientOptions Options(
        MosquittoBroker broker, IMqttMessageHandler handler, MqttProtocolVersion version = MqttProtocolVersion.V5) => new()
    {
        Host = "127.0.0.1", Port = broker.Port, ClientId = "worker", Version = version, Handler = handler, CleanStart = false,
        SessionExpiry = TimeSpan.FromHours(1),
    };

    static async Task PublishAsync(MosquittoBroker broker, byte qualityOfService, params IEnumerable<string> payloads)
    {
        await using MqttClient client = await MqttClient.ConnectAsync(new() { Host = "127.0.0.1", Port = broker.Port }, Cancel);
        foreach (string payload in payloads)
            await client.PublishAsync("a"u8.ToArray(), Encoding.UTF8.GetBytes(payload), qualityOfService, cancellationToken: Cancel);

        await client.DrainAsync(Cancel);
    }

    // "Received PUBACK from worker (Mid: 1, RC:0)"; a PUBREC of MQTT 3.1.1 has no RC.
    static string[] Acknowledged(MosquittoBroker broker, string packet = "PUBACK") =>
        [.. broker.Log.Split('\n')
            .Where(line => line.Contains($"Received {packet} from worker", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf("Mid: ", StringComparison.Ordinal) + 5)..].Split(',', ')')[0])];

    [Theory]
    [InlineData(1, MqttProtocolVersion.V311)]
    [InlineData(1, MqttProtocolVersion.V5)]
    [InlineData(2, MqttProtocolVersion.V311)]
    [InlineData(2, MqttProtocolVersion.V5)]
    public async Task What_was_not_acknowledged_comes_again_on_the_next_connection(byte qualityOfService, MqttProtocolVersion version)
    {
        var handler = new KeepingHandler();
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        var session = new MqttClientSession();
        MqttClientOptions options = Options(broker, handler, version) with { Session = session };
        MqttAcknowledgementToken lost;
        await using (MqttClient first = await MqttClient.ConnectAsync(options, Cancel))
        {
            await first.SubscribeAsync("a", qualityOfService, Cancel);
            await PublishAsync(broker, qualityOfService, "one", "two");
            await TestHost.UntilAsync(() => handler.Messages.Count == 2);
            first.Acknowledge(handler.Messages.First().Token);
            lost = handler.Messages.Last().Token;
            first.Flush();
            await TestHost.UntilAsync(() => Acknowledged(broker, qualityOfService == 1 ? "PUBACK" : "PUBREC").Length == 1);
        }

        await using MqttClient second = await MqttClient.ConnectAsync(options, Cancel);
        Assert.True(second.Server.SessionPresent);
        await TestHost.UntilAsync(() => handler.Messages.Count == 3);
        (string payload, bool isDuplicate, MqttAcknowledgementToken token) = handler.Messages.Last();
        Assert.Equal(("two", true), (payload, isDuplicate));
        // The old token names a message of a connection that is gone.
        second.Acknowledge(lost);
        second.Acknowledge(token);
        second.Flush();
        string last = qualityOfService == 1 ? "PUBACK" : "PUBCOMP";
        await TestHost.UntilAsync(() => Acknowledged(broker, last).Length == 2);
    }

    [Theory]
    [InlineData(1, "PUBACK")]
    [InlineData(2, "PUBREC")]
    public async Task Acknowledgements_go_out_in_the_order_of_arrival(byte qualityOfService, string packet)
    {
        const int count = 15;
        var handler = new KeepingHandler();
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using MqttClient client = await MqttClient.ConnectAsync(Options(broker, handler), Cancel);
        await client.SubscribeAsync("a", qualityOfService, Cancel);
        await PublishAsync(broker, qualityOfService, Enumerable.Range(0, count).Select(i => $"{i}"));
        await TestHost.UntilAsync(() => handler.Messages.Count == count);
        MqttAcknowledgementToken[] tokens = [.. handler.Messages.Select(message => message.Token)];
        foreach (MqttAcknowledgementToken token in tokens.Reverse()) client.Acknowledge(token);
        client.Acknowledge(tokens[3]);
        client.Flush();
        await TestHost.UntilAsync(() => Acknowledged(broker, packet).Length >= count);
        Assert.Equal(tokens.Select(token => $"{token.PacketIdentifier}"), Acknowledged(broker, packet));
    }

    [Fact]
    public async Task The_server_sends_no_more_than_receive_maximum_unacknowledged()
    {
        var handler = new KeepingHandler();
        await using MosquittoBroker broker =
            await MosquittoBroker.StartAsync(new MosquittoSettings { Lines = ["max_inflight_messages 0"] });
        await using MqttClient client = await MqttClient.ConnectAsync(Options(broker, handler) with { ReceiveMaximum = 3 }, Cancel);
        await client.SubscribeAsync("a", 1, Cancel);
        await PublishAsync(broker, 1, "1", "2", "3", "4");
        await TestHost.UntilAsync(() => handler.Messages.Count == 3);
        // Answered after everything the server had to send before.
        await client.SubscribeAsync("b", 1, Cancel);
        Assert.Equal(3, handler.Messages.Count);
        client.Acknowledge(handler.Messages.First().Token);
        client.Flush();
        await TestHost.UntilAsync(() => handler.Messages.Count == 4);
    }

    [Fact]
    public async Task A_handler_that_fails_ends_the_connection_and_gets_the_message_again()
    {
        var handler = new KeepingHandler { Fails = true };
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using (MqttClient first = await MqttClient.ConnectAsync(Options(broker, handler), Cancel))
        {
            await first.SubscribeAsync("a", 1, Cancel);
            await PublishAsync(broker, 1, "one");
            Assert.Equal(MqttReasonCode.ImplementationSpecificError, await first.Completion.WaitAsync(TestHost.Patience, Cancel));
            Assert.IsType<InvalidOperationException>(first.Failure!.InnerException);
        }

        handler.Fails = false;
        await using MqttClient second = await MqttClient.ConnectAsync(Options(broker, handler), Cancel);
        await TestHost.UntilAsync(() => handler.Messages.Count == 1);
    }

    sealed class KeepingHandler : IMqttMessageHandler
    {
        public bool Fails { get; set; }

        public ConcurrentQueue<(string Payload, bool Duplicate, MqttAcknowledgementToken Token)> Messages { get; } = [];

        public void Handle(in MqttInboundMessage message)
        {
            if (Fails) throw new InvalidOperationException("No disk.");
            Messages.Enqueue((Encoding.UTF8.GetString(message.Payload), message.Duplicate, message.Token));
        }
    }
}
