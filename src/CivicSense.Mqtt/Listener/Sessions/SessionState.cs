using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Listener;

/// <summary>Everything of a session that outlives the process.</summary>
/// <param name="IsConnected">Whether a client was connected when this was written, so that the expiry had not begun.</param>
/// <param name="Expiry">How long the session is kept after its connection, in whole seconds.</param>
/// <param name="Subscriptions">Without their session when they have just been read.</param>
/// <param name="Incoming">Packet identifiers of QoS 2 messages that the client has not released.</param>
/// <param name="LastIdentifier">The packet identifier that was given last.</param>
/// <param name="Outgoing">In flight, then waiting.</param>
/// <param name="Will">What the last connection has left to be published later; null without.</param>
sealed record SessionSnapshot(
    bool IsConnected, TimeSpan Expiry, Subscription[] Subscriptions, ushort[] Incoming, ushort LastIdentifier, OutgoingMessage[] Outgoing,
    SavedWill? Will = null);

/// <summary>The bytes of <see cref="MqttStoredSession.State"/>.</summary>
/// <remarks>
/// Numbers are written as in MQTT packets: big-endian, lengths and counts as variable byte integers. Version (1), connected (1), expiry
/// (4); count of subscriptions, each: filter (binary), QoS and flags (1), count of identifiers and each of them; count of incoming
/// identifiers and each (2); last identifier (2); count of outgoing messages, each: step (1), QoS and flags (1), packet identifier (2),
/// subscription identifiers as above, shared filter (binary), expiry in UTC ticks or 0 (8), expiry offset + 1 (4), topic (binary),
/// properties and payload (length and bytes). Since version 2: count of wills, 0 or 1, each: due in UTC ticks (8), QoS and flags (1), delay
/// (4), expiry interval (4), expiry offset + 1 (4), topic, properties and payload as above.
/// </remarks>
static class SessionState
{
    const byte VersionWithoutWill = 1;
    const byte Version = 2;
    const byte NoLocalFlag = 4;
    const byte RetainFlag = 8;

    public static byte[] Write(SessionSnapshot snapshot)
    {
        var output = new StateWriter();
        output.Byte(Version);
        output.Byte(snapshot.IsConnected ? (byte)1 : (byte)0);
        output.UInt32((uint)Math.Min(uint.MaxValue, snapshot.Expiry.TotalSeconds));
        output.Length(snapshot.Subscriptions.Length);
        foreach (Subscription subscription in snapshot.Subscriptions)
        {
            output.Binary(subscription.Filter);
            int flags = (subscription.NoLocal ? NoLocalFlag : 0) | (subscription.RetainAsPublished ? RetainFlag : 0);
            output.Byte((byte)(subscription.QualityOfService | flags));
            output.Identifiers(subscription.Identifiers);
        }

        output.Length(snapshot.Incoming.Length);
        foreach (ushort identifier in snapshot.Incoming) output.UInt16(identifier);
        output.UInt16(snapshot.LastIdentifier);
        output.Length(snapshot.Outgoing.Length);
        foreach (OutgoingMessage message in snapshot.Outgoing) Write(output, message);
        output.Length(snapshot.Will is null ? 0 : 1);
        if (snapshot.Will is { } will) Write(output, will);
        return output.ToArray();
    }

    static void Write(StateWriter output, SavedWill saved)
    {
        MqttWill will = saved.Will;
        output.Ticks(saved.Due);
        output.Byte((byte)(will.QualityOfService | (will.Retain ? RetainFlag : 0)));
        output.UInt32(will.DelayInterval);
        output.UInt32(will.MessageExpiryInterval);
        output.UInt32((uint)(will.MessageExpiryOffset + 1));
        output.Binary(will.Topic);
        output.Bytes(will.Properties);
        output.Bytes(will.Payload);
    }

    static void Write(StateWriter output, OutgoingMessage message)
    {
        MessageContent content = message.Content;
        output.Byte((byte)message.Step);
        output.Byte((byte)(message.QualityOfService | (message.Retain ? RetainFlag : 0)));
        output.UInt16(message.PacketIdentifier);
        output.Identifiers(message.SubscriptionIdentifiers);
        output.Binary(message.SharedFilter ?? []);
        output.Ticks(content.ExpiresAt);
        output.UInt32((uint)(content.MessageExpiryOffset + 1));
        output.Binary(content.Topic);
        output.Bytes(content.Properties);
        output.Bytes(content.Payload);
    }

