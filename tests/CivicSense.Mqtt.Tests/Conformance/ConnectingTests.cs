using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Conformance;

/// <summary>The cases "basic", "zero length client id", "assigned client id" and "server keep alive" of Eclipse's interoperability suites.</summary>
public sealed class ConnectingTests
{
    public static TheoryData<MqttProtocolVersion> BothVersions => Versions.Both;

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task Messages_of_every_quality_come_back_to_a_subscriber_that_connects_a_second_time(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using (WireClient first = await WireClient.ConnectAsync(host, version, "alice")) await first.DisconnectAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        Assert.False(alice.SessionPresent);
        Assert.Equal([2], await alice.SubscribeAsync("open/a", 2));

        for (int quality = 0; quality < 3; quality++) await alice.PublishAsync("open/a", $"quality {quality}", quality);

        WireMessage[] messages = await alice.NextMessagesAsync(3);
        Assert.Equal(["quality 0", "quality 1", "quality 2"], messages.Select(message => message.Payload));
        Assert.Equal([0, 1, 2], messages.Select(message => message.QualityOfService));
        Assert.Empty(await alice.MessagesBeforeFenceAsync(alice));
    }

    /// <summary>[MQTT-3.1.0-2].</summary>
    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task A_second_connect_on_a_connection_ends_it(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        await alice.SendAsync(new WireConnect("alice", version).ToPacket());
        Assert.Equal(version == MqttProtocolVersion.V5 ? (byte)0x82 : null, await alice.EndReasonAsync());
    }

    /// <summary>[MQTT-3.1.2-1].</summary>
    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task A_protocol_of_another_name_is_not_let_in(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.OpenAsync(host, version);
        await alice.SendAsync((new WireConnect("alice", version) { ProtocolName = "hj" }).ToPacket());
        await alice.EndAsync();
        Assert.Equal(0, host.Statistics.ConnectionsAccepted);
    }

    /// <summary>MQTT 3.1.1 [MQTT-3.1.3-7] and [MQTT-3.1.3-8].</summary>
    [Fact]
    public async Task Mqtt_3_1_1_without_client_identifier_must_ask_for_a_clean_session()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient keeper = await WireClient.OpenAsync(host, MqttProtocolVersion.V311);
        await keeper.SendAsync((new WireConnect("", MqttProtocolVersion.V311) { CleanStart = false }).ToPacket());
        (_, byte reason, _) = (await keeper.NextAsync(MqttPacket.ConnAck)).AsConnAck();
        Assert.Equal(2, reason);
        await keeper.EndAsync();

        using WireClient clean = await WireClient.ConnectAsync(host, MqttProtocolVersion.V311, "");
        await clean.DisconnectAsync();
    }

    /// <summary>MQTT 5.0 [MQTT-3.1.3-6] and [MQTT-3.2.2-16].</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Mqtt_5_without_client_identifier_is_given_one_of_its_own(bool cleanStart)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient first = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "", connect => connect with { CleanStart = cleanStart });
        using WireClient second = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "", connect => connect with { CleanStart = cleanStart });
        string? name = first.ConnAck.Text(WireProperty.AssignedClientIdentifier);
        Assert.False(string.IsNullOrEmpty(name));
        Assert.NotEqual(name, second.ConnAck.Text(WireProperty.AssignedClientIdentifier));

        // Known by that name from now on.
        using WireClient again = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, name);
        Assert.False(again.ConnAck.Has(WireProperty.AssignedClientIdentifier));
        Assert.Equal((byte)0x8E, await first.EndReasonAsync());
    }

    /// <summary>[MQTT-3.2.2-21].</summary>
    [Theory]
    [InlineData(120, 60L)]
    [InlineData(0, 60L)]
    [InlineData(30, null)]
    public async Task A_keep_alive_that_is_too_long_is_replaced_by_the_servers(int asked, long? told)
    {
        await using TestHost host = await TestHost.StartAsync(options => options.MaximumKeepAlive = TimeSpan.FromSeconds(60));
        using WireClient alice = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "alice", connect => connect with { KeepAlive = (ushort)asked });
        Assert.Equal(told, alice.ConnAck.Number(WireProperty.ServerKeepAlive));
    }
}
