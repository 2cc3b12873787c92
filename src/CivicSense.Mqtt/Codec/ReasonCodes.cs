namespace CivicSense.Mqtt.Codec;

/// <summary>Which reason codes a packet may carry, MQTT 5.0 table 2-6 and the tables of each packet's section.</summary>
static class ReasonCodes
{
    /// <summary>Whether either side may send this code in an acknowledgement, SUBACK, UNSUBACK, CONNACK or AUTH packet.</summary>
    public static bool IsAllowed(MqttPacketType type, MqttReasonCode reason) => (type, (int)reason) switch
    {
        (MqttPacketType.PubAck or MqttPacketType.PubRec, 0x00 or 0x10 or 0x80 or 0x83 or 0x87 or 0x90 or 0x91 or 0x97 or 0x99) => true,
        (MqttPacketType.PubRel or MqttPacketType.PubComp, 0x00 or 0x92) => true,
        (MqttPacketType.SubAck, 0x00 or 0x01 or 0x02 or 0x80 or 0x83 or 0x87 or 0x8F or 0x91 or 0x97 or 0x9E or 0xA1 or 0xA2) => true,
        (MqttPacketType.UnsubAck, 0x00 or 0x11 or 0x80 or 0x83 or 0x87 or 0x8F or 0x91) => true,
        (MqttPacketType.ConnAck, 0x00 or (>= 0x80 and <= 0x8A) or 0x8C or 0x90 or 0x95 or 0x97 or (>= 0x99 and <= 0x9D) or 0x9F) => true,
        (MqttPacketType.Auth, 0x00 or 0x18 or 0x19) => true,
        _ => false,
    };

    /// <summary>Whether a client may give this code in DISCONNECT, section 3.14.2.1.</summary>
    public static bool MayClientDisconnectWith(MqttReasonCode reason) =>
        (int)reason is 0x00 or 0x04 or (>= 0x80 and <= 0x83) or 0x90 or (>= 0x93 and <= 0x99);

    /// <summary>Whether a server may give this code in DISCONNECT, section 3.14.2.1.</summary>
    public static bool MayServerDisconnectWith(MqttReasonCode reason) =>
        (int)reason is 0x00 or (>= 0x80 and <= 0x83) or 0x87 or 0x89 or 0x8B or (>= 0x8D and <= 0x90) or (>= 0x93 and <= 0xA2);
}
