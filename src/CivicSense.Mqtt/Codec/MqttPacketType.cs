namespace CivicSense.Mqtt.Codec;

/// <summary>MQTT Control Packet types, MQTT 5.0 section 2.1.2. The value is the high nibble of the first byte.</summary>
enum MqttPacketType : byte
{
    Reserved = 0,
    Connect = 1,
    ConnAck = 2,
    Publish = 3,
    PubAck = 4,
    PubRec = 5,
    PubRel = 6,
    PubComp = 7,
    Subscribe = 8,
    SubAck = 9,
    Unsubscribe = 10,
    UnsubAck = 11,
    PingReq = 12,
    PingResp = 13,
    Disconnect = 14,
    Auth = 15,
}

/// <summary>The answer of everything that reads from a stream.</summary>
enum MqttReadStatus
{
    Done,
    NeedMoreData,
    Invalid,
}
