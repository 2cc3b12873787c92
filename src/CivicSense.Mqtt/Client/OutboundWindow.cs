using System.Buffers;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>
/// The messages of QoS 1 and 2 that are not answered for, in the order of publication, and the packet identifiers. Thread-safe.
/// </summary>
/// <remarks>
/// Without keeping, a message is only counted here, and its publisher writes it. With keeping, it is copied and written from here: at once
/// if the server's Receive Maximum allows it, later if not, and again on every connection until it is answered for ([MQTT-4.4.0-1]).
/// The ring holds the messages from head to tail; those before the cursor are on the wire of the present connection.
/// </remarks>
sealed class OutboundWindow(int capacity)
{
    const int InitialSize = 16;

    readonly Lock gate = new();
    readonly PacketIdentifiers identifiers = new();
    readonly Dictionary<ushort, long> places = [];
    OutboundMessage[] ring = new OutboundMessage[InitialSize];
    long head;
    long cursor;
    long tail;
    int limit;
    int requests;
    OutgoingBuffer? output;
    MqttProtocolVersion version;
    MqttException? ending;
    TaskCompletionSource? changed;

    /// <summary>Messages, subscriptions and unsubscriptions that are not answered for.</summary>
    public int Count
    {
        get
        {
            lock (gate) return places.Count + requests;
        }
    }

    ref OutboundMessage At(long place) => ref ring[(int)(place & (ring.Length - 1))];

    /// <summary>Writes to this connection from now on: first what is unanswered, in order.</summary>
    /// <param name="target">The connection's buffer; it has to be flushed afterwards.</param>
    /// <param name="protocol">What the connection speaks, the same for all connections of a session.</param>
    /// <param name="mostInFlight">Most messages on the wire.</param>
    /// <param name="maximumPacketSize">The largest packet the server takes.</param>
    /// <param name="sessionPresent">Whether the server knows what it has been sent before.</param>
    /// <exception cref="MqttException">A kept message is larger than this server takes.</exception>
    /// <exception cref="InvalidOperationException">Another connection uses it.</exception>
    public void Attach(OutgoingBuffer target, MqttProtocolVersion protocol, int mostInFlight, long maximumPacketSize, bool sessionPresent)
    {
        TaskCompletionSource? waiter;
        lock (gate)
        {
            if (output is not null) throw new InvalidOperationException("Another connection uses this session: dispose that one first.");
            for (long place = head; place < tail; place++)
            {
                if (At(place).Progress != OutboundProgress.Publishing || At(place).PacketLength <= maximumPacketSize) continue;
                throw MqttException.From("A message that is kept for the server is too large for it", MqttReasonCode.PacketTooLarge);
            }

            (output, version, limit) = (target, protocol, mostInFlight);
            if (!sessionPresent) StartOver();
            Send();
            (waiter, changed) = (changed, null);
        }

        waiter?.TrySetResult();
    }

    // [MQTT-3.2.2-5]: the server knows nothing. What it had taken is done, and all else is sent as if for the first time.
    void StartOver()
    {
        for (long place = head; place < tail; place++)
        {
            ref OutboundMessage message = ref At(place);
            message.WasSent = false;
            if (message.Packet is not null) message.Packet[0] &= 0xF7;
            if (message.Progress == OutboundProgress.Releasing) Finish(ref message, MqttReasonCode.Success);
        }

        while (head < tail && At(head).Progress == OutboundProgress.Done) head++;
        cursor = head;
    }

    /// <summary>The connection is over; what is unanswered waits for the next one.</summary>
    public void Detach(OutgoingBuffer target)
    {
        lock (gate)
        {
            if (output != target) return;
            (output, cursor) = (null, head);
        }
    }

    /// <summary>Counts a message that the caller writes; null if it has to wait.</summary>
    public ushort? TryAdd(byte qualityOfService, TaskCompletionSource<MqttReasonCode>? confirmed)
    {
        lock (gate)
        {
            if (!HasRoom || cursor != tail || tail - head >= limit || identifiers.TryTake() is not { } identifier) return null;
            Append(new OutboundMessage
            {
                Identifier = identifier, QualityOfService = qualityOfService, Progress = OutboundProgress.Publishing, WasSent = true,
                Confirmed = confirmed,
            });
            cursor++;
            return identifier;
        }
    }

    /// <summary>Copies a message and sends it when its turn comes; null if it has to wait for room.</summary>
    public ushort? TryKeep(in PublishEncoding packet, TaskCompletionSource<MqttReasonCode>? confirmed)
    {
        lock (gate)
        {
            if (!HasRoom || identifiers.TryTake() is not { } identifier) return null;
            int length = packet.Length;
            byte[] copy = ArrayPool<byte>.Shared.Rent(length);
            (packet with { PacketIdentifier = identifier }).Write(copy.AsSpan(0, length));
            Append(new OutboundMessage
            {
                Identifier = identifier, QualityOfService = packet.QualityOfService, Progress = OutboundProgress.Publishing,
                Packet = copy, PacketLength = length, Confirmed = confirmed,
            });
            Send();
            return identifier;
        }
    }

    bool HasRoom => ending is null && tail - head < capacity;

