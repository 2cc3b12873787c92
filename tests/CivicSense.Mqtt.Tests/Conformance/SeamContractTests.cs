using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Conformance;

/// <summary>
/// What the host may rely on whichever MQTT stack is built (docs/decisions/0012-mqttnet.md). Nothing here needs more of the protocol than
/// both stacks have.
/// </summary>
public sealed class SeamContractTests
{
    public static TheoryData<MqttProtocolVersion> BothVersions => Versions.Both;

    [Theory]
    [InlineData(MqttProtocolVersion.V311, 1)]
    [InlineData(MqttProtocolVersion.V311, 2)]
    [InlineData(MqttProtocolVersion.V5, 1)]
    [InlineData(MqttProtocolVersion.V5, 2)]
    public async Task A_message_is_acknowledged_only_after_it_is_durable(MqttProtocolVersion version, int quality)
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Application.HoldsBack = true;
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        await alice.SendPublishAsync("private/a", "reading", quality);
        Task<WirePacket> acknowledgement = alice.NextAsync(quality == 1 ? MqttPacket.PubAck : MqttPacket.PubRec);
        await TestHost.UntilAsync(() => !host.Application.Received.IsEmpty);
        // Another client's whole conversation: time enough for an answer that is given too early.
        using (WireClient bob = await WireClient.ConnectAsync(host, version, "bob")) await bob.SubscribeAsync("open/a");
        Assert.False(acknowledgement.IsCompleted);

        host.Application.Commit(1);

        Assert.Equal(0, (await acknowledgement).AcknowledgementReason & 0x80);
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task A_message_that_the_application_has_consumed_reaches_no_subscriber_and_is_not_retained(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient live = await WireClient.ConnectAsync(host, version, "live");
        await live.SubscribeAsync("#", 1);
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");

        await alice.PublishAsync("private/a", "reading", 1, retain: true);

        Assert.Empty(await live.MessagesBeforeFenceAsync(alice));
        using WireClient late = await WireClient.ConnectAsync(host, version, "late");
        await late.SubscribeAsync("private/a", 1);
        Assert.Empty(await late.MessagesBeforeFenceAsync(alice));
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task A_message_that_the_application_refuses_is_answered_so_and_dropped(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient bob = await WireClient.ConnectAsync(host, version, "bob");
        await bob.SubscribeAsync("#", 1);
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");

        await alice.SendPublishAsync("forbidden/a", "no", 1);

        // MQTT 3.1.1 has no reason codes in PUBACK.
        byte expected = version == MqttProtocolVersion.V5 ? (byte)MqttReasonCode.NotAuthorized : (byte)0;
        Assert.Equal(expected, (await alice.NextAsync(MqttPacket.PubAck)).AcknowledgementReason);
        Assert.Empty(await bob.MessagesBeforeFenceAsync(alice));
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task A_client_identifier_is_taken_over_by_the_same_identity(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient earlier = await WireClient.ConnectAsync(host, version, "shared", As("owner"));
        using WireClient later = await WireClient.ConnectAsync(host, version, "shared", As("owner"));
        await earlier.EndAsync();
        await later.PublishAsync("private/a", "later", 1);
        Assert.Equal("later", Assert.Single(host.Application.Received).Payload);
        Assert.Single(host.Application.Closed);
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task A_client_identifier_is_not_taken_over_by_another_identity(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient owner = await WireClient.ConnectAsync(host, version, "shared", As("owner"));
        using WireClient other = await WireClient.OpenAsync(host, version);
        await other.SendAsync(As("other")(new WireConnect("shared", version)).ToPacket());
        // Let in beside the owner or refused: that is the stack's choice.
        await other.NextAsync(MqttPacket.ConnAck);

        await owner.PublishAsync("private/a", "still here", 1);

        Assert.Equal("still here", Assert.Single(host.Application.Received).Payload);
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task Every_refusal_of_credentials_looks_the_same(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        byte[][] answers = [await RefusalAsync("known", "wrong"), await RefusalAsync("unknown", "wrong"), await RefusalAsync("known", "")];
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));

        async Task<byte[]> RefusalAsync(string user, string password)
        {
            using WireClient client = await WireClient.OpenAsync(host, version);
            await client.SendAsync((new WireConnect("alice", version) { UserName = user, Password = password }).ToPacket());
            WirePacket answer = await client.NextAsync(MqttPacket.ConnAck);
            Assert.NotEqual(0, answer.AsConnAck().Reason);
            await client.EndAsync();
            return answer.Body;
        }
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task What_a_client_may_no_longer_see_is_not_delivered(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient bob = await WireClient.ConnectAsync(host, version, "bob", As("bob"));
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        await bob.SubscribeAsync("open/secret/#", 1);
        await alice.PublishAsync("open/secret/a", "allowed", 1, retain: true);
        Assert.Equal("allowed", (await bob.NextMessageAsync()).Payload);

        host.Application.Withheld["bob"] = "open/secret/a";
        await alice.PublishAsync("open/secret/a", "withdrawn", 1);
        await bob.UnsubscribeAsync("open/secret/#");
        await bob.SubscribeAsync("open/secret/+", 1);

        Assert.Empty(await bob.MessagesBeforeFenceAsync(alice));
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task The_application_hears_once_that_a_connection_has_ended(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using (WireClient alice = await WireClient.ConnectAsync(host, version, "alice")) await alice.DisconnectAsync();
        using (WireClient bob = await WireClient.ConnectAsync(host, version, "bob")) bob.Cut();
        await TestHost.UntilAsync(() => host.Application.Closed.Count == 2);
        using (WireClient last = await WireClient.ConnectAsync(host, version, "last")) await last.DisconnectAsync();
        await TestHost.UntilAsync(() => host.Application.Closed.Count == 3);
        Assert.Equal(["alice", "bob", "last"], host.Application.Closed.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task The_hosts_own_messages_reach_subscribers_now_and_later(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient now = await WireClient.ConnectAsync(host, version, "now");
        await now.SubscribeAsync("open/estimate", 1);

        host.Publisher.Publish("open/estimate", "12.5"u8, retain: true);

        WireMessage live = await now.NextMessageAsync();
        Assert.Equal(("12.5", false), (live.Payload, live.Retain));
        using WireClient later = await WireClient.ConnectAsync(host, version, "later");
        await later.SubscribeAsync("open/estimate", 1);
        WireMessage kept = await later.NextMessageAsync();
        Assert.Equal(("12.5", true), (kept.Payload, kept.Retain));
    }

    static Func<WireConnect, WireConnect> As(string user) => connect => connect with { UserName = user, Password = "secret" };
}