    /// <summary>Reads a state; false if it is of another version or anything in it is not as it was written.</summary>
    public static bool TryRead(ReadOnlySpan<byte> state, [NotNullWhen(true)] out SessionSnapshot? snapshot)
    {
        snapshot = null;
        var reader = new PacketReader(state);
        if (!reader.TryReadByte(out byte version) || version is not (Version or VersionWithoutWill)) return false;
        if (!reader.TryReadByte(out byte connected) || connected > 1 || !reader.TryReadUInt32(out uint expiry)) return false;
        if (!TryReadSubscriptions(ref reader, out Subscription[] subscriptions)) return false;
        if (!reader.TryReadVariableInteger(out int incomingCount) || incomingCount > reader.Rest.Length / 2) return false;
        var incoming = new ushort[incomingCount];
        for (int i = 0; i < incomingCount; i++)
        {
            if (!reader.TryReadPacketIdentifier(out incoming[i])) return false;
        }

        if (!reader.TryReadUInt16(out ushort last) || !TryReadOutgoing(ref reader, out OutgoingMessage[] outgoing)) return false;
        SavedWill? will = null;
        if (version >= Version && !TryReadWill(ref reader, out will)) return false;
        snapshot = new SessionSnapshot(connected == 1, TimeSpan.FromSeconds(expiry), subscriptions, incoming, last, outgoing, will);
        return reader.AtEnd;
    }

    static bool TryReadWill(scoped ref PacketReader reader, out SavedWill? saved)
    {
        saved = null;
        if (!reader.TryReadVariableInteger(out int count) || count > 1) return false;
        if (count == 0) return true;
        if (!TryReadTicks(ref reader, out DateTimeOffset? due) || due is null) return false;
        if (!reader.TryReadByte(out byte flags) || (flags & ~(3 | RetainFlag)) != 0 || (flags & 3) == 3) return false;
        if (!reader.TryReadUInt32(out uint delay) || !reader.TryReadUInt32(out uint expiry)) return false;
        if (!reader.TryReadUInt32(out uint offset)) return false;
        if (!reader.TryReadBinary(out ReadOnlySpan<byte> topic) || !MqttText.IsTopicName(topic)) return false;
        if (!TryReadBytes(ref reader, out ReadOnlySpan<byte> properties) || !IsExpiryOffset(offset, properties)) return false;
        if (!TryReadBytes(ref reader, out ReadOnlySpan<byte> payload)) return false;
        var will = new MqttWill(topic.ToArray(), payload.ToArray(), (byte)(flags & 3), (flags & RetainFlag) != 0)
        {
            Properties = properties.ToArray(),
            MessageExpiryOffset = (int)offset - 1,
            MessageExpiryInterval = expiry,
            DelayInterval = delay,
        };
        saved = new SavedWill(will, due.Value);
        return true;
    }

    static bool TryReadSubscriptions(scoped ref PacketReader reader, out Subscription[] subscriptions)
    {
        subscriptions = [];
        if (!reader.TryReadVariableInteger(out int count) || count > reader.Rest.Length) return false;
        var read = new Subscription[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadBinary(out ReadOnlySpan<byte> filter) || !MqttText.IsTopicFilter(filter)) return false;
            if (!reader.TryReadByte(out byte flags) || (flags & ~(3 | NoLocalFlag | RetainFlag)) != 0 || (flags & 3) == 3) return false;
            if (!TryReadIdentifiers(ref reader, out int[] identifiers)) return false;
            read[i] = new Subscription(
                null!, filter.ToArray(), (byte)(flags & 3), (flags & NoLocalFlag) != 0, (flags & RetainFlag) != 0, identifiers);
        }

