using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>What became of a packet.</summary>
enum PacketOutcome
{
    /// <summary>It was handled.</summary>
    Handled,

    /// <summary>There is no room for it now: it has to be handed over again.</summary>
    NoRoom,

    /// <summary>It was handled, and nothing more is to be read.</summary>
    Last,
}

/// <summary>What handles the packets that a <see cref="ClientReader"/> reads.</summary>
interface IPacketHandler
{
    /// <summary>Handles one packet; the body is valid during the call.</summary>
    PacketOutcome Handle(in MqttFixedHeader header, ReadOnlySpan<byte> body);

    /// <summary>Called when everything that has arrived was handled; completes when there is room for more.</summary>
    ValueTask EndBatchAsync(CancellationToken cancellationToken);
}

/// <summary>Cuts the stream of a connection into packets.</summary>
sealed class ClientReader(ClientTransport transport, int maximumPacketSize)
{
    const int InitialSize = 4096;

    /// <summary>The buffer grows to this while more comes than it holds: a busy connection reads often little otherwise.</summary>
    const int BusySize = 64 * 1024;

    byte[] buffer = new byte[InitialSize];
    int start;
    int end;

    /// <summary>Reads until the handler has had its last packet (true is returned), or the stream ends (false).</summary>
    /// <exception cref="MqttException">The server sent what is not MQTT, or a packet above the maximum.</exception>
    public async Task<bool> ReadAsync(IPacketHandler handler, CancellationToken cancellationToken)
    {
        while (true)
        {
            PacketOutcome outcome = HandleBuffered(handler);
            await handler.EndBatchAsync(cancellationToken);
            if (outcome == PacketOutcome.Last) return true;
            if (outcome == PacketOutcome.NoRoom) continue;
            MakeRoom();
            int read = await transport.ReceiveAsync(buffer.AsMemory(end), cancellationToken);
            if (read == 0) return false;
            end += read;
        }
    }

    PacketOutcome HandleBuffered(IPacketHandler handler)
    {
        while (true)
        {
            ReadOnlySpan<byte> available = buffer.AsSpan(start, end - start);
            MqttReadStatus status = FrameScanner.TryReadHeader(available, out MqttFixedHeader header);
            if (status == MqttReadStatus.Invalid)
                throw new MqttException(MqttReasonCode.MalformedPacket, "The server sent what is not MQTT.");
            if (status == MqttReadStatus.Done && header.TotalLength > maximumPacketSize)
                throw MqttException.From($"The server sent a packet of {header.TotalLength} bytes", MqttReasonCode.PacketTooLarge);

            if (status == MqttReadStatus.NeedMoreData) return PacketOutcome.Handled;
            if (available.Length < header.TotalLength)
            {
                if (buffer.Length < header.TotalLength) Resize(header.TotalLength);
                return PacketOutcome.Handled;
            }

            PacketOutcome outcome = handler.Handle(header, available.Slice(header.HeaderLength, header.RemainingLength));
            if (outcome == PacketOutcome.NoRoom) return outcome;
            start += header.TotalLength;
            if (outcome == PacketOutcome.Last) return outcome;
        }
    }

    void MakeRoom()
    {
        bool wasFilled = end == buffer.Length;
        if (start == end) (start, end) = (0, 0);
        if (wasFilled && buffer.Length < BusySize) Resize(buffer.Length * 2);
        else if (end == buffer.Length) Resize(start == 0 ? buffer.Length * 2 : buffer.Length);
    }

    // Moves the unread bytes to the front, into a larger array if need be.
    void Resize(int length)
    {
        byte[] target = length > buffer.Length ? new byte[length] : buffer;
        buffer.AsSpan(start, end - start).CopyTo(target);
        (buffer, start, end) = (target, 0, end - start);
    }
}
