using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Conformance;

/// <summary>The case "retained messages" of Eclipse's interoperability suites.</summary>
public sealed class RetainingTests
{
    static readonly string[] Topics = ["open/a/b", "open/topic/c", "open/a/c"];

    public static TheoryData<MqttProtocolVersion> BothVersions => Versions.Both;

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task Retained_messages_keep_their_quality_and_user_properties(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        WireProperties properties = new() { { WireProperty.UserProperty, ("a", "2") }, { WireProperty.UserProperty, ("c", "3") } };
        for (int quality = 0; quality < 3; quality++)
            await alice.PublishAsync(Topics[quality], $"quality {quality}", quality, retain: true, properties);

        await alice.SubscribeAsync("open/+/+", 2);

        WireMessage[] messages = await alice.NextMessagesAsync(3);
        Assert.Equal([(Topics[0], 0), (Topics[2], 2), (Topics[1], 1)], messages.OrderBy(m => m.Topic, StringComparer.Ordinal)
            .Select(message => (message.Topic, message.QualityOfService)));
        Assert.All(messages, message => Assert.True(message.Retain));
        if (version != MqttProtocolVersion.V5) return;
        // Section 3.3.2.3.7: the order of user properties is kept.
        Assert.All(messages, message => Assert.Equal([("a", "2"), ("c", "3")], message.Properties.User));
    }

    /// <summary>[MQTT-3.3.1-6]: an empty retained message removes what was retained.</summary>
    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task An_empty_retained_message_of_any_quality_clears_its_topic(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        for (int quality = 0; quality < 3; quality++)
        {
            await alice.PublishAsync(Topics[quality], "kept", quality, retain: true);
            await alice.PublishAsync(Topics[quality], "", quality, retain: true);
        }

        await alice.SubscribeAsync("open/+/+", 2);

        Assert.Empty(await alice.MessagesBeforeFenceAsync(alice));
    }
}
