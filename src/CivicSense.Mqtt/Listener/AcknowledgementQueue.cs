using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>The QoS 1 and 2 answers that one connection still owes, in the order in which the messages came.</summary>
/// <remarks>
/// The read loop calls <see cref="TryAdd"/> for each message and <see cref="Pump"/> once for each batch it has read. While anything is
/// owed, the queue is in one <see cref="AcknowledgementPass"/> of its loop, which writes all that are due, up to the first that is not.
/// Locks are taken in the order this queue, then <see cref="OutgoingBuffer.Gate"/>.
/// </remarks>
sealed class AcknowledgementQueue(
    IMqttDurability durability, OutgoingBuffer output, MqttProtocolVersion version, int capacity, MqttListenerStatistics statistics,
    AcknowledgementPass pass, Action<Exception> durabilityFailed, CancellationToken stopping, IMqttDurability? sessions = null,
    AcknowledgementPass? savedPass = null, uint longestExplained = 0)
{
    readonly Lock gate = new();
    Owed[] ring = [];
    int head;
    int count;
    bool isInPass;
    TaskCompletionSource? roomWanted;

    /// <summary>Adds what is owed for a message; false if <c>capacity</c> are owed already.</summary>
    /// <param name="type">PUBACK, PUBREC, PUBREL or PUBCOMP.</param>
    /// <param name="packetIdentifier">Of the message.</param>
    /// <param name="reason">What the client is told.</param>
    /// <param name="ticket">Of the application; 0 waits for nothing.</param>
    /// <param name="savedTicket">Of the session store, if a session has changed too; 0 waits for nothing.</param>
    /// <param name="isOfThisConnection">Whether the message was published on this connection; see <see cref="CountMessages"/>.</param>
    public bool TryAdd(
        MqttPacketType type, ushort packetIdentifier, MqttReasonCode reason, long ticket, long savedTicket = 0,
        bool isOfThisConnection = true)
    {
        lock (gate)
        {
            if (count == capacity) return false;
            if (count == ring.Length) Grow();
            ring[Wrap(head + count)] = new Owed(ticket, savedTicket, type, packetIdentifier, reason, isOfThisConnection);
            count++;
            return true;
        }
    }

    /// <summary>
    /// How many messages of this connection wait for the packet that ends their exchange, PUBACK or PUBCOMP. Those of earlier ones do not
    /// count against the Receive Maximum (MQTT 5.0, section 4.9).
    /// </summary>
    public int CountMessages()
    {
        lock (gate)
        {
            int messages = 0;
            for (int i = 0; i < count; i++)
            {
                Owed owed = ring[Wrap(head + i)];
                if (owed.IsOfThisConnection && owed.Type is MqttPacketType.PubAck or MqttPacketType.PubComp) messages++;
            }

            return messages;
        }
    }

    /// <summary>Whether the connection is closing, so that what is still owed is of no use.</summary>
    public bool IsOver => stopping.IsCancellationRequested;

    /// <summary>Whether another message may be taken.</summary>
    public bool HasRoom => Volatile.Read(ref count) < capacity;

    /// <summary>Writes what is due, without flushing, and sees to it that the rest is written when it becomes durable.</summary>
    public void Pump()
    {
        // Only the read loop, which calls this, adds.
        if (Volatile.Read(ref count) == 0) return;
        WriteDue();
        AcknowledgementPass next;
        long oldest;
        lock (gate)
        {
            if (count == 0 || isInPass || stopping.IsCancellationRequested) return;
            isInPass = true;
            (next, oldest) = FindBlocker();
        }

        next.Add(this, oldest);
    }

    // What the oldest waits for: the application's commit first, then that of the session store.
    (AcknowledgementPass Pass, long Ticket) FindBlocker()
    {
        Owed oldest = ring[head];
        bool isSaving = savedPass is not null && oldest.SavedTicket > 0 && oldest.Ticket <= durability.DurableTicket;
        return isSaving ? (savedPass!, oldest.SavedTicket) : (pass, oldest.Ticket);
    }

    /// <summary>Writes the acknowledgements that are durable by now.</summary>
    public void WriteDue()
    {
        TaskCompletionSource? waiter = null;
        lock (gate)
        {
            if (count == 0) return;
            long durable = durability.DurableTicket;
            long saved = sessions?.DurableTicket ?? 0;
            int written = 0;
            int answered = 0;
            lock (output.Gate)
            {
                while (count > 0 && ring[head].Ticket <= durable && ring[head].SavedTicket <= saved)
                {
                    Write(ring[head]);
                    if (ring[head].Type is MqttPacketType.PubAck or MqttPacketType.PubRec) answered++;
                    head = Wrap(head + 1);
                    count--;
                    written++;
                }

                // Still under the output's gate: what a client has received is counted.
                if (answered > 0) statistics.CountAcknowledged(answered);
            }

            if (written == 0) return;
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

    /// <summary>Writes and sends what is due.</summary>
    /// <param name="from">The pass that calls.</param>
    /// <param name="oldest">The oldest ticket that is still waited for.</param>
    /// <returns>Whether something is still waited for in this pass; if not, the queue is not in it any more.</returns>
    public bool WriteAndFlush(AcknowledgementPass from, out long oldest)
    {
        WriteDue();
        output.Flush();
        AcknowledgementPass next;
        lock (gate)
        {
            oldest = long.MaxValue;
            isInPass = count > 0 && !stopping.IsCancellationRequested;
            if (!isInPass) return false;
            (next, oldest) = FindBlocker();
        }

        if (next == from) return true;
        next.Add(this, oldest);
        return false;
    }

    /// <summary>Ends the connection without acknowledging: nobody can tell any more what is durable.</summary>
    public void Fail(Exception exception)
    {
        if (!stopping.IsCancellationRequested) durabilityFailed(exception);
    }

    void Write(in Owed owed)
    {
        var packet = new AcknowledgementPacket(owed.PacketIdentifier, owed.Reason);
        // Section 3.1.2.11.7 and [MQTT-3.4.2-2]: for clients that want it, within their Maximum Packet Size.
        if (packet.IsRefusal && version == MqttProtocolVersion.V5 && ReasonStrings.For(owed.Reason) is { } text
            && AcknowledgementPacket.ExplainedLength(text) <= longestExplained)
        {
            packet.WriteExplained(output.Reserve(AcknowledgementPacket.ExplainedLength(text)), owed.Type, text);
            return;
        }

        packet.Write(output.Reserve(packet.Length(version)), owed.Type, version);
    }

    int Wrap(int index) => index >= ring.Length ? index - ring.Length : index;

    void Grow()
    {
        var larger = new Owed[Math.Min(capacity, Math.Max(4, ring.Length * 4))];
        for (int i = 0; i < count; i++) larger[i] = ring[Wrap(head + i)];
        (ring, head) = (larger, 0);
    }

    readonly record struct Owed(
        long Ticket, long SavedTicket, MqttPacketType Type, ushort PacketIdentifier, MqttReasonCode Reason, bool IsOfThisConnection);
}
