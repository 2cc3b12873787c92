using System.Collections.Concurrent;
using System.Text;

namespace CivicSense.Mqtt.Tests.Client;

/// <summary>
/// What becomes of the messages of a member of a shared subscription that goes away (MQTT 5.0, section 4.8.2, leaves it to the server), on
/// a real Mosquitto: docs/decisions/0006 rests on it.
/// </summary>
public sealed class SharedRedeliveryTests
{
    const string Filter = "$share/node/a";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unacknowledged_messages_wait_for_the_member_that_had_them_and_go_to_no_other()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        var (east, west) = (new Member(broker, "east"), new Member(broker, "west"));
        await using (MqttClient first = await east.ConnectAsync())
        {
            await using MqttClient other = await west.ConnectAsync();
            await PublishAsync(broker, "one", "two", "three", "four");
            await TestHost.UntilAsync(() => east.Messages.Count == 2 && west.Messages.Count == 2);
            await west.AcknowledgeAllAsync(other);
        }

        string[] had = [.. east.Messages.Select(message => message.Payload)];
        await using MqttClient remaining = await west.ConnectAsync();
        await remaining.SubscribeAsync("answered-after-everything-that-waited", 1, Cancel);
        Assert.Equal(2, west.Messages.Count);

        await using MqttClient again = await east.ConnectAsync();
        await TestHost.UntilAsync(() => east.Messages.Count == 4);
        Assert.Equal(had.Select(payload => (payload, true)), east.Messages.Skip(2).Select(message => (message.Payload, message.Duplicate)));
    }

    [Fact]
    public async Task Member_that_is_away_keeps_its_share_of_what_is_published_meanwhile()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        var (east, west) = (new Member(broker, "east"), new Member(broker, "west"));
        await (await east.ConnectAsync()).DisposeAsync();
        await using MqttClient other = await west.ConnectAsync();

        await PublishAsync(broker, Enumerable.Range(0, 10).Select(i => $"{i}"));
        await other.SubscribeAsync("answered-after-everything-that-waited", 1, Cancel);
        int meanwhile = west.Messages.Count;
        await using MqttClient again = await east.ConnectAsync();
        await TestHost.UntilAsync(() => east.Messages.Count + west.Messages.Count == 10);

        Assert.Equal((5, 5), (meanwhile, east.Messages.Count));
    }

    [Fact]
    public async Task Messages_of_a_member_whose_session_ends_are_lost()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        var (east, west) = (new Member(broker, "east"), new Member(broker, "west"));
        await using (MqttClient first = await east.ConnectAsync())
        {
            await using MqttClient other = await west.ConnectAsync();
            await PublishAsync(broker, "one", "two");
            await TestHost.UntilAsync(() => east.Messages.Count == 1 && west.Messages.Count == 1);
            await west.AcknowledgeAllAsync(other);
        }

        // A clean start ends the session that was kept; without a subscription nothing goes there any more.
        await using (await MqttClient.ConnectAsync(east.Options with { CleanStart = true, SessionExpiry = TimeSpan.Zero }, Cancel))
        {
        }
        await using MqttClient remaining = await west.ConnectAsync();
        await PublishAsync(broker, "three", "four");
        await TestHost.UntilAsync(() => west.Messages.Count == 3);

        Assert.Equal(["three", "four"], west.Messages.Skip(1).Select(message => message.Payload));
        Assert.Single(east.Messages);
    }

    static async Task PublishAsync(MosquittoBroker broker, params IEnumerable<string> payloads)
    {
        await using MqttClient client = await MqttClient.ConnectAsync(new() { Host = "127.0.0.1", Port = broker.Port }, Cancel);
        foreach (string payload in payloads)
            await client.PublishAsync("a"u8.ToArray(), Encoding.UTF8.GetBytes(payload), 1, cancellationToken: Cancel);
        await client.DrainAsync(Cancel);
    }

    /// <summary>One of those that share the subscription. It keeps what comes, and acknowledges when it is told to.</summary>
    sealed class Member(MosquittoBroker broker, string name) : IMqttMessageHandler
    {
        public ConcurrentQueue<(string Payload, bool Duplicate, MqttAcknowledgementToken Token)> Messages { get; } = [];

        public MqttClientOptions Options => new()
        {
            Host = "127.0.0.1", Port = broker.Port, ClientId = name, Handler = this, CleanStart = false,
            SessionExpiry = TimeSpan.FromHours(1),
        };

        public async Task<MqttClient> ConnectAsync()
        {
            MqttClient client = await MqttClient.ConnectAsync(Options, Cancel);
            if (!client.Server.SessionPresent) await client.SubscribeAsync(Filter, 1, Cancel);
            return client;
        }

        public async Task AcknowledgeAllAsync(MqttClient client)
        {
            foreach (var message in Messages) client.Acknowledge(message.Token);
            client.Flush();
            await TestHost.UntilAsync(
                () => broker.Log.Split('\n')
                    .Count(line => line.Contains($"Received PUBACK from {name}", StringComparison.Ordinal)) == Messages.Count);
        }

        public void Handle(in MqttInboundMessage message) =>
            Messages.Enqueue((Encoding.UTF8.GetString(message.Payload), message.Duplicate, message.Token));
    }
}
