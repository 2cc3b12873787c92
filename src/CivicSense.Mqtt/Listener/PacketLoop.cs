using System.Buffers;
using System.IO.Pipelines;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>Reads a connected client's packets: as many as there are per read, then one advance and one flush.</summary>
sealed class PacketLoop(MqttConnection connection, AcknowledgementQueue acknowledgements)
{
    readonly MqttListenerOptions options = connection.Listener.Options;
    readonly PacketProcessor processor = new(connection, acknowledgements);
    byte[]? skippedHeader;
    int skippedHeaderLength;
    MqttFixedHeader skippedFrame;
    int toSkip;

    enum Outcome
    {
        NeedMoreData,
        NoRoom,
        End,
    }

    public async Task RunAsync()
    {
        while (!connection.IsClosing)
        {
            ReadResult result = await connection.Input.ReadAsync();
            if (result.IsCanceled) break;
            processor.BeginBatch(connection.Heard());
            ReadOnlySequence<byte> buffer = result.Buffer;
            Outcome outcome = ReadBatch(ref buffer);
            connection.Input.AdvanceTo(buffer.Start, outcome == Outcome.NeedMoreData ? buffer.End : buffer.Start);
            EndBatch();
            if (outcome == Outcome.End) break;
            if (outcome == Outcome.NeedMoreData && result.IsCompleted)
            {
                connection.RequestClose(MqttReasonCode.UnspecifiedError);
                break;
            }

            await WaitForRoomAsync(outcome);
        }
    }

    void EndBatch()
    {
        processor.ReportCounts();
        acknowledgements.Pump();
        connection.FlushOutput();
        connection.Routes.Flush();
    }

    // Back pressure: as long as the client's acknowledgements or answers cannot go out, its socket is not read.
    async ValueTask WaitForRoomAsync(Outcome outcome)
    {
        Task room = outcome == Outcome.NoRoom ? acknowledgements.WaitForRoomAsync() : Task.CompletedTask;
        Task sent = connection.Output.WaitForRoomAsync(options.MaximumQueuedBytesPerSession);
        Task allowed = processor.WaitAsync(isHeldBack: outcome == Outcome.NoRoom);
        if (room.IsCompletedSuccessfully && sent.IsCompletedSuccessfully && allowed.IsCompletedSuccessfully) return;
        connection.Stall(true);
        await room;
        await allowed;
        await sent.WaitAsync(connection.Closing);
        connection.Stall(false);
    }

    Outcome ReadBatch(ref ReadOnlySequence<byte> buffer)
    {
        while (true)
        {
            if (toSkip > 0 && !TrySkip(ref buffer)) return connection.IsClosing ? Outcome.End : Outcome.NeedMoreData;
            Outcome? outcome = ReadSegment(ref buffer) ?? ReadStraddling(ref buffer);
            if (outcome is { } known) return known;
        }
    }

    /// <summary>Reads the packets that lie in the first segment completely; null when the next one does not.</summary>
    Outcome? ReadSegment(ref ReadOnlySequence<byte> buffer)
    {
        ReadOnlySpan<byte> segment = buffer.FirstSpan;
        int offset = 0;
        Outcome? outcome = null;
        while (FrameScanner.TryReadHeader(segment[offset..], out MqttFixedHeader header) == MqttReadStatus.Done)
        {
            if (header.RemainingLength > segment.Length - offset - header.HeaderLength) break;
            if (!IsAllowedWhole(header)) break;
            outcome = Handle(header, segment.Slice(offset + header.HeaderLength, header.RemainingLength));
            if (outcome == Outcome.NoRoom) break;
            offset += header.TotalLength;
            if (outcome is not null) break;
        }

        buffer = buffer.Slice(offset);
        return outcome;
    }

    /// <summary>Reads one packet that is invalid, incomplete, spread over segments or too long; null when more may follow.</summary>
    Outcome? ReadStraddling(ref ReadOnlySequence<byte> buffer)
    {
        MqttReadStatus status = FrameScanner.TryReadHeader(buffer, out MqttFixedHeader header);
        if (status == MqttReadStatus.NeedMoreData) return Outcome.NeedMoreData;
        if (status == MqttReadStatus.Invalid) return Fail(MqttReasonCode.MalformedPacket);
        if (!IsAllowedWhole(header)) return BeginLong(ref buffer, header);
        return HandleWhole(ref buffer, header);
    }

    /// <summary>Whether a packet may be waited for and kept as a whole without a look at how much of it is payload.</summary>
    bool IsAllowedWhole(in MqttFixedHeader header) =>
        header.TotalLength <= options.MaximumPacketSize
        && header.RemainingLength <= (header.Type == MqttPacketType.Publish
            ? options.MaximumPayloadSize
            : options.MaximumControlPacketSize);

