using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>The QoS 1 and 2 answers that one connection still owes, in the order in which the messages came.</summary>
/// <remarks>
/// The read loop calls <see cref="TryAdd"/> for each message and <see cref="Pump"/> once for each batch it has read. While anything is
/// owed, one task waits for the oldest ticket and then writes all that are due, up to the first that is not. Locks are taken in the order
/// this queue, then <see cref="OutgoingBuffer.Gate"/>.
/// </remarks>
sealed class AcknowledgementQueue(
    IMqttDurability durability, OutgoingBuffer output, MqttProtocolVersion version, int capacity, MqttListenerStatistics statistics,
    Action<Exception> durabilityFailed, CancellationToken stopping, IMqttDurability? sessions = null)
{
    readonly Lock gate = new();
    Owed[] ring = new Owed[Math.Min(16, capacity)];
    int head;
    int count;
    bool isWaiting;
    TaskCompletionSource? roomWanted;

    /// <summary>Adds what is owed for a message; false if <c>capacity</c> are owed already.</summary>
    /// <param name="type">PUBACK, PUBREC, PUBREL or PUBCOMP.</param>
    /// <param name="packetIdentifier">Of the message.</param>
    /// <param name="reason">What the client is told.</param>
    /// <param name="ticket">Of the application; 0 waits for nothing.</param>
    /// <param name="savedTicket">Of the session store, if a session has changed too; 0 waits for nothing.</param>
    public bool TryAdd(MqttPacketType type, ushort packetIdentifier, MqttReasonCode reason, long ticket, long savedTicket = 0)
    {
        lock (gate)
        {
            if (count == capacity) return false;
            if (count == ring.Length) Grow();
            ring[Wrap(head + count)] = new Owed(ticket, savedTicket, type, packetIdentifier, reason);
            count++;
            return true;
        }
    }

    /// <summary>How many of the client's messages wait for the packet that ends their exchange, PUBACK or PUBCOMP.</summary>
    public int CountMessages()
    {
        lock (gate)
        {
            int messages = 0;
            for (int i = 0; i < count; i++)
            {
                if (ring[Wrap(head + i)].Type is MqttPacketType.PubAck or MqttPacketType.PubComp) messages++;
            }

            return messages;
        }
    }

    /// <summary>Whether another message may be taken.</summary>
    public bool HasRoom
    {
        get
        {
            lock (gate) return count < capacity;
        }
    }

    /// <summary>Writes what is due, without flushing, and makes sure that somebody waits for the rest.</summary>
    public void Pump()
    {
        WriteDue();
        lock (gate)
        {
            if (count == 0 || isWaiting || stopping.IsCancellationRequested) return;
            isWaiting = true;
        }

        _ = WaitAndWriteAsync();
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
            }

            if (written == 0) return;
            if (answered > 0) statistics.CountAcknowledged(answered);
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

    async Task WaitAndWriteAsync()
    {
        try
        {
            while (true)
            {
                Owed oldest;
                lock (gate)
                {
                    if (count == 0)
                    {
                        isWaiting = false;
                        return;
                    }

                    oldest = ring[head];
                }

                await durability.WaitAsync(oldest.Ticket, stopping).ConfigureAwait(false);
                if (oldest.SavedTicket > 0) await sessions!.WaitAsync(oldest.SavedTicket, stopping).ConfigureAwait(false);
                WriteDue();
                output.Flush();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The connection is closing. What is due then is written by its last turn.
        }
        catch (Exception exception)
        {
            durabilityFailed(exception);
        }
    }

    void Write(in Owed owed)
    {
        var packet = new AcknowledgementPacket(owed.PacketIdentifier, owed.Reason);
        packet.Write(output.Reserve(packet.Length(version)), owed.Type, version);
    }

    int Wrap(int index) => index >= ring.Length ? index - ring.Length : index;

    void Grow()
    {
        var larger = new Owed[Math.Min(capacity, ring.Length * 4)];
        for (int i = 0; i < count; i++) larger[i] = ring[Wrap(head + i)];
        (ring, head) = (larger, 0);
    }

    readonly record struct Owed(long Ticket, long SavedTicket, MqttPacketType Type, ushort PacketIdentifier, MqttReasonCode Reason);
}
