using System.Buffers;
using System.Diagnostics;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>
/// Laws of the readers for bytes that nobody meant: they answer and never throw, they keep little memory, and what they accept can be
/// written and read again. The seed of a run is printed; CIVICSENSE_FUZZ_SEED repeats it.
/// </summary>
public sealed class FuzzTests
{
    static readonly int Packets = Environment.GetEnvironmentVariable("CIVICSENSE_AUDIT") == "1" ? 10_000_000 : 200_000;

    public static TheoryData<int> Corpus => new(Enumerable.Range(0, PacketCorpus.All.Count));

    [Theory]
    [MemberData(nameof(Corpus))]
    public void Every_packet_of_the_corpus_is_accepted_and_written_again(int index)
    {
        CorpusPacket packet = PacketCorpus.All[index];
        PacketMeaning? meaning = PacketMeaning.Of(packet.Bytes, packet.Version, packet.IsFromClient);
        Assert.True(meaning is not null, packet.Name);
        Assert.Equal(meaning.Text, PacketMeaning.Of(meaning.Again, packet.Version, packet.IsFromClient)?.Text);
        Check(packet.Bytes, packet);
        CheckSplits(packet.Bytes, packet.Version);
    }

    [Fact]
    public void Mutated_packets_are_answered_without_an_exception()
    {
        int seed = Mutation.ChooseSeed();
        TestContext.Current.TestOutputHelper?.WriteLine($"CIVICSENSE_FUZZ_SEED={seed}");
        var mutation = new Mutation(seed);
        int accepted = 0;
        for (int i = 0; i < Packets; i++)
        {
            (byte[] bytes, CorpusPacket from) = mutation.Next();
            try
            {
                if (Check(bytes, from)) accepted++;
                if (i % 50 == 0) CheckSplits(bytes, from.Version);
            }
            catch (Exception exception)
            {
                Assert.Fail($"CIVICSENSE_FUZZ_SEED={seed}, packet {i}, {from}, {Convert.ToHexString(bytes)}: {exception}");
            }
        }

        // The mutations are neither so wild nor so tame that one side of the readers is never reached.
        Assert.InRange(accepted, Packets / 50, Packets / 2);
    }

    /// <summary>True if the packet is accepted as one of its seed's version and direction.</summary>
    static bool Check(byte[] bytes, CorpusPacket from)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        ReadWithEverything(bytes);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // Ten readers, of which each keeps what it has found: at most some twenty bytes for each byte of a filter list.
        if (allocated > 16_384 + (256L * bytes.Length)) throw new UnreachableException($"{allocated} bytes allocated for {bytes.Length}.");

