using System.Text;
using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Conformance;

/// <summary>
/// The cases "user properties", "payload format", "publication expiry" and "request response" of Eclipse's interoperability suite for
/// MQTT 5.0.
/// </summary>
public sealed class MessagePropertyTests
{
    /// <summary>[MQTT-3.3.2-4], [MQTT-3.3.2-17], [MQTT-3.3.2-18] and [MQTT-3.3.2-20].</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_a_message_says_of_itself_is_passed_on_unaltered(int quality)
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        await alice.SubscribeAsync("open/a", 2);

        await alice.PublishAsync("open/a", "", quality, properties: new()
        {
            { WireProperty.UserProperty, ("a", "2") },
            { WireProperty.PayloadFormatIndicator, 1 },
            { WireProperty.ContentType, "My name" },
            { WireProperty.UserProperty, ("c", "3") },
        });

        WireMessage message = await alice.NextMessageAsync();
        Assert.Equal(quality, message.QualityOfService);
        Assert.Equal([("a", "2"), ("c", "3")], message.Properties.User);
        Assert.Equal(1, message.Properties.Number(WireProperty.PayloadFormatIndicator));
        Assert.Equal("My name", message.Properties.Text(WireProperty.ContentType));
    }

    /// <summary>[MQTT-3.3.2-5] and [MQTT-3.3.2-6].</summary>
    [Fact]
    public async Task A_message_that_waited_too_long_is_dropped_and_the_others_say_what_is_left()
    {
        await using TestHost host = await TestHost.StartAsync(manualTime: true);
        using WireClient alice = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        using (WireClient before = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "bob", Versions.Persistent))
        {
            await before.SubscribeAsync("open/a", 2);
            // Longer than any server has to grant (section 3.2.2.3.2).
            await before.DisconnectAsync(0, new() { { WireProperty.SessionExpiryInterval, 999_999_999 } });
        }

        await host.UntilOpenAsync(1);
        foreach (int expiry in new[] { 1, 6 })
        {
            for (int quality = 1; quality <= 2; quality++)
            {
                await alice.PublishAsync(
                    "open/a", $"{expiry} s", quality, properties: new() { { WireProperty.MessageExpiryInterval, expiry } });
            }
        }

        host.Time!.Advance(TimeSpan.FromSeconds(3));

        using WireClient bob = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "bob", Versions.Persistent);
        IReadOnlyList<WireMessage> messages = await bob.MessagesBeforeFenceAsync(alice);
        Assert.Equal(["6 s", "6 s"], messages.Select(message => message.Payload));
        Assert.All(messages, message => Assert.Equal(3, message.Properties.Number(WireProperty.MessageExpiryInterval)));
    }

    /// <summary>Section 4.10; [MQTT-3.3.2-15] and [MQTT-3.3.2-16].</summary>
    [Fact]
    public async Task A_responder_learns_where_to_answer_and_what_it_answers()
    {
        await using TestHost host = await TestHost.StartAsync();
        using WireClient requester = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "alice");
        using WireClient responder = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "bob");
        const int quality2WithoutOwn = 2 | 4;
        await requester.SubscribeAsync("open/a", quality2WithoutOwn);
        await responder.SubscribeAsync("open/a", quality2WithoutOwn);

        await requester.PublishAsync("open/a", "request", 1, properties: new()
        {
            { WireProperty.ResponseTopic, "open/a" },
            { WireProperty.CorrelationData, "334"u8.ToArray() },
        });

        WireMessage request = await responder.NextMessageAsync();
        Assert.Equal("334", Encoding.UTF8.GetString(request.Properties.Binary(WireProperty.CorrelationData)!));
        await responder.PublishAsync(request.Properties.Text(WireProperty.ResponseTopic)!, "response", 1, properties: request.Properties);
        WireMessage response = await requester.NextMessageAsync();
        Assert.Equal(("open/a", "response"), (response.Topic, response.Payload));
        Assert.Equal("334", Encoding.UTF8.GetString(response.Properties.Binary(WireProperty.CorrelationData)!));
    }
}
