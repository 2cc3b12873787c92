using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Client;

/// <summary>
/// The received messages of QoS 1 and 2 that are not acknowledged, in the order of their arrival. They may be marked in any order, and are
/// acknowledged in this one: [MQTT-4.6.0-2], [MQTT-4.6.0-3]. Thread-safe.
/// </summary>
sealed class AcknowledgementLine(MqttProtocolVersion version, ReceivedExactlyOnce received)
{
    const int InitialSize = 16;

    readonly Lock gate = new();
    readonly HashSet<ushort> exactlyOnce = [];
    Waiting[] ring = new Waiting[InitialSize];
    long head;
    long tail;

    ref Waiting At(long place) => ref ring[(int)(place & (ring.Length - 1))];

    public int Count
    {
        get
        {
            lock (gate) return (int)(tail - head);
        }
    }

    /// <summary>Whether a message of QoS 2 with this identifier is being handled.</summary>
    public bool IsWaiting(ushort identifier)
    {
        lock (gate) return exactlyOnce.Contains(identifier);
    }

    /// <summary>Adds a message; the answer is its place.</summary>
    public long Add(ushort identifier, byte qualityOfService)
    {
        lock (gate)
        {
            if (tail - head == ring.Length)
            {
                var larger = new Waiting[ring.Length * 2];
                for (long place = head; place < tail; place++) larger[(int)(place & (larger.Length - 1))] = At(place);
                ring = larger;
            }

            if (qualityOfService == 2) exactlyOnce.Add(identifier);
            At(tail) = new Waiting(identifier, qualityOfService, MqttReasonCode.Success, IsReady: false);
            return tail++;
        }
    }

    /// <summary>Lets a message be acknowledged when those before it are. Done a second time, it does nothing.</summary>
    public void Mark(long place, ushort identifier, MqttReasonCode reason)
    {
        lock (gate)
        {
            if (place < head || place >= tail || At(place) is not { IsReady: false } waiting || waiting.Identifier != identifier) return;
            At(place) = waiting with { Reason = reason, IsReady = true };
            if (waiting.QualityOfService < 2) return;
            exactlyOnce.Remove(identifier);
            // After a refusal the server may use the identifier for another message (MQTT 5.0 section 4.3.3).
            if ((byte)reason < 0x80 || version == MqttProtocolVersion.V311) received.Add(identifier);
        }
    }

    /// <summary>Writes every acknowledgement whose turn it is.</summary>
    public void Write(OutgoingBuffer output)
    {
        lock (gate)
        {
            if (head == tail || !At(head).IsReady) return;
            lock (output.Gate)
            {
                for (; head < tail && At(head) is { IsReady: true } next; head++)
                {
                    var packet = new AcknowledgementPacket(next.Identifier, next.Reason);
                    MqttPacketType type = next.QualityOfService == 2 ? MqttPacketType.PubRec : MqttPacketType.PubAck;
                    packet.Write(output.Reserve(packet.Length(version)), type, version);
                }
            }
        }
    }

    readonly record struct Waiting(ushort Identifier, byte QualityOfService, MqttReasonCode Reason, bool IsReady);
}
