using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CivicSense.Mqtt.Tests.Conformance.Wire;

/// <summary>
/// A client that does only what a test tells it, may do it wrong, and sees every packet. It answers QoS 1 and 2 by itself unless
/// <see cref="Answers"/> is off. Packets that come while another is awaited are kept in their order.
/// </summary>
sealed class WireClient : IDisposable
{
    readonly Socket socket;
    readonly MqttProtocolVersion version;
    readonly List<WirePacket> inbox = [];
    ushort lastIdentifier;

    WireClient(Socket socket, MqttProtocolVersion version) => (this.socket, this.version) = (socket, version);

    /// <summary>Whether PUBLISH, PUBREC and PUBREL are answered as they come in.</summary>
    public bool Answers { get; set; } = true;

    public bool SessionPresent { get; private set; }

    public WireProperties ConnAck { get; private set; } = [];

    bool IsV5 => version == MqttProtocolVersion.V5;

    public static async Task<WireClient> OpenAsync(TestHost host, MqttProtocolVersion version)
    {
        var connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await connection.ConnectAsync(IPAddress.Loopback, host.Port);
        return new WireClient(connection, version);
    }

    /// <summary>Opens a connection on which CONNECT has succeeded.</summary>
    public static async Task<WireClient> ConnectAsync(
        TestHost host, MqttProtocolVersion version, string clientId, Func<WireConnect, WireConnect>? change = null)
    {
        WireClient client = await OpenAsync(host, version);
        var connect = new WireConnect(clientId, version);
        await client.SendAsync((change is null ? connect : change(connect)).ToPacket());
        (client.SessionPresent, byte reason, client.ConnAck) = (await client.NextAsync(MqttPacket.ConnAck)).AsConnAck();
        Assert.Equal(0, reason);
        return client;
    }

    public Task SendAsync(byte[] bytes) => socket.SendAsync(bytes).WaitAsync(TestHost.Patience);

    /// <summary>The next packet of a type; others are kept.</summary>
    public async Task<WirePacket> NextAsync(MqttPacket type)
    {
        while (true)
        {
            int index = inbox.FindIndex(packet => packet.Type == type);
            if (index >= 0)
            {
                WirePacket found = inbox[index];
                inbox.RemoveAt(index);
                return found;
            }

            inbox.Add(await ReceiveAsync() ?? throw new EndOfStreamException($"The server closed instead of sending {type}."));
        }
    }

    /// <summary>Whether a packet of this type has come up to the answer to a PINGREQ that is sent now.</summary>
    public async Task<bool> HasAsync(MqttPacket type)
    {
        await PingAsync();
        await NextAsync(MqttPacket.PingResp);
        return inbox.Exists(packet => packet.Type == type);
    }

    public async Task<WireMessage> NextMessageAsync() => (await NextAsync(MqttPacket.Publish)).AsMessage();

    public async Task<WireMessage[]> NextMessagesAsync(int count)
    {
        var messages = new WireMessage[count];
        for (int i = 0; i < count; i++) messages[i] = await NextMessageAsync();
        return messages;
    }

    /// <summary>Every message up to a fence that <paramref name="publisher"/> sends now: what is not among them will not come.</summary>
    public async Task<IReadOnlyList<WireMessage>> MessagesBeforeFenceAsync(WireClient publisher)
    {
        string fence = $"open/fence/{Guid.NewGuid():N}";
        await SubscribeAsync(fence);
        await publisher.PublishAsync(fence, "fence");
        var messages = new List<WireMessage>();
        while (await NextMessageAsync() is var message && message.Topic != fence) messages.Add(message);
        await UnsubscribeAsync(fence);
        return messages;
    }

    public Task<byte[]> SubscribeAsync(string filter, int options = 0, WireProperties? properties = null) =>
        SubscribeAsync([(filter, options)], properties);

    public async Task<byte[]> SubscribeAsync((string Filter, int Options)[] filters, WireProperties? properties = null)
    {
        var body = new WireWriter().UInt16(NextIdentifier());
        if (IsV5) body.Raw((properties ?? []).ToBytes());
        foreach ((string filter, int options) in filters) body.Text(filter).Byte((byte)options);
        await SendAsync(body.ToPacket(MqttPacket.Subscribe, 2));
        return (await NextAsync(MqttPacket.SubAck)).AsCodes();
    }

    public async Task<byte[]> UnsubscribeAsync(string filter)
    {
        var body = new WireWriter().UInt16(NextIdentifier());
        if (IsV5) body.Byte(0);
        await SendAsync(body.Text(filter).ToPacket(MqttPacket.Unsubscribe, 2));
        return (await NextAsync(MqttPacket.UnsubAck)).AsCodes();
    }

