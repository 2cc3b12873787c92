using System.Text;

namespace CivicSense.Mqtt.Tests.Client;

/// <summary>The client against the project's own listener.</summary>
public sealed class OwnListenerTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(MosquittoTests.VersionsAndQualities), MemberType = typeof(MosquittoTests))]
    public async Task Published_messages_come_back_in_order_and_once(MqttProtocolVersion version, byte qualityOfService)
    {
        const int count = 300;
        await using TestHost host = await TestHost.StartAsync();
        await using MqttClient client = await host.ConnectAsync("c", options => options with { Version = version, MaximumInFlight = 20 });
        Assert.Equal(qualityOfService, (byte)await client.SubscribeAsync("open/+", qualityOfService, Cancel));
        for (int i = 0; i < count; i++)
            await client.PublishAsync("open/b"u8.ToArray(), Encoding.UTF8.GetBytes($"{i}"), qualityOfService, cancellationToken: Cancel);

        for (int i = 0; i < count; i++)
        {
            MqttReceivedMessage message = await client.Messages.ReadAsync(Cancel).AsTask().WaitAsync(TestHost.Patience, Cancel);
            Assert.Equal(($"{i}", qualityOfService), (Encoding.UTF8.GetString(message.Payload.Span), message.QualityOfService));
        }

        await client.DrainAsync(Cancel);
        Assert.False(client.Messages.TryRead(out _));
    }
}
