using System.IO.Pipelines;
using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Listener;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace CivicSense.Mqtt.Tests.Listener;

public sealed class PublishAllocationTests
{
    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V5)]
    public async Task A_publish_that_is_consumed_allocates_nothing(MqttProtocolVersion version)
    {
        var application = new Swallower();
        await using ServiceProvider services = new ServiceCollection()
            .AddLogging().AddSingleton<IMqttApplication>(application).AddMqttListener().BuildServiceProvider();
        MqttListener listener = services.GetRequiredService<MqttListener>();
        var incoming = new Pipe();
        var context = new DefaultConnectionContext("id") { Transport = new Duplex(incoming.Reader, new Pipe().Writer) };
        using var connection = new MqttConnection(listener, context) { Version = version };
        Assert.Equal(MqttReasonCode.Success, ConnectPacket.TryRead(RawConnection.ConnectV311.AsSpan(2), out ConnectPacket connect));
        connection.Identify(connect, "c", application);
        (ClientSession? session, _) = await listener.Sessions.ClaimAsync(connection, cleanStart: true, CancellationToken.None);
        connection.Attach(session!);
        var acknowledgements = new AcknowledgementQueue(
            application, connection.Output, version, 16, listener.Statistics,
            listener.PassOf(PipeScheduler.ThreadPool, application), _ => { },
            CancellationToken.None);
        var processor = new PacketProcessor(connection, acknowledgements);
        long allocated = Measure(processor, acknowledgements, connection.Output, version);
        Assert.Equal(0, allocated);
        Assert.Equal(2200, application.Count);
    }

    // The first turns fill pools and remember the topic.
    static long Measure(
        PacketProcessor processor, AcknowledgementQueue acknowledgements, OutgoingBuffer output, MqttProtocolVersion version)
    {
        ReadOnlySpan<byte> body = version == MqttProtocolVersion.V5 ? "\0\u0003a/b\0\u0001\0payload"u8 : "\0\u0003a/b\0\u0001payload"u8;
        var header = new MqttFixedHeader(0x32, body.Length, 2);
        long before = 0;
        output.Append(new byte[16_384]);
        for (int i = 0; i < 2200; i++)
        {
            if (i == 200) before = GC.GetAllocatedBytesForCurrentThread();
            processor.HandlePublish(header, body, omittedPayloadLength: null);
            acknowledgements.WriteDue();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