    void Append(in OutboundMessage message)
    {
        if (tail - head == ring.Length)
        {
            var larger = new OutboundMessage[ring.Length * 2];
            for (long place = head; place < tail; place++) larger[(int)(place & (larger.Length - 1))] = At(place);
            ring = larger;
        }

        places.Add(message.Identifier, tail);
        At(tail++) = message;
    }

    // Everything whose turn it is. At most `limit` messages from head on are on the wire.
    void Send()
    {
        if (output is null) return;
        while (cursor < tail && cursor - head < limit)
        {
            ref OutboundMessage message = ref At(cursor++);
            if (message.Progress == OutboundProgress.Releasing) WriteRelease(message.Identifier, MqttReasonCode.Success);
            if (message.Progress != OutboundProgress.Publishing) continue;
            // [MQTT-3.3.1-1]: DUP marks what was sent before.
            if (message.WasSent) message.Packet![0] |= 8;
            message.WasSent = true;
            output.Append(message.Packet.AsSpan(0, message.PacketLength));
        }
    }

    void WriteRelease(ushort identifier, MqttReasonCode reason)
    {
        var packet = new AcknowledgementPacket(identifier, reason);
        Span<byte> bytes = stackalloc byte[packet.Length(version)];
        packet.Write(bytes, MqttPacketType.PubRel, version);
        output?.Append(bytes);
    }

    /// <summary>Whether the server may answer this message with this packet.</summary>
    public bool IsAwaiting(MqttPacketType answer, ushort identifier)
    {
        lock (gate)
        {
            if (!places.TryGetValue(identifier, out long place) || place >= cursor) return false;
            ref OutboundMessage message = ref At(place);
            return answer switch
            {
                MqttPacketType.PubAck => message.QualityOfService == 1,
                MqttPacketType.PubRec => message.QualityOfService == 2,
                _ => message.Progress == OutboundProgress.Releasing,
            };
        }
    }

    /// <summary>The server has the message: asks it to forget the identifier (MQTT 5.0 section 4.3.3).</summary>
    public void Release(ushort identifier)
    {
        lock (gate)
        {
            if (!places.TryGetValue(identifier, out long place))
            {
                WriteRelease(identifier, MqttReasonCode.PacketIdentifierNotFound);
                return;
            }

            ref OutboundMessage message = ref At(place);
            message.Progress = OutboundProgress.Releasing;
            ReturnPacket(ref message);
            WriteRelease(identifier, MqttReasonCode.Success);
        }
    }

    /// <summary>A message is answered for.</summary>
    public void Complete(ushort identifier, MqttReasonCode reason)
    {
        TaskCompletionSource? waiter;
        lock (gate)
        {
            if (!places.TryGetValue(identifier, out long place)) return;
            Finish(ref At(place), reason);
            while (head < cursor && At(head).Progress == OutboundProgress.Done) head++;
            Send();
            (waiter, changed) = (changed, null);
        }

        waiter?.TrySetResult();
    }

    void Finish(ref OutboundMessage message, MqttReasonCode reason)
    {
        message.Progress = OutboundProgress.Done;
        ReturnPacket(ref message);
        places.Remove(message.Identifier);
        identifiers.Release(message.Identifier);
        message.Confirmed?.TrySetResult(reason);
        message.Confirmed = null;
    }

    static void ReturnPacket(ref OutboundMessage message)
    {
        if (message.Packet is not null) ArrayPool<byte>.Shared.Return(message.Packet);
        message.Packet = null;
    }

    /// <summary>
    /// An identifier for SUBSCRIBE or UNSUBSCRIBE, which Receive Maximum does not limit (section 4.9); null if none is free.
    /// </summary>
    public ushort? TryTakeForRequest()
    {
        lock (gate)
        {
            ushort? identifier = identifiers.TryTake();
            if (identifier is not null) requests++;
            return identifier;
        }
    }

    public void ReleaseRequest(ushort identifier)
    {
        TaskCompletionSource? waiter;
        lock (gate)
        {
            identifiers.Release(identifier);
            requests--;
            (waiter, changed) = (changed, null);
        }

        waiter?.TrySetResult();
    }

    /// <summary>Completes when <see cref="TryAdd"/> and <see cref="TryKeep"/> may have room, or all is over.</summary>
    public Task WaitForRoomAsync()
    {
        lock (gate)
        {
            bool hasRoom = ending is not null || (tail - head < capacity && (output is null || tail - head < limit));
            return hasRoom ? Task.CompletedTask : Changed();
        }
    }

    /// <summary>Completes when all is answered for, or over.</summary>
    public async Task WaitForNoneAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (ending is not null || places.Count + requests == 0) return;
                next = Changed();
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    Task Changed()
    {
        changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return changed.Task;
    }

    /// <summary>Nothing more will be sent: whoever waits for an answer gets this.</summary>
    public void End(MqttException exception)
    {
        TaskCompletionSource? waiter;
        lock (gate)
        {
            ending ??= exception;
            for (long place = head; place < tail; place++) At(place).Confirmed?.TrySetException(exception);
            (waiter, changed) = (changed, null);
        }

        waiter?.TrySetResult();
    }

    /// <exception cref="MqttException">It has ended.</exception>
    public void ThrowIfEnded()
    {
        if (ending is { } exception) throw new MqttException(exception.Reason, exception.Message, exception);
    }
}
