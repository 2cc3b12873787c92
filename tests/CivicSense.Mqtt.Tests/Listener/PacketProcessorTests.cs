using System.IO.Pipelines;
using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Listener;
using CivicSense.Mqtt.Tests.Codec;
using CivicSense.Mqtt.Tests.Listener.Sessions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace CivicSense.Mqtt.Tests.Listener;

/// <summary>When a connection is read from again.</summary>
public sealed class PacketProcessorTests
{
    const int Burst = 20;

    static readonly byte[] Connect = PacketBuilder.ConnectV5(
        "c", PacketBuilder.Property(MqttProperty.SessionExpiryInterval, PacketBuilder.UInt32(3600)));

    static readonly byte[] Subscribe = PacketBuilder.SubscribeV5(1, ("open/+", 1));

    static async Task<MqttConnection> OpenAsync(MqttListener listener, IMqttSession application)
    {
        var context = new DefaultConnectionContext("id") { Transport = new Duplex(new Pipe().Reader, new Pipe().Writer) };
        var connection = new MqttConnection(listener, context) { Version = MqttProtocolVersion.V5 };
        Assert.Equal(MqttReasonCode.Success, ConnectPacket.TryRead(Connect.AsSpan(2), out ConnectPacket connect));
        connection.Identify(connect, "c", application);
        (ClientSession? session, _) = await listener.Sessions.ClaimAsync(connection, cleanStart: true, CancellationToken.None);
        connection.Attach(session!);
        session!.Open(connection);
        return connection;
    }

    /// <summary>All of a burst of SUBSCRIBEs, and one more that comes too early.</summary>
    static void SpendBurst(PacketProcessor processor)
    {
        var header = new MqttFixedHeader(0x82, Subscribe.Length - 2, 2);
        for (int i = 0; i < Burst; i++)
        {
            Assert.False(processor.IsTooFast(header));
            Assert.Equal(MqttReasonCode.Success, processor.HandleOther(header, Subscribe.AsSpan(2)));
        }

        Assert.True(processor.IsTooFast(header));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_subscribes_too_fast_also_waits_for_what_is_not_saved(bool isOwedRetainedMessages)
    {
        var application = new Swallower();
        var store = new MemorySessionStore();
        var time = new ManualTimeProvider();
        await using ServiceProvider services = new ServiceCollection()
            .AddLogging().AddSingleton<IMqttApplication>(application).AddSingleton<IMqttSessionStore>(store)
            .AddSingleton<TimeProvider>(time)
            .AddMqttListener(options =>
                (options.SubscribeRate, options.SubscribeBurst, options.MaximumInflightMessages) = (10, Burst, 1))
            .BuildServiceProvider();
        MqttListener listener = services.GetRequiredService<MqttListener>();
        using MqttConnection connection = await OpenAsync(listener, application);
        if (isOwedRetainedMessages) RetainTwo(listener.Router, connection.Client!);
        store.Hold();
        var acknowledgements = new AcknowledgementQueue(
            application, connection.Output, MqttProtocolVersion.V5, 16, listener.Statistics,
            listener.PassOf(PipeScheduler.ThreadPool, application), _ => { }, CancellationToken.None, listener.SessionCommit);
        var processor = new PacketProcessor(connection, acknowledgements);
        SpendBurst(processor);
        Assert.Equal(isOwedRetainedMessages, connection.Client!.HasBacklog);

        Task allowed = processor.WaitAsync(isHeldBack: true);
        Assert.False(allowed.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(allowed.IsCompleted, "The pace is kept, but nothing is saved.");
        store.LetGo();
        await allowed.WaitAsync(TestHost.Patience);
    }

    // The first fills the client's window, the second waits for its acknowledgement.
    static void RetainTwo(MqttRouter router, ClientSession publisher)
    {
        foreach (byte topic in "ab"u8)
        {
            var buffer = new RouteBuffer();
            router.Route(
                new RoutedMessage
                {
                    Topic = [.. "open/"u8, topic],
                    Payload = "1"u8,
                    MessageExpiryOffset = -1,
                    QualityOfService = 1,
                    Retain = true,
                    Publisher = publisher,
                },
                buffer);
        }
    }
}
