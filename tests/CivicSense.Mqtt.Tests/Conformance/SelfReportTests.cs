using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Conformance;

/// <summary>
/// How far the listener goes: what HiveMQ's command line tool reports of a broker with "mqtt test", as a table that must not shrink.
/// The report is written to the test's output.
/// </summary>
public sealed class SelfReportTests(ITestOutputHelper output)
{
    public static TheoryData<MqttProtocolVersion> BothVersions => Versions.Both;

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task The_listener_offers_all_of_the_protocol(MqttProtocolVersion version)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        for (int quality = 0; quality < 3; quality++)
        {
            Assert.Equal([(byte)quality], await alice.SubscribeAsync("open/a", quality));
            await alice.PublishAsync("open/a", "message", quality);
            Assert.Equal(quality, (await alice.NextMessageAsync()).QualityOfService);
            output.WriteLine($"quality of service {quality}: yes");
        }

        foreach (string filter in new[] { "open/+/b", "open/#", "+", "#", "$share/group/other/+" })
        {
            Assert.Equal([1], await alice.SubscribeAsync(filter, 1));
            output.WriteLine($"filter {filter}: yes");
        }

        await alice.PublishAsync("open/kept", "kept", 1, retain: true);
        Assert.False((await alice.NextMessageAsync()).Retain);
        Assert.Equal([1], await alice.SubscribeAsync("open/kept", 1));
        Assert.True((await alice.NextMessageAsync()).Retain);
        output.WriteLine("retained: yes");
    }

    /// <summary>Section 3.2.2.3: what is not said in CONNACK is not restricted.</summary>
    [Fact]
    public async Task Connack_restricts_nothing_but_sizes()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "alice", connect => connect with { KeepAlive = 30 });
        foreach ((WireProperty property, object value) in alice.ConnAck) output.WriteLine($"{property}: {value}");
        WireProperty[] offers =
        [
            WireProperty.RetainAvailable, WireProperty.WildcardSubscriptionAvailable, WireProperty.SubscriptionIdentifierAvailable,
            WireProperty.SharedSubscriptionAvailable,
        ];
        Assert.All(offers, offer => Assert.NotEqual(0, alice.ConnAck.Number(offer)));
        Assert.False(alice.ConnAck.Has(WireProperty.MaximumQualityOfService));
        Assert.InRange(alice.ConnAck.Number(WireProperty.ReceiveMaximum) ?? 65_535, 64, 65_535);
        Assert.InRange(alice.ConnAck.Number(WireProperty.TopicAliasMaximum) ?? 0, 1, 65_535);
    }

    [Theory]
    [MemberData(nameof(BothVersions))]
    public async Task Topics_payloads_and_client_identifiers_go_as_far_as_the_options_say(MqttProtocolVersion version)
    {
        const int topic = 1024;
        const int payload = 64 * 1024;
        await using TestHost host = await TestHost.StartAsync();
        Assert.Equal(topic, await LongestAsync(65_535, length => IsTopicDeliveredAsync(host, version, length)));
        output.WriteLine($"longest topic: {topic} bytes");
        Assert.Equal(payload, await LongestAsync(2 * payload, length => IsPayloadDeliveredAsync(host, version, length)));
        output.WriteLine($"largest payload: {payload} bytes");
        int identifier = await LongestAsync(65_535, length => IsIdentifierAcceptedAsync(host, version, length));
        output.WriteLine($"longest client identifier: {identifier} bytes");
        // [MQTT-3.1.3-5]: 23 at least. A CONNECT of 4,096 bytes at most holds no more than this.
        Assert.InRange(identifier, 23, 4096);
    }

    /// <summary>The greatest length for which it works, if it works up to a length and not beyond.</summary>
    static async Task<int> LongestAsync(int maximum, Func<int, Task<bool>> works)
    {
        (int known, int beyond) = (1, maximum + 1);
        Assert.True(await works(known));
        while (beyond - known > 1)
        {
            int middle = (known + beyond) / 2;
            if (await works(middle)) known = middle;
            else beyond = middle;
        }

        return known;
    }

    static Task<bool> IsTopicDeliveredAsync(TestHost host, MqttProtocolVersion version, int length)
    {
        const string prefix = "open/";
        // The first call asks for one byte, which no open topic has.
        return IsDeliveredAsync(host, version, prefix + new string('t', Math.Max(0, length - prefix.Length)), "x");
    }

    static Task<bool> IsPayloadDeliveredAsync(TestHost host, MqttProtocolVersion version, int length) =>
        IsDeliveredAsync(host, version, "open/a", new string('p', length));

    static async Task<bool> IsDeliveredAsync(TestHost host, MqttProtocolVersion version, string topic, string payload)
    {
        using WireClient alice = await WireClient.ConnectAsync(host, version, "alice");
        await alice.SubscribeAsync("#", 1);
        try
        {
            await alice.SendPublishAsync(topic, payload, 1);
            await alice.PublishAsync("open/end", "end");
            WireMessage message = await alice.NextMessageAsync();
            return message.Topic == topic && message.Payload == payload;
        }
        catch (Exception exception) when (exception is EndOfStreamException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    static async Task<bool> IsIdentifierAcceptedAsync(TestHost host, MqttProtocolVersion version, int length)
    {
        using WireClient client = await WireClient.OpenAsync(host, version);
        await client.SendAsync(new WireConnect(new string('i', length), version).ToPacket());
        try
        {
            return (await client.NextAsync(MqttPacket.ConnAck)).AsConnAck().Reason == 0;
        }
        catch (EndOfStreamException)
        {
            return false;
        }
    }
}
