using CivicSense.Mqtt.Client;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Tests.Client;

public sealed class ClientAllocationTests
{
    const int Warming = 200;
    const int Measured = 2000;

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(0, false, 4)]
    [InlineData(1, false, 0)]
    [InlineData(1, true, 0)]
    [InlineData(2, false, 0)]
    [InlineData(2, true, 0)]
    public async Task Publishing_allocates_nothing_for_a_message(byte qualityOfService, bool isKept, ushort aliases)
    {
        var options = new MqttClientOptions
        {
            Host = "unused", AutoFlush = false, MaximumOutgoingTopicAliases = aliases, Session = isKept ? new MqttClientSession() : null,
        };
        var output = new OutgoingBuffer(_ => ValueTask.CompletedTask, () => { });
        OutboundWindow window = options.Session?.Outbound ?? new OutboundWindow(100);
        window.Attach(output, options.Version, 64, uint.MaxValue, sessionPresent: false);
        var publisher = new ClientPublisher(
            options, new MqttServerInformation { TopicAliasMaximum = 10 }, output, window, new ConnectionEnd());
        var message = new Publication("civicsense/v1/d/readings"u8.ToArray(), "12.5"u8.ToArray(), qualityOfService, false)
        {
            Properties = new MqttMessageProperties { ContentType = "text/plain" },
        };
        byte[] identifierBytes = new byte[2];
        long allocated = 0;
        for (int i = 0; i < Warming + Measured; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            ushort identifier = await publisher.PublishAsync(message, CancellationToken.None);
            (identifierBytes[0], identifierBytes[1]) = ((byte)(identifier >> 8), (byte)(identifier & 0xFF));
            if (qualityOfService == 1) publisher.HandleAnswer(MqttPacketType.PubAck, identifierBytes);
            if (qualityOfService == 2)
            {
                publisher.HandleAnswer(MqttPacketType.PubRec, identifierBytes);
                publisher.HandleAnswer(MqttPacketType.PubComp, identifierBytes);
            }

            if (i >= Warming) allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            // Once for many messages, so not measured.
            output.Flush();
        }

        Assert.Equal(0, allocated);
        Assert.Equal(qualityOfService == 0 ? 0 : Warming + Measured, publisher.AcknowledgedCount);
        Assert.Equal(0, window.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_handled_message_allocates_nothing(byte qualityOfService)
    {
        var handler = new Counter();
        var options = new MqttClientOptions { Host = "unused", Handler = handler };
        var output = new OutgoingBuffer(_ => ValueTask.CompletedTask, () => { });
        var receiver = new ClientReceiver(options, output, new ReceivedExactlyOnce());
        byte[] body = qualityOfService == 0 ? "\0\u0001a\0payload"u8.ToArray() : "\0\u0001a\0\u0007\0payload"u8.ToArray();
        var header = new MqttFixedHeader((byte)(0x30 | qualityOfService << 1), body.Length, 2);
        byte[] release = [0, 7];
        long allocated = 0;
        for (int i = 0; i < Warming + Measured; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            receiver.HandlePublish(header, body);
            receiver.Acknowledge(handler.Last, MqttReasonCode.Success);
            receiver.WriteAcknowledgements();
            if (qualityOfService == 2) receiver.HandleRelease(release);
            if (i >= Warming) allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            output.Flush();
        }

        Assert.Equal(0, allocated);
        Assert.Equal(Warming + Measured, handler.Count);
    }

    sealed class Counter : IMqttMessageHandler
    {
        public int Count { get; private set; }

        public MqttAcknowledgementToken Last { get; private set; }

        public void Handle(in MqttInboundMessage message) => (Count, Last) = (Count + 1, message.Token);
    }
}