    /// <summary>Publishes and, for QoS 1 and 2, waits for the end of the exchange.</summary>
    public async Task PublishAsync(
        string topic, string payload, int qualityOfService = 0, bool retain = false, WireProperties? properties = null)
    {
        ushort identifier = await SendPublishAsync(topic, payload, qualityOfService, retain, properties);
        if (qualityOfService == 0) return;
        WirePacket end = await NextAsync(qualityOfService == 1 ? MqttPacket.PubAck : MqttPacket.PubComp);
        Assert.Equal(identifier, end.Identifier);
        Assert.True(end.AcknowledgementReason < 0x80, $"Refused with 0x{end.AcknowledgementReason:X2}.");
    }

    /// <summary>Publishes without waiting for anything.</summary>
    public async Task<ushort> SendPublishAsync(
        string topic, string payload, int qualityOfService = 0, bool retain = false, WireProperties? properties = null)
    {
        ushort identifier = qualityOfService == 0 ? (ushort)0 : NextIdentifier();
        var body = new WireWriter().Text(topic);
        if (qualityOfService > 0) body.UInt16(identifier);
        if (IsV5) body.Raw((properties ?? []).ToBytes());
        body.Raw(Encoding.UTF8.GetBytes(payload));
        await SendAsync(body.ToPacket(MqttPacket.Publish, (qualityOfService << 1) | (retain ? 1 : 0)));
        return identifier;
    }

    /// <summary>PUBACK, PUBREC, PUBREL or PUBCOMP without a reason.</summary>
    public Task AcknowledgeAsync(MqttPacket type, ushort identifier) =>
        SendAsync(new WireWriter().UInt16(identifier).ToPacket(type, type == MqttPacket.PubRel ? 2 : 0));

    public Task PingAsync() => SendAsync(new WireWriter().ToPacket(MqttPacket.PingReq));

    /// <summary>Says goodbye and waits until the server has closed the connection.</summary>
    public async Task DisconnectAsync(byte reason = 0, WireProperties? properties = null)
    {
        var body = new WireWriter();
        if (reason != 0 || properties is not null) body.Byte(reason).Raw((properties ?? []).ToBytes());
        await SendAsync(body.ToPacket(MqttPacket.Disconnect));
        await EndAsync();
    }

    /// <summary>Reads to the end of the connection; what is in the inbox then is all there was.</summary>
    public async Task EndAsync()
    {
        while (await ReceiveAsync() is { } packet) inbox.Add(packet);
    }

    /// <summary>Reads to the end and gives the reason of the server's DISCONNECT; null if it said nothing.</summary>
    public async Task<byte?> EndReasonAsync()
    {
        await EndAsync();
        return inbox.SingleOrDefault(packet => packet.Type == MqttPacket.Disconnect)?.AsDisconnect().Reason;
    }

    /// <summary>Ends the connection as a cut cable does: without DISCONNECT.</summary>
    public void Cut() => socket.Close();

    public void Dispose() => socket.Dispose();

    ushort NextIdentifier() => ++lastIdentifier;

    async Task<WirePacket?> ReceiveAsync()
    {
        byte[]? first = await ReadAsync(1);
        if (first is null) return null;
        int length = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = (await ReadAsync(1))![0];
            length |= (next & 0x7F) << shift;
            if (next < 0x80) break;
        }

        var packet = new WirePacket((MqttPacket)(first[0] >> 4), first[0] & 0xF, (await ReadAsync(length))!, version);
        if (!Answers) return packet;
        try
        {
            await AnswerAsync(packet);
        }
        catch (SocketException)
        {
            // The server has closed meanwhile, which reading on will show.
        }

        return packet;
    }

    Task AnswerAsync(WirePacket packet)
    {
        switch (packet.Type)
        {
            case MqttPacket.Publish:
                WireMessage message = packet.AsMessage();
                return message.QualityOfService switch
                {
                    0 => Task.CompletedTask,
                    1 => AcknowledgeAsync(MqttPacket.PubAck, message.Identifier),
                    _ => AcknowledgeAsync(MqttPacket.PubRec, message.Identifier),
                };
            case MqttPacket.PubRec when packet.AcknowledgementReason < 0x80:
                return AcknowledgeAsync(MqttPacket.PubRel, packet.Identifier);
            case MqttPacket.PubRel:
                return AcknowledgeAsync(MqttPacket.PubComp, packet.Identifier);
            default:
                return Task.CompletedTask;
        }
    }

    async Task<byte[]?> ReadAsync(int count)
    {
        byte[] bytes = new byte[count];
        for (int have = 0; have < count;)
        {
            int read;
            try
            {
                read = await socket.ReceiveAsync(bytes.AsMemory(have)).AsTask().WaitAsync(TestHost.Patience);
            }
            catch (SocketException)
            {
                // A reset is an end too.
                return null;
            }

            if (read == 0) return null;
            have += read;
        }

        return bytes;
    }
}
