using System.Net.Sockets;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>Reads packets from a socket and hands each to <see cref="HandlePacket"/>.</summary>
sealed class ClientReader(Socket socket)
{
    const int InitialSize = 4096;

    /// <summary>Larger packets than this are not expected by this client and end the connection.</summary>
    const int MaximumPacketSize = 4 * 1024 * 1024;

    byte[] buffer = new byte[InitialSize];
    int start;
    int end;

    /// <summary>Handles one packet; false ends the reading.</summary>
    public delegate bool HandlePacket(in MqttFixedHeader header, ReadOnlySpan<byte> body);

    /// <summary>Reads until the handler says false (true is returned), or the stream ends (false).</summary>
    /// <exception cref="MqttException">The server sent what is not MQTT.</exception>
    public async Task<bool> ReadAsync(HandlePacket handle, Action endOfBatch, CancellationToken cancellationToken)
    {
        while (true)
        {
            bool isOver = !HandleBuffered(handle);
            endOfBatch();
            if (isOver) return true;
            MakeRoom();
            int read = await socket.ReceiveAsync(buffer.AsMemory(end), SocketFlags.None, cancellationToken);
            if (read == 0) return false;
            end += read;
        }
    }

    bool HandleBuffered(HandlePacket handle)
    {
        while (true)
        {
            ReadOnlySpan<byte> available = buffer.AsSpan(start, end - start);
            MqttReadStatus status = FrameScanner.TryReadHeader(available, out MqttFixedHeader header);
            if (status == MqttReadStatus.Invalid || (status == MqttReadStatus.Done && header.TotalLength > MaximumPacketSize))
            {
                throw new MqttException(MqttReasonCode.MalformedPacket, "The server sent a packet that is malformed or too large.");
            }

            if (status == MqttReadStatus.NeedMoreData) return true;
            if (available.Length < header.TotalLength)
            {
                if (buffer.Length < header.TotalLength) Resize(header.TotalLength);
                return true;
            }

            start += header.TotalLength;
            if (!handle(header, available.Slice(header.HeaderLength, header.RemainingLength))) return false;
        }
    }

    void MakeRoom()
    {
        if (start == end) (start, end) = (0, 0);
        else if (end == buffer.Length) Resize(buffer.Length);
    }

    // Moves the unread bytes to the front, into a larger array if need be. A full one of the same size has read bytes to overwrite.
    void Resize(int length)
    {
        byte[] target = length > buffer.Length || start == 0 ? new byte[Math.Max(length, start == 0 ? buffer.Length * 2 : length)] : buffer;
        buffer.AsSpan(start, end - start).CopyTo(target);
        (buffer, start, end) = (target, 0, end - start);
    }
}
