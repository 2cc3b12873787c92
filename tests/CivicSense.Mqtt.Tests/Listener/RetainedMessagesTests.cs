using System.Text;
using CivicSense.Mqtt.Listener;
using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Listener;

/// <summary>The share of the retained messages that one identity may hold.</summary>
public sealed class RetainedMessagesTests
{
    static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static RetainedMessages Create(int messages = 2, long bytes = 1000, int allMessages = 100) => new(new MqttListenerOptions
    {
        MaximumRetainedMessages = allMessages,
        MaximumRetainedMessagesPerIdentity = messages,
        MaximumRetainedBytesPerIdentity = bytes,
    });

    static RetainedMessage Message(string topic, string? owner, int length = 1, DateTimeOffset? expiresAt = null) =>
        new(new MessageContent(Encoding.UTF8.GetBytes(topic), new byte[length], [], -1, expiresAt), 1, owner);

    [Fact]
    public void One_identity_cannot_crowd_out_another()
    {
        RetainedMessages retained = Create();
        Assert.True(retained.TrySet(Message("a", "greedy"), Now));
        Assert.True(retained.TrySet(Message("b", "greedy"), Now));
        Assert.False(retained.TrySet(Message("c", "greedy"), Now));
        Assert.True(retained.TrySet(Message("c", "modest"), Now));
    }

    [Fact]
    public void Bytes_of_topic_and_payload_count()
    {
        RetainedMessages retained = Create(messages: 10, bytes: 10);
        Assert.True(retained.TrySet(Message("a", "alice", 9), Now));
        Assert.False(retained.TrySet(Message("b", "alice", 0), Now));
        Assert.True(retained.TrySet(Message("a", "alice", 8), Now));
        Assert.True(retained.TrySet(Message("b", "alice", 0), Now));
    }

    [Fact]
    public void Removing_gives_room_back()
    {
        RetainedMessages retained = Create(messages: 1);
        for (int i = 0; i < 5; i++)
        {
            Assert.True(retained.TrySet(Message("a", "alice"), Now));
            Assert.True(retained.TrySet(Message("a", "alice"), Now));
            Assert.False(retained.TrySet(Message("b", "alice"), Now));
            retained.Remove("a"u8);
        }
    }

    [Fact]
    public void A_topic_belongs_to_who_retained_last()
    {
        RetainedMessages retained = Create(messages: 1);
        Assert.True(retained.TrySet(Message("a", "alice"), Now));
        Assert.True(retained.TrySet(Message("a", "bob"), Now));
        Assert.False(retained.TrySet(Message("b", "bob"), Now));
        Assert.True(retained.TrySet(Message("b", "alice"), Now));
        Assert.False(retained.TrySet(Message("a", "alice"), Now));
        Assert.True(retained.TrySet(Message("a", owner: null), Now));
        Assert.True(retained.TrySet(Message("c", "bob"), Now));
    }

    [Fact]
    public void A_message_without_room_takes_its_predecessor_away_if_that_was_of_the_same_identity()
    {
        RetainedMessages retained = Create(messages: 10, bytes: 20);
        RetainedMessage old = Message("a", "alice");
        RetainedMessage foreign = Message("b", "bob");
        Assert.True(retained.TrySet(old, Now));
        Assert.True(retained.TrySet(foreign, Now));
        Assert.False(retained.TrySet(Message("a", "alice", length: 20), Now));
        Assert.False(retained.TrySet(Message("b", "alice", length: 20), Now));
        Assert.False(retained.Contains(old));
        Assert.True(retained.Contains(foreign));
        Assert.True(retained.TrySet(Message("a", "alice", length: 19), Now));
    }

    [Fact]
    public void What_has_expired_takes_no_room()
    {
        RetainedMessages retained = Create(messages: 1);
        Assert.True(retained.TrySet(Message("a", "alice", expiresAt: Now.AddSeconds(5)), Now));
        Assert.False(retained.TrySet(Message("b", "alice"), Now.AddSeconds(4)));
        Assert.True(retained.TrySet(Message("b", "alice"), Now.AddSeconds(5)));
    }

    [Fact]
    public void The_host_itself_has_no_share()
    {
        RetainedMessages retained = Create(messages: 0, allMessages: 0);
        for (int i = 0; i < 100; i++) Assert.True(retained.TrySet(Message($"public/{i}", owner: null), Now));
        Assert.False(retained.TrySet(Message("a", "alice"), Now));
    }

    [Fact]
    public void What_revoked_clients_have_left_behind_takes_no_room_from_whoever_has_their_identity_now()
    {
        RetainedMessages retained = Create(messages: 1);
        var former = new Client();
        Assert.True(retained.TrySet(Message("a", "balcony") with { Publisher = former }, Now));
        Assert.True(retained.TrySet(Message("b", "garden") with { Publisher = new Client() }, Now));
        former.IsRevoked = true;
        Assert.Equal(["b"], Topics(retained));
        Assert.False(retained.TrySet(Message("c", "balcony"), Now));

        retained.DropRevoked();

        Assert.True(retained.TrySet(Message("c", "balcony"), Now));
        Assert.Equal(["b", "c"], Topics(retained));
    }

    static IEnumerable<string> Topics(RetainedMessages retained)
    {
        var found = new List<RetainedMessage>();
        retained.Match("#"u8, Now, found);
        return found.Select(message => Encoding.UTF8.GetString(message.Content.Topic)).Order();
    }

    sealed class Client : IMqttSession
    {
        public bool IsRevoked { get; set; }

        public string Identity => "client";

        public MqttSessionLimits Limits { get; } = new();

        public MqttPublishDecision Publish(in MqttIncomingMessage message) => throw new NotSupportedException();

        public bool MaySubscribe(string topicFilter) => throw new NotSupportedException();

        public bool MayReceive(ReadOnlySpan<byte> topic) => throw new NotSupportedException();

        public void Closed() => throw new NotSupportedException();
    }

    [Fact]
    public async Task Who_has_used_up_its_share_is_told_and_others_are_not_affected()
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumRetainedMessagesPerIdentity = 1);
        using WireClient greedy = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "greedy");
        await greedy.PublishAsync("open/a", "1", 1, retain: true);
        await greedy.SendPublishAsync("open/b", "1", 1, retain: true);
        Assert.Equal(0x97, (await greedy.NextAsync(MqttPacket.PubAck)).AcknowledgementReason);
        await greedy.PublishAsync("open/c", "1", 0, retain: true);
        await greedy.SendPublishAsync("open/d", "1", 2, retain: true);
        Assert.Equal(0x97, (await greedy.NextAsync(MqttPacket.PubRec)).AcknowledgementReason);
        Assert.Equal(3, host.Statistics.RetainedRefused);

        using WireClient other = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "other", connect => connect with { UserName = "user", Password = "secret" });
        await other.PublishAsync("open/b", "2", 1, retain: true);
        await other.SubscribeAsync("open/#");
        Assert.Equal(["open/a", "open/b"], (await other.NextMessagesAsync(2)).Select(message => message.Topic).Order());
    }
}
