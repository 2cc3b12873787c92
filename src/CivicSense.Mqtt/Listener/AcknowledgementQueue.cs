using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>The QoS 1 acknowledgements that one connection still owes, in the order in which the messages came.</summary>
/// <remarks>
/// The read loop calls <see cref="TryAdd"/> for each message and <see cref="Pump"/> once for each batch it has read. While anything is
/// owed, the queue is in its loop's <see cref="AcknowledgementPass"/>, which writes all that are due, up to the first that is not. Locks
/// are taken in the order this queue, then <see cref="OutgoingBuffer.Gate"/>.
/// </remarks>
sealed class AcknowledgementQueue(
    IMqttDurability durability, OutgoingBuffer output, MqttProtocolVersion version, int capacity, MqttListenerStatistics statistics,
    AcknowledgementPass pass, Action<Exception> durabilityFailed, CancellationToken stopping)
{
    readonly Lock gate = new();
    Owed[] ring = [];
    int head;
    int count;
    bool isInPass;
    TaskCompletionSource? roomWanted;

    /// <summary>Adds what is owed for a message, PUBACK or PUBREC; false if <c>capacity</c> are owed already.</summary>
    public bool TryAdd(MqttPacketType type, ushort packetIdentifier, MqttReasonCode reason, long ticket)
    {
        lock (gate)
        {
            if (count == capacity) return false;
            if (count == ring.Length) Grow();
            ring[Wrap(head + count)] = new Owed(ticket, type, packetIdentifier, reason);
            count++;
            return true;
        }
    }

    /// <summary>Whether another message may be taken.</summary>
    public bool HasRoom => Volatile.Read(ref count) < capacity;

    /// <summary>Writes what is due, without flushing, and sees to it that the rest is written when it becomes durable.</summary>
    public void Pump()
    {
        // Only the read loop, which calls this, adds.
        if (Volatile.Read(ref count) == 0) return;
        WriteDue();
        long oldest;
        lock (gate)
        {
            if (count == 0 || isInPass || stopping.IsCancellationRequested) return;
            isInPass = true;
            oldest = ring[head].Ticket;
        }

        pass.Add(this, oldest);
    }

    /// <summary>Writes the acknowledgements that are durable by now.</summary>
    public void WriteDue()
    {
        TaskCompletionSource? waiter = null;
        lock (gate)
        {
            if (count == 0) return;
            long durable = durability.DurableTicket;
            int written = 0;
            lock (output.Gate)
            {
                while (count > 0 && ring[head].Ticket <= durable)
                {
                    Write(ring[head]);
                    head = Wrap(head + 1);
                    count--;
                    written++;
                }
            }

            if (written == 0) return;
            statistics.CountAcknowledged(written);
            (waiter, roomWanted) = (roomWanted, null);
        }

        waiter?.TrySetResult();
    }

    /// <summary>Completes when another message may be taken or the connection closes.</summary>
    public Task WaitForRoomAsync()
    {
        lock (gate)
        {
            if (count < capacity) return Task.CompletedTask;
            roomWanted ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return roomWanted.Task.WaitAsync(stopping);
        }
    }

    /// <summary>Writes and sends what is due. Called by <see cref="AcknowledgementPass"/>.</summary>
    /// <param name="oldest">The oldest ticket that is still waited for.</param>
    /// <returns>Whether anything is still owed; if not, the queue is not in the pass any more.</returns>
    public bool WriteAndFlush(out long oldest)
    {
        WriteDue();
        output.Flush();
        lock (gate)
        {
            oldest = count == 0 ? long.MaxValue : ring[head].Ticket;
            isInPass = count > 0 && !stopping.IsCancellationRequested;
            return isInPass;
        }
    }

    /// <summary>Ends the connection without acknowledging: nobody can tell any more what is durable.</summary>
    public void Fail(Exception exception)
    {
        if (!stopping.IsCancellationRequested) durabilityFailed(exception);
    }

    // PUBACK and PUBREC, MQTT 5.0 sections 3.4 and 3.5; the reason code is left out when it is Success, as in MQTT 3.1.1 always.
    void Write(in Owed owed)
    {
        bool hasReason = version == MqttProtocolVersion.V5 && owed.Reason != MqttReasonCode.Success;
        var writer = new PacketWriter(output.Reserve(hasReason ? 5 : 4));
        writer.FixedHeader(owed.Type, 0, hasReason ? 3 : 2);
        writer.UInt16(owed.PacketIdentifier);
        if (hasReason) writer.Byte((byte)owed.Reason);
    }

    int Wrap(int index) => index >= ring.Length ? index - ring.Length : index;

    void Grow()
    {
        var larger = new Owed[Math.Min(capacity, Math.Max(4, ring.Length * 4))];
        for (int i = 0; i < count; i++) larger[i] = ring[Wrap(head + i)];
        (ring, head) = (larger, 0);
    }

    readonly record struct Owed(long Ticket, MqttPacketType Type, ushort PacketIdentifier, MqttReasonCode Reason);
}
