using System.Collections.Concurrent;
using System.Text;

namespace CivicSense.Mqtt.Tests.Client;

/// <summary>The client against a real Mosquitto.</summary>
public sealed class MosquittoTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static MqttClientOptions Options(MosquittoBroker broker, MqttProtocolVersion version = MqttProtocolVersion.V5) =>
        new() { Host = "127.0.0.1", Port = broker.Port, Version = version };

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    static string Text(MqttReceivedMessage message) => Encoding.UTF8.GetString(message.Payload.Span);

    public static TheoryData<MqttProtocolVersion, byte> VersionsAndQualities =>
        new(from version in Enum.GetValues<MqttProtocolVersion>() from quality in new byte[] { 0, 1, 2 } select (version, quality));

    [Theory, MemberData(nameof(VersionsAndQualities))]
    public async Task Published_messages_come_back_in_order_and_once(MqttProtocolVersion version, byte qualityOfService)
    {
        const int count = 300;
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        // As many as Mosquitto takes, which it says only in MQTT 5.0.
        await using MqttClient client = await MqttClient.ConnectAsync(Options(broker, version) with { MaximumInFlight = 20 }, Cancel);
        Assert.Equal(qualityOfService, (byte)await client.SubscribeAsync("a/+", qualityOfService, Cancel));
        for (int i = 0; i < count; i++)
            await client.PublishAsync("a/b"u8.ToArray(), Utf8($"{i}"), qualityOfService, cancellationToken: Cancel);
        for (int i = 0; i < count; i++)
        {
            MqttReceivedMessage message = await client.Messages.ReadAsync(Cancel);
            Assert.Equal(("a/b", $"{i}", qualityOfService), (message.Topic, Text(message), message.QualityOfService));
        }

        await client.DrainAsync(Cancel);
        Assert.Equal(qualityOfService == 0 ? 0 : count, client.AcknowledgedCount);
        Assert.False(client.Messages.TryRead(out _));
    }

    [Fact]
    public async Task A_wrong_password_is_refused_with_advice()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(new MosquittoSettings { Lines = ["allow_anonymous false"] });
        var refusal = await Assert.ThrowsAsync<MqttException>(() => MqttClient.ConnectAsync(Options(broker), Cancel));
        Assert.Equal(MqttReasonCode.NotAuthorized, refusal.Reason);
        Assert.False(refusal.MayHeal);
        Assert.Contains("access rules", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_a_message_says_about_itself_arrives()
    {
        var sent = new MqttMessageProperties
        {
            PayloadIsText = true,
            MessageExpiry = TimeSpan.FromSeconds(100),
            ContentType = "text/plain",
            ResponseTopic = "answers/1",
            CorrelationData = new byte[] { 1, 2, 3 },
            UserProperties = [new("unit", "µg/m³"), new("unit", "again")],
        };
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using MqttClient client = await MqttClient.ConnectAsync(Options(broker), Cancel);
        await client.SubscribeAsync(new MqttSubscription("q", 1) { Identifier = 77, RetainAsPublished = true }, Cancel);
        await client.PublishAsync("q"u8.ToArray(), "?"u8.ToArray(), 1, retain: true, properties: sent, cancellationToken: Cancel);
        MqttReceivedMessage message = await client.Messages.ReadAsync(Cancel);
        MqttMessageProperties got = Assert.IsType<MqttMessageProperties>(message.Properties);
        Assert.True(message.Retain);
        Assert.Equal(
            (true, "text/plain", "answers/1", TimeSpan.FromSeconds(100)),
            (got.PayloadIsText, got.ContentType, got.ResponseTopic, got.MessageExpiry));
        Assert.Equal(sent.CorrelationData!.Value.ToArray(), got.CorrelationData!.Value.ToArray());
        Assert.Equal(sent.UserProperties, got.UserProperties);
        Assert.Equal([77], got.SubscriptionIdentifiers);
    }

    [Fact]
    public async Task Topic_aliases_stand_for_topics_in_both_directions()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        MqttClientOptions options = Options(broker) with { MaximumOutgoingTopicAliases = 2, TopicAliasMaximum = 2 };
        await using MqttClient client = await MqttClient.ConnectAsync(options, Cancel);
        Assert.InRange(client.Server.TopicAliasMaximum, 2, ushort.MaxValue);
        await client.SubscribeAsync("t/#", 1, Cancel);
        // Three topics for two aliases, each more than once.
        string[] topics = ["t/1", "t/2", "t/3", "t/1", "t/2", "t/3", "t/1"];
        foreach (string topic in topics) await client.PublishAsync(Utf8(topic), "x"u8.ToArray(), 1, cancellationToken: Cancel);
        foreach (string topic in topics) Assert.Equal(topic, (await client.Messages.ReadAsync(Cancel)).Topic);
    }

    [Fact]
    public async Task A_shared_subscription_gives_each_message_to_one_member()
    {
        const int count = 100;
        var got = new ConcurrentQueue<(int Member, string Payload)>();
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        MqttClientOptions Member(int number) => Options(broker) with { Received = message => got.Enqueue((number, Text(message))) };
        await using MqttClient first = await MqttClient.ConnectAsync(Member(1), Cancel);
        await using MqttClient second = await MqttClient.ConnectAsync(Member(2), Cancel);
        await first.SubscribeAsync("$share/workers/work/#", 1, Cancel);
        await second.SubscribeAsync("$share/workers/work/#", 1, Cancel);
        await using MqttClient publisher = await MqttClient.ConnectAsync(Options(broker), Cancel);
        for (int i = 0; i < count; i++) await publisher.PublishAsync("work/1"u8.ToArray(), Utf8($"{i}"), 1, cancellationToken: Cancel);
        await TestHost.UntilAsync(() => got.Count >= count);
        Assert.Equal(count, got.Select(one => one.Payload).Distinct().Count());
        Assert.Equal([1, 2], got.Select(one => one.Member).Distinct().Order());
    }

    [Fact]
    public async Task The_will_of_a_client_that_was_cut_off_is_published()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using MqttClient watcher = await MqttClient.ConnectAsync(Options(broker), Cancel);
        await watcher.SubscribeAsync("wills", 1, Cancel);
        var will = new MqttClientWill("wills", Utf8("gone"))
        {
            QualityOfService = 1, Properties = new MqttMessageProperties { ContentType = "text/plain" },
        };
        await using MqttClient client = await MqttClient.ConnectAsync(Options(broker) with { Will = will }, Cancel);
        await client.DisconnectAsync(MqttReasonCode.DisconnectWithWillMessage);
        MqttReceivedMessage message = await watcher.Messages.ReadAsync(Cancel);
        Assert.Equal(("gone", "text/plain"), (Text(message), message.Properties!.ContentType));
    }

    [Fact]
    public async Task A_packet_above_the_servers_limit_is_not_sent()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(new MosquittoSettings { Lines = ["max_packet_size 2000"] });
        await using MqttClient client = await MqttClient.ConnectAsync(Options(broker), Cancel);
        Assert.Equal(2000, client.Server.MaximumPacketSize);
        var refusal = await Assert.ThrowsAsync<MqttException>(
            async () => await client.PublishAsync("big"u8.ToArray(), new byte[2000], 1, cancellationToken: Cancel));
        Assert.Equal(MqttReasonCode.PacketTooLarge, refusal.Reason);
        Assert.Equal(MqttReasonCode.NoMatchingSubscribers,
            await client.PublishConfirmedAsync("small"u8.ToArray(), new byte[10], cancellationToken: Cancel));
    }
}
