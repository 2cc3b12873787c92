using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Client;

/// <summary>The client against a real Mosquitto that is stopped, killed and started again.</summary>
public sealed class MosquittoRestartTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static MqttReconnectOptions Quick =>
        new() { InitialPause = TimeSpan.FromMilliseconds(20), MaximumPause = TimeSpan.FromMilliseconds(100) };

    static MqttClientOptions Options(int port) => new() { Host = "127.0.0.1", Port = port };

    // Mosquitto 2.0.11 writes no session down whose present connection made a clean start.
    static MqttClientOptions Lasting(int port, string name) =>
        Options(port) with { ClientId = name, CleanStart = false, SessionExpiry = TimeSpan.FromHours(1) };

    static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    static string Text(MqttReceivedMessage message) => Encoding.UTF8.GetString(message.Payload.Span);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_session_resumed_after_the_broker_restarts_loses_and_doubles_nothing(byte qualityOfService)
    {
        const int count = 2000;
        // More than are ever in flight: those above it the broker doubles, as the next test says.
        var settings = new MosquittoSettings { IsPersistent = true, Lines = ["max_inflight_messages 10000"] };
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(settings);
        string[] got = await PublishOverRestartsAsync(
            broker, Lasting(broker.Port, "subscriber"), Lasting(broker.Port, "publisher"), count, qualityOfService);
        // QoS 2 is once each; QoS 1 at least once, which is what has been waited for.
        if (qualityOfService == 2) Assert.Equal(count, got.Length);
    }

    /// <summary>
    /// What the client owes by itself, whatever the broker does. Mosquitto 2.0.11 starts again with max_inflight_messages of a session in
    /// flight, by default 20. Where there were more, it forgets that it had sent PUBREL for the 21st and later, and sends PUBLISH with the
    /// same identifier again, against [MQTT-4.3.3-6]: its own log has "Received PUBREC" and "Sending PUBREL" for an identifier and, after
    /// the restart, "Sending PUBLISH (d1". To a client that had answered PUBCOMP this is a new message ([MQTT-4.3.3-12]).
    /// </summary>
    [Fact]
    public async Task Over_restarts_the_client_keeps_every_rule_of_exactly_once_by_itself()
    {
        const int count = 2000;
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(new MosquittoSettings { IsPersistent = true });
        await using WireTap receiverTap = WireTap.To(broker.Port, MqttProtocolVersion.V5);
        await using WireTap senderTap = WireTap.To(broker.Port, MqttProtocolVersion.V5);
        string[] got = await PublishOverRestartsAsync(
            broker, Lasting(receiverTap.Port, "subscriber"), Lasting(senderTap.Port, "publisher"), count, qualityOfService: 2);
        ExactlyOnceRules.CheckSender(senderTap.Packets, count);
        int doubledByTheBroker = ExactlyOnceRules.CheckReceiver(receiverTap.Packets, got);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{got.Length} delivered of {count}, {doubledByTheBroker} sent again after PUBREL by the broker");
        Assert.InRange(got.Length, count, count + doubledByTheBroker);
    }

    // The answer is what the subscriber was given, in order, up to the first moment at which nothing was missing.
    static async Task<string[]> PublishOverRestartsAsync(
        MosquittoBroker broker, MqttClientOptions receiving, MqttClientOptions sending, int count, byte qualityOfService)
    {
        var got = new ConcurrentQueue<string>();
        await using var subscriber = new MqttReconnectingClient(receiving with { Received = message => got.Enqueue(Text(message)) }, Quick);
        await using var publisher = new MqttReconnectingClient(sending, Quick);
        int resumed = 0;
        foreach (MqttReconnectingClient client in new[] { subscriber, publisher })
        {
            client.StateChanged = state =>
            {
                if (state == MqttClientState.Connected && client.Server!.SessionPresent) Interlocked.Increment(ref resumed);
            };
        }

        subscriber.Subscribe("a/#", qualityOfService);
        _ = subscriber.RunAsync(Cancel);
        await TestHost.UntilAsync(() => subscriber.State == MqttClientState.Connected);
        _ = publisher.RunAsync(Cancel);
        await TestHost.UntilAsync(() => publisher.State == MqttClientState.Connected);
        int expected = 0;
        for (int i = 0; i < count; i++)
        {
            await publisher.PublishAsync("a/b"u8.ToArray(), Utf8($"{i}"), qualityOfService, cancellationToken: Cancel);
            if (i is not (300 or 1000)) continue;
            await broker.RestartAsync();
            // Both come back, and to the same session.
            expected += 2;
            await TestHost.UntilAsync(() => Volatile.Read(ref resumed) == expected);
        }

        await publisher.DrainAsync(Cancel);
        await TestHost.UntilAsync(() => got.Distinct().Count() == count);
        return [.. got];
    }

    [Fact]
    public async Task A_broker_that_forgot_everything_is_subscribed_to_again()
    {
        var got = new ConcurrentQueue<string>();
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using var client =
            new MqttReconnectingClient(Options(broker.Port) with { Received = message => got.Enqueue(Text(message)) }, Quick);
        client.Subscribe("a/#", 1);
        _ = client.RunAsync(Cancel);
        await client.PublishConfirmedAsync("a/1"u8.ToArray(), "before"u8.ToArray(), cancellationToken: Cancel);
        await broker.KillAsync();
        // Published while nobody listens: kept.
        await client.PublishAsync("a/1"u8.ToArray(), "meanwhile"u8.ToArray(), 1, cancellationToken: Cancel);
        await broker.StartAgainAsync();
        await client.DrainAsync(Cancel);
        await TestHost.UntilAsync(() => client.State == MqttClientState.Connected);
        await client.PublishConfirmedAsync("a/1"u8.ToArray(), "after"u8.ToArray(), cancellationToken: Cancel);
        await TestHost.UntilAsync(() => got.Contains("after"));
    }

    [Fact]
    public async Task A_restarted_broker_listens_on_the_same_port()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using MqttClient client = await MqttClient.ConnectAsync(Options(broker.Port), Cancel);
        await broker.StopAsync();
        await client.Completion.WaitAsync(TestHost.Patience, Cancel);
        await Assert.ThrowsAsync<SocketException>(() => MqttClient.ConnectAsync(Options(broker.Port), Cancel));
        await broker.StartAgainAsync();
        await using MqttClient second = await MqttClient.ConnectAsync(Options(broker.Port), Cancel);
    }
}