        subscriptions = read;
        return true;
    }

    static bool TryReadOutgoing(scoped ref PacketReader reader, out OutgoingMessage[] outgoing)
    {
        outgoing = [];
        if (!reader.TryReadVariableInteger(out int count) || count > reader.Rest.Length) return false;
        var read = new OutgoingMessage[count];
        var used = new HashSet<ushort>();
        for (int i = 0; i < count; i++)
        {
            if (!TryReadMessage(ref reader, out OutgoingMessage? message)) return false;
            // Identifiers belong to what is in flight, and each to one message.
            bool isInFlight = message.Step != DeliveryStep.Waiting;
            if (isInFlight && (message.PacketIdentifier == 0 || !used.Add(message.PacketIdentifier))) return false;
            read[i] = message;
        }

        outgoing = read;
        return true;
    }

    static bool TryReadMessage(scoped ref PacketReader reader, [NotNullWhen(true)] out OutgoingMessage? message)
    {
        message = null;
        if (!reader.TryReadByte(out byte step) || step > (byte)DeliveryStep.Released) return false;
        if (!reader.TryReadByte(out byte flags) || (flags & ~(3 | RetainFlag)) != 0 || (flags & 3) is 0 or 3) return false;
        if (!reader.TryReadUInt16(out ushort identifier) || !TryReadIdentifiers(ref reader, out int[] identifiers)) return false;
        if (!reader.TryReadBinary(out ReadOnlySpan<byte> shared) || (!shared.IsEmpty && !MqttText.IsTopicFilter(shared))) return false;
        if (!TryReadContent(ref reader, isReleased: step == (byte)DeliveryStep.Released, out MessageContent? content)) return false;
        message = new OutgoingMessage(
            content, (byte)(flags & 3), (flags & RetainFlag) != 0, identifiers, shared.IsEmpty ? null : shared.ToArray())
        {
            PacketIdentifier = identifier,
            Step = (DeliveryStep)step,
        };
        return true;
    }

    static bool TryReadContent(scoped ref PacketReader reader, bool isReleased, [NotNullWhen(true)] out MessageContent? content)
    {
        content = null;
        if (!TryReadTicks(ref reader, out DateTimeOffset? expiresAt) || !reader.TryReadUInt32(out uint offset)) return false;
        if (!reader.TryReadBinary(out ReadOnlySpan<byte> topic) || (!isReleased && !MqttText.IsTopicName(topic))) return false;
        if (!TryReadBytes(ref reader, out ReadOnlySpan<byte> properties) || !TryReadBytes(ref reader, out ReadOnlySpan<byte> payload))
            return false;
        if (!IsExpiryOffset(offset, properties)) return false;
        content = new MessageContent(topic.ToArray(), payload.ToArray(), properties.ToArray(), (int)offset - 1, expiresAt);
        return true;
    }

    static bool IsExpiryOffset(uint offset, ReadOnlySpan<byte> properties) =>
        offset == 0 || offset + (ulong)sizeof(uint) <= (ulong)properties.Length + 1;

    static bool TryReadTicks(scoped ref PacketReader reader, out DateTimeOffset? instant)
    {
        instant = null;
        if (!reader.TryReadUInt32(out uint high) || !reader.TryReadUInt32(out uint low)) return false;
        if (high > DateTimeOffset.MaxValue.UtcTicks >> 32) return false;
        long ticks = (long)high << 32 | low;
        if (ticks > DateTimeOffset.MaxValue.UtcTicks) return false;
        if (ticks != 0) instant = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    static bool TryReadBytes(scoped ref PacketReader reader, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return reader.TryReadVariableInteger(out int length) && reader.TryTake(length, out bytes);
    }

    static bool TryReadIdentifiers(scoped ref PacketReader reader, out int[] identifiers)
    {
        identifiers = [];
        if (!reader.TryReadVariableInteger(out int count) || count > reader.Rest.Length) return false;
        var read = new int[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadVariableInteger(out read[i]) || read[i] == 0) return false;
        }

        identifiers = read;
        return true;
    }
}

/// <summary>Writes parts of a state into memory that grows.</summary>
sealed class StateWriter
{
    readonly ArrayBufferWriter<byte> output = new();

    public byte[] ToArray() => output.WrittenSpan.ToArray();

    public void Byte(byte value) => Raw([value]);

    public void UInt16(ushort value) => Raw([(byte)(value >> 8), (byte)(value & 0xFF)]);

    public void UInt32(uint value)
    {
        UInt16((ushort)(value >> 16));
        UInt16((ushort)(value & 0xFFFF));
    }

    public void Length(int value)
    {
        Span<byte> bytes = output.GetSpan(4);
        output.Advance(VariableInteger.Write(bytes, value));
    }

    public void Raw(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Length(bytes.Length);
        Raw(bytes);
    }

    public void Ticks(DateTimeOffset? instant)
    {
        long ticks = instant?.UtcTicks ?? 0;
        UInt32((uint)(ticks >> 32));
        UInt32((uint)(ticks & uint.MaxValue));
    }

    public void Binary(ReadOnlySpan<byte> bytes)
    {
        UInt16((ushort)bytes.Length);
        Raw(bytes);
    }

    public void Identifiers(int[] identifiers)
    {
        Length(identifiers.Length);
        foreach (int identifier in identifiers) Length(identifier);
    }
}
