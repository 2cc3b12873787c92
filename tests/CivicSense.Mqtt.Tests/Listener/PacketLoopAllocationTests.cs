using System.Diagnostics;
using System.IO.Pipelines;
using System.Reflection;
using CivicSense.Mqtt.Codec;
using CivicSense.Mqtt.Listener;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace CivicSense.Mqtt.Tests.Listener;

/// <summary>
/// From the bytes in the pipe to the application and its acknowledgement; the rest of the way is gated in the ingestion's tests.
/// </summary>
public sealed class PacketLoopAllocationTests
{
    const int Messages = 20_000;

    [Theory]
    [InlineData(0, MqttProtocolVersion.V311)]
    [InlineData(0, MqttProtocolVersion.V5)]
    [InlineData(1, MqttProtocolVersion.V311)]
    [InlineData(1, MqttProtocolVersion.V5)]
    public async Task A_message_that_is_read_consumed_and_acknowledged_allocates_nothing(int qualityOfService, MqttProtocolVersion version)
    {
        bool isDebugBuild = typeof(PacketLoop).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true;
        Assert.SkipWhen(
            isDebugBuild, "In a debug build every call of an asynchronous method allocates; run it with -c Release, as test.sh does.");
        var application = new Swallower();
        await using ServiceProvider services = new ServiceCollection()
            .AddLogging().AddSingleton<IMqttApplication>(application).AddMqttListener().BuildServiceProvider();
        MqttListener listener = services.GetRequiredService<MqttListener>();
        var inline = new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);
        var (incoming, outgoing) = (new Pipe(inline), new Pipe(inline));
        var context = new DefaultConnectionContext("id") { Transport = new Duplex(incoming.Reader, outgoing.Writer) };
        using var connection = new MqttConnection(listener, context) { Version = version };
        Assert.Equal(MqttReasonCode.Success, ConnectPacket.TryRead(RawConnection.ConnectV311.AsSpan(2), out ConnectPacket connect));
        connection.Identify(connect, "c", application);
        (ClientSession? session, _) = await listener.Sessions.ClaimAsync(connection, cleanStart: true, CancellationToken.None);
        connection.Attach(session!);
        var acknowledgements = new AcknowledgementQueue(
            application, connection.Output, version, 16, listener.Statistics, listener.PassOf(PipeScheduler.Inline, application), _ => { },
            CancellationToken.None);
        Task loop = new PacketLoop(connection, acknowledgements).RunAsync();

        byte[] packet = Packet(qualityOfService, version);
        await ExchangeAsync(incoming, outgoing, packet);
        long before = GC.GetAllocatedBytesForCurrentThread();
        await ExchangeAsync(incoming, outgoing, packet);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(2 * Messages, application.Count);
        Assert.Equal(qualityOfService * 2 * Messages, listener.Statistics.MessagesAcknowledged);
        incoming.Writer.Complete();
        await loop;
    }

    // Every step goes on at once on this thread: the pipes are told to.
    static async Task ExchangeAsync(Pipe incoming, Pipe outgoing, byte[] packet)
    {
        for (int i = 0; i < Messages; i++)
        {
            packet.CopyTo(incoming.Writer.GetSpan(packet.Length));
            incoming.Writer.Advance(packet.Length);
            await incoming.Writer.FlushAsync();
            if (outgoing.Reader.TryRead(out ReadResult answer)) outgoing.Reader.AdvanceTo(answer.Buffer.End);
        }
    }

    static byte[] Packet(int qualityOfService, MqttProtocolVersion version)
    {
        byte[] body = [0, 3, .. "a/b"u8, .. qualityOfService > 0 ? (byte[])[0, 1] : [],
            .. version == MqttProtocolVersion.V5 ? (byte[])[0] : [],
            .. "payload"u8];
        return [(byte)(0x30 | qualityOfService << 1), (byte)body.Length, .. body];
    }
}