        PacketMeaning? meaning = PacketMeaning.Of(bytes, from.Version, from.IsFromClient);
        if (meaning is null) return false;
        PacketMeaning? again = PacketMeaning.Of(meaning.Again, from.Version, from.IsFromClient);
        if (again?.Text != meaning.Text) throw new UnreachableException($"Read {meaning.Text}, then {again?.Text}.");
        return true;
    }

    /// <summary>Every reader gets every body, also that of another type or one cut short.</summary>
    static void ReadWithEverything(byte[] packet)
    {
        MqttReadStatus status = FrameScanner.TryReadHeader(packet, out MqttFixedHeader header);
        if (status == MqttReadStatus.Done && header.HeaderLength is < 2 or > 5) throw new UnreachableException("Header length.");
        ReadOnlySpan<byte> body = packet.AsSpan(Math.Min(packet.Length, 2));
        ConnectPacket.TryRead(body, out _);
        AuthPacket.TryRead(body, out _);
        ReadOne(header, body, MqttProtocolVersion.V311);
        ReadOne(header, body, MqttProtocolVersion.V5);
    }

    static void ReadOne(in MqttFixedHeader header, ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        ReadPublish(header with { RemainingLength = body.Length }, body, version);
        SubscribePacket.TryRead(body, version, isUnsubscribe: false, out _);
        SubscribePacket.TryRead(body, version, isUnsubscribe: true, out _);
        SubAckPacket.TryRead(MqttPacketType.SubAck, body, version, out _);
        SubAckPacket.TryRead(MqttPacketType.UnsubAck, body, version, out _);
        AcknowledgementPacket.TryRead(MqttPacketType.PubAck, body, version, out _);
        AcknowledgementPacket.TryRead(MqttPacketType.PubRel, body, version, out _);
        DisconnectPacket.TryRead(body, version, isFromClient: true, out _);
        DisconnectPacket.TryRead(body, version, isFromClient: false, out _);
        ConnectAcknowledgement.TryRead(body, version, out _);
    }

    static void ReadPublish(in MqttFixedHeader header, ReadOnlySpan<byte> body, MqttProtocolVersion version)
    {
        MqttReadStatus measured = PublishPacket.TryMeasure(header, body, version, out int beforePayload);
        MqttReasonCode reason = PublishPacket.TryRead(header, body, version, AllowedProperties.OfPublishFromServer, out PublishPacket packet);
        if (reason != MqttReasonCode.Success) return;
        if (measured != MqttReadStatus.Done || body.Length - beforePayload != packet.Payload.Length)
            throw new UnreachableException("Measure.");
        if (version == MqttProtocolVersion.V5) CheckForwarded(packet.Properties);
        if (MqttText.IsTopicName(packet.Topic) && MqttText.IsTopicFilter(packet.Topic) && !MqttText.Matches(packet.Topic, packet.Topic))
            throw new UnreachableException("A topic does not match itself.");
    }

    // What goes on to subscribers is a PUBLISH's properties again, without alias and with the same expiry in its place.
    static void CheckForwarded(in MqttProperties properties)
    {
        ReadOnlySpan<byte> forwarded = properties.GetForwarded(out int offset);
        var reader = new PacketReader([.. PacketBuilder.VariableByteInteger(forwarded.Length), .. forwarded]);
        MqttReasonCode reason = MqttProperties.TryRead(ref reader, AllowedProperties.OfPublishFromServer, out MqttProperties again);
        bool isSame = reason == MqttReasonCode.Success && !again.Has(MqttProperty.TopicAlias) && again.MessageExpiryOffset == offset
            && again.MessageExpiryInterval == properties.MessageExpiryInterval
                && again.CorrelationData.SequenceEqual(properties.CorrelationData);
        if (!isSame) throw new UnreachableException("Forwarded properties.");
    }

    /// <summary>However the bytes are cut, the same is read; and a beginning is never taken for something else than the whole.</summary>
    static void CheckSplits(byte[] bytes, MqttProtocolVersion version)
    {
        MqttReadStatus whole = FrameScanner.TryReadHeader(bytes, out MqttFixedHeader header);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            MqttReadStatus split = FrameScanner.TryReadHeader(Cut(bytes, cut), out MqttFixedHeader splitHeader);
            if (split != whole || splitHeader != header) throw new UnreachableException($"Cut at {cut}.");
            MqttReadStatus start = FrameScanner.TryReadHeader(bytes.AsSpan(0, cut), out MqttFixedHeader startHeader);
            if (start != MqttReadStatus.NeedMoreData && (start != whole || startHeader != header))
                throw new UnreachableException($"First {cut}.");
        }

        if (whole != MqttReadStatus.Done || header.Type != MqttPacketType.Publish || header.TotalLength > bytes.Length) return;
        ReadOnlySpan<byte> body = bytes.AsSpan(header.HeaderLength);
        MqttReadStatus measured = PublishPacket.TryMeasure(header, body, version, out int beforePayload);
        if (measured == MqttReadStatus.NeedMoreData) throw new UnreachableException("A whole packet needs no more data.");
        for (int cut = 0; cut < header.RemainingLength; cut++)
        {
            MqttReadStatus start = PublishPacket.TryMeasure(header, body[..cut], version, out int early);
            if (start != MqttReadStatus.NeedMoreData && (start != measured || early != beforePayload))
                throw new UnreachableException($"Measured {cut}.");
        }
    }

    static ReadOnlySequence<byte> Cut(byte[] bytes, int at)
    {
        var last = new Segment(bytes.AsMemory(at), at, null);
        return new ReadOnlySequence<byte>(new Segment(bytes.AsMemory(0, at), 0, last), 0, last, bytes.Length - at);
    }

    sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index, Segment? next) => (Memory, RunningIndex, Next) = (memory, index, next);
    }
}
