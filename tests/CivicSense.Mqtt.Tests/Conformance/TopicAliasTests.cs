using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Conformance;

/// <summary>The cases "client topic alias" and "server topic alias" of Eclipse's interoperability suite for MQTT 5.0.</summary>
public sealed class TopicAliasTests
{
    /// <summary>[MQTT-3.3.2-8] and [MQTT-3.3.2-9].</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public async Task An_alias_that_was_not_offered_ends_the_connection(int alias)
    {
        await using TestHost host = await TestHost.StartAsync(options => options.TopicAliasMaximum = 16);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        Assert.Equal(16, alice.ConnAck.Number(WireProperty.TopicAliasMaximum));
        await alice.SendPublishAsync("open/a", "alias", 1, properties: Alias(alias));
        Assert.Equal((byte)0x94, await alice.EndReasonAsync());
    }

    [Fact]
    public async Task A_message_may_name_its_topic_by_an_alias()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        await alice.SubscribeAsync("open/#", 2);

        await alice.PublishAsync("open/a", "sets it", 1, properties: Alias(1));
        await alice.PublishAsync("", "uses it", 1, properties: Alias(1));
        await alice.PublishAsync("open/b", "changes it", 1, properties: Alias(1));
        await alice.PublishAsync("", "uses the new one", 2, properties: Alias(1));

        WireMessage[] messages = await alice.NextMessagesAsync(4);
        Assert.Equal(["open/a", "open/a", "open/b", "open/b"], messages.Select(message => message.Topic));
        // This client allows no aliases towards itself.
        Assert.All(messages, message => Assert.False(message.Properties.Has(WireProperty.TopicAlias)));
    }

    /// <summary>[MQTT-3.3.2-7]: an alias means nothing on another connection, also of the same session.</summary>
    [Fact]
    public async Task An_alias_ends_with_its_connection()
    {
        await using TestHost host = await TestHost.StartAsync();
        using (WireClient before = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice", Versions.Persistent))
        {
            await before.PublishAsync("open/a", "sets it", 1, properties: Alias(1));
            await before.DisconnectAsync();
        }

        await host.UntilOpenAsync(0);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice", Versions.Persistent);
        await alice.SendPublishAsync("", "uses it", 1, properties: Alias(1));
        // Section 3.3.2.3.4 leaves the code open: an empty topic without a meaning is a protocol error, an unknown alias an invalid one.
        Assert.Contains(await alice.EndReasonAsync(), new byte?[] { 0x82, 0x94 });
    }

    [Fact]
    public async Task The_server_names_a_repeated_topic_by_an_alias_where_the_client_allows_it()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "alice", connect => connect with { Properties = new() { { WireProperty.TopicAliasMaximum, 1 } } });
        await alice.SubscribeAsync("open/a", 2);

        for (int quality = 0; quality < 3; quality++) await alice.PublishAsync("open/a", "alias", quality);

        WireMessage[] messages = await alice.NextMessagesAsync(3);
        Assert.Equal(["open/a", "", ""], messages.Select(message => message.Topic));
        Assert.All(messages, message => Assert.Equal(1, message.Properties.Number(WireProperty.TopicAlias)));
    }

    /// <summary>[MQTT-3.1.2-26] and [MQTT-3.1.2-27].</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(null)]
    public async Task The_server_uses_no_alias_where_the_client_allows_none(int? maximum)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice", connect => connect with
        {
            Properties = maximum is { } number ? new() { { WireProperty.TopicAliasMaximum, number } } : [],
        });
        await alice.SubscribeAsync("open/a", 2);

        for (int quality = 0; quality < 3; quality++) await alice.PublishAsync("open/a", "no alias", quality);

        Assert.All(await alice.NextMessagesAsync(3), message =>
        {
            Assert.Equal("open/a", message.Topic);
            Assert.False(message.Properties.Has(WireProperty.TopicAlias));
        });
    }

    static WireProperties Alias(int alias) => new() { { WireProperty.TopicAlias, alias } };
}
