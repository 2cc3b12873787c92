using System.Text;

namespace CivicSense.Mqtt.Tests.Conformance.Wire;

/// <summary>The packet types of MQTT 5.0 table 2-1.</summary>
enum MqttPacket
{
    Connect = 1,
    ConnAck,
    Publish,
    PubAck,
    PubRec,
    PubRel,
    PubComp,
    Subscribe,
    SubAck,
    Unsubscribe,
    UnsubAck,
    PingReq,
    PingResp,
    Disconnect,
    Auth,
}

/// <summary>A packet as it came from the server.</summary>
sealed record WirePacket(MqttPacket Type, int Flags, byte[] Body, MqttProtocolVersion Version)
{
    /// <summary>The packet identifier of every packet that begins with one (not PUBLISH).</summary>
    public ushort Identifier => new WireReader(Body).UInt16();

    /// <summary>PUBACK, PUBREC, PUBREL, PUBCOMP: the reason code, 0 where it is left out (section 3.4.2.1).</summary>
    public byte AcknowledgementReason => Body.Length > 2 ? Body[2] : (byte)0;

    /// <summary>The properties of PUBACK, PUBREC, PUBREL and PUBCOMP.</summary>
    public WireProperties AsAcknowledgement()
    {
        var reader = new WireReader(Body);
        reader.UInt16();
        if (!reader.IsAtEnd) reader.Byte();
        return reader.IsAtEnd ? [] : WireProperties.Read(ref reader);
    }

    public (bool SessionPresent, byte Reason, WireProperties Properties) AsConnAck()
    {
        var reader = new WireReader(Body);
        byte flags = reader.Byte();
        Assert.True(flags <= 1, "Reserved bits of CONNACK are set.");
        return (flags == 1, reader.Byte(), Version == MqttProtocolVersion.V5 ? WireProperties.Read(ref reader) : []);
    }

    /// <summary>SUBACK and UNSUBACK: one code for each filter.</summary>
    public byte[] AsCodes()
    {
        var reader = new WireReader(Body);
        reader.UInt16();
        if (Version == MqttProtocolVersion.V5) WireProperties.Read(ref reader);
        return reader.Rest.ToArray();
    }

    public (byte Reason, WireProperties Properties) AsDisconnect()
    {
        var reader = new WireReader(Body);
        byte reason = reader.IsAtEnd ? (byte)0 : reader.Byte();
        return (reason, reader.IsAtEnd ? [] : WireProperties.Read(ref reader));
    }

    public WireMessage AsMessage()
    {
        var reader = new WireReader(Body);
        string topic = reader.Text();
        int qualityOfService = (Flags >> 1) & 3;
        ushort identifier = qualityOfService == 0 ? (ushort)0 : reader.UInt16();
        WireProperties properties = Version == MqttProtocolVersion.V5 ? WireProperties.Read(ref reader) : [];
        string payload = Encoding.UTF8.GetString(reader.Rest);
        return new WireMessage(topic, payload, qualityOfService, (Flags & 1) != 0, (Flags & 8) != 0, identifier, properties);
    }
}

/// <summary>A PUBLISH as it came from the server.</summary>
sealed record WireMessage(
    string Topic, string Payload, int QualityOfService, bool Retain, bool Duplicate, ushort Identifier, WireProperties Properties);

/// <summary>A will as CONNECT carries it.</summary>
sealed record WireWill(string Topic, string Payload)
{
    public int QualityOfService { get; init; } = 2;

    public bool Retain { get; init; }

    public WireProperties Properties { get; init; } = [];
}

/// <summary>What a CONNECT says; every part can be made wrong.</summary>
sealed record WireConnect(string ClientId, MqttProtocolVersion Version)
{
    public string ProtocolName { get; init; } = "MQTT";

    public bool CleanStart { get; init; } = true;

    public ushort KeepAlive { get; init; }

    public string? UserName { get; init; }

    public string? Password { get; init; }

    public WireWill? Will { get; init; }

    public WireProperties Properties { get; init; } = [];

    public byte[] ToPacket()
    {
        bool isNew = Version == MqttProtocolVersion.V5;
        int flags = (CleanStart ? 2 : 0) | (UserName is null ? 0 : 0x80) | (Password is null ? 0 : 0x40);
        if (Will is not null) flags |= 4 | (Will.QualityOfService << 3) | (Will.Retain ? 0x20 : 0);
        var body = new WireWriter().Text(ProtocolName).Byte((byte)Version).Byte((byte)flags).UInt16(KeepAlive);
        if (isNew) body.Raw(Properties.ToBytes());
        body.Text(ClientId);
        if (Will is not null)
        {
            if (isNew) body.Raw(Will.Properties.ToBytes());
            body.Text(Will.Topic).Text(Will.Payload);
        }

        if (UserName is not null) body.Text(UserName);
        if (Password is not null) body.Text(Password);
        return body.ToPacket(MqttPacket.Connect);
    }
}
