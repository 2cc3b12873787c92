using System.Text.Json;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Mqtt;

namespace CivicSense.EndToEnd.Tests.Public;

/// <summary>What a client without an account gets from a node over MQTT.</summary>
[Collection(FinishedDemoCollection.Name)]
public sealed class LiveTopicTests(FinishedDemo demo)
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_subscribes_gets_the_newest_hour_of_every_area_as_the_api_says_it()
    {
        var node = await demo.NodeAsync();
        await using var reader = await ConnectAsync(node);
        Assert.Equal(0, (byte)await reader.SubscribeAsync("civicsense/v1/public/#", cancellationToken: Cancel));
        var messages = await ReceivedAsync(reader);

        using var http = new HttpClient();
        Assert.NotEmpty(messages);
        foreach (var message in messages)
        {
            Assert.True(message.Retain);
            Assert.Equal(["civicsense", "v1", "public"], message.Topic.Split('/')[..3]);
            var live = JsonElement.Parse(message.Payload.Span);
            var (area, quantity) = (message.Topic.Split('/')[3], message.Topic.Split('/')[4]);
            var answer = await http.GetStringAsync(
                new Uri(node.Address, $"api/v1/areas/{area}/estimates?quantity={quantity}&from={live.GetProperty("start").GetString()}"),
                Cancel);
            var row = Assert.Single(JsonElement.Parse(answer).GetProperty("items").EnumerateArray());
            Assert.True(JsonElement.DeepEquals(row, live), $"{row}\n{live}");
        }
    }

    [Theory]
    [InlineData("#")]
    [InlineData("+/#")]
    [InlineData("civicsense/#")]
    [InlineData("civicsense/v1/+/note")]
    [InlineData("civicsense/v1/stranger/#")]
    [InlineData("$share/g/#")]
    [InlineData("$share/g/civicsense/v1/public/#")]
    [InlineData("$SYS/#")]
    public async Task Nothing_else_can_be_seen(string filter)
    {
        var node = await demo.NodeAsync();
        await using var reader = await ConnectAsync(node);
        var refused = await Assert.ThrowsAsync<MqttException>(() => reader.SubscribeAsync(filter, cancellationToken: Cancel));
        Assert.Equal(MqttReasonCode.NotAuthorized, refused.Reason);
        Assert.Empty(await ReceivedAsync(reader));
    }

    [Fact]
    public async Task A_reader_cannot_publish_not_even_what_is_public()
    {
        var node = await demo.NodeAsync();
        await using var listener = await ConnectAsync(node);
        await listener.SubscribeAsync("civicsense/v1/public/forged/#", cancellationToken: Cancel);
        await using (var forger = await ConnectAsync(node))
        {
            await forger.PublishAsync(
                "civicsense/v1/public/forged/pm2_5"u8.ToArray(), "{}"u8.ToArray(), 1, retain: true, cancellationToken: Cancel);
            await forger.FlushAsync(Cancel);
            await forger.DrainAsync(Cancel);
        }
        Assert.Empty(await ReceivedAsync(listener));
    }

    static Task<MqttClient> ConnectAsync(NodeProcess node) =>
        MqttClient.ConnectAsync(new MqttClientOptions { Host = "127.0.0.1", Port = node.MqttPort }, Cancel);

    /// <summary>Everything that was retained: it comes before the answer to a later subscription.</summary>
    static async Task<List<MqttReceivedMessage>> ReceivedAsync(MqttClient client)
    {
        await client.SubscribeAsync("civicsense/v1/public/-/end", cancellationToken: Cancel);
        var messages = new List<MqttReceivedMessage>();
        while (client.Messages.TryRead(out var message)) messages.Add(message);
        return messages;
    }
}