    /// <summary>Decides about a packet longer than <see cref="IsAllowedWhole"/> from its part before the payload.</summary>
    Outcome? BeginLong(ref ReadOnlySequence<byte> buffer, in MqttFixedHeader header)
    {
        bool isTooLarge = header.Type != MqttPacketType.Publish || header.TotalLength > options.MaximumPacketSize;
        if (isTooLarge) return Fail(MqttReasonCode.PacketTooLarge);
        int limit = options.MaximumControlPacketSize;
        int available = (int)Math.Min(buffer.Length - header.HeaderLength, limit);
        byte[] scratch = ArrayPool<byte>.Shared.Rent(Math.Max(1, available));
        bool isKept = false;
        try
        {
            buffer.Slice(header.HeaderLength, available).CopyTo(scratch);
            MqttReadStatus status =
                PublishPacket.TryMeasure(header, scratch.AsSpan(0, available), connection.Version, out int beforePayload);
            if (status == MqttReadStatus.Invalid) return Fail(MqttReasonCode.MalformedPacket);
            if (beforePayload > limit || (status == MqttReadStatus.NeedMoreData && available == limit))
                return Fail(MqttReasonCode.PacketTooLarge);
            if (status == MqttReadStatus.NeedMoreData || available < beforePayload) return Outcome.NeedMoreData;
            if (header.RemainingLength - beforePayload <= options.MaximumPayloadSize) return HandleWhole(ref buffer, header);

            if (!processor.HasRoomFor(header)) return OnNoRoom();
            if (processor.IsTooFast(header)) return Outcome.NoRoom;
            (skippedHeader, skippedHeaderLength, skippedFrame, isKept) = (scratch, beforePayload, header, true);
            toSkip = header.RemainingLength - beforePayload;
            buffer = buffer.Slice(header.HeaderLength + beforePayload);
            return null;
        }
        finally
        {
            if (!isKept) ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    // At most MaximumControlPacketSize + MaximumPayloadSize bytes.
    Outcome? HandleWhole(ref ReadOnlySequence<byte> buffer, in MqttFixedHeader header)
    {
        if (buffer.Length < header.TotalLength) return Outcome.NeedMoreData;
        byte[] whole = ArrayPool<byte>.Shared.Rent(header.RemainingLength);
        try
        {
            buffer.Slice(header.HeaderLength, header.RemainingLength).CopyTo(whole);
            Outcome? outcome = Handle(header, whole.AsSpan(0, header.RemainingLength));
            if (outcome != Outcome.NoRoom) buffer = buffer.Slice(header.TotalLength);
            return outcome;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    /// <summary>Lets payload bytes go by; at their end the message is handed over without payload. False while more are to come.</summary>
    bool TrySkip(ref ReadOnlySequence<byte> buffer)
    {
        // There is room for the acknowledgement: BeginLong has made sure, and only this loop adds to the queue.
        int skipped = (int)Math.Min(buffer.Length, toSkip);
        buffer = buffer.Slice(skipped);
        toSkip -= skipped;
        if (toSkip > 0) return false;
        int payloadLength = skippedFrame.RemainingLength - skippedHeaderLength;
        byte[] start = skippedHeader!;
        skippedHeader = null;
        MqttReasonCode reason = processor.HandlePublish(skippedFrame, start.AsSpan(0, skippedHeaderLength), payloadLength);
        ArrayPool<byte>.Shared.Return(start);
        if (reason == MqttReasonCode.Success) return true;
        connection.Fail(reason);
        return false;
    }

    Outcome? Handle(in MqttFixedHeader header, ReadOnlySpan<byte> body)
    {
        if (header.Type == MqttPacketType.Publish)
        {
            if (!processor.HasRoomFor(header)) return OnNoRoom();
            if (processor.IsTooFast(header)) return Outcome.NoRoom;
            MqttReasonCode published = processor.HandlePublish(header, body, omittedPayloadLength: null);
            return published == MqttReasonCode.Success ? null : Fail(published);
        }

        // Neither is one message more, so that too many of them only make the client wait.
        if (header.Type is MqttPacketType.PubRel or MqttPacketType.PubRec && !processor.HasRoomFor(header)) return Outcome.NoRoom;
        if (processor.IsTooFast(header)) return Outcome.NoRoom;
        MqttReasonCode reason = processor.HandleOther(header, body);
        if (reason != MqttReasonCode.Success) return Fail(reason);
        return connection.IsClosing ? Outcome.End : null;
    }

    // An MQTT 3.1.1 client has been told no maximum, so it is made to wait; a 5.0 client has broken it (MQTT 5.0 section 3.3.4).
    Outcome OnNoRoom() =>
        processor.HasFilledReceiveMaximum ? Fail(MqttReasonCode.ReceiveMaximumExceeded) : Outcome.NoRoom;

    Outcome Fail(MqttReasonCode reason)
    {
        connection.Fail(reason);
        return Outcome.End;
    }
}
