using CivicSense.Mqtt.Codec;
using static CivicSense.Mqtt.Tests.Codec.PacketBuilder;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>A valid packet as one side sends it.</summary>
public sealed record CorpusPacket(string Name, MqttProtocolVersion Version, bool IsFromClient, byte[] Bytes)
{
    public override string ToString() => Name;
}

/// <summary>One valid packet of every type and version, and with every property that it may carry (MQTT 5.0 table 2-4).</summary>
static class PacketCorpus
{
    static readonly byte[] User = UserProperty("name", "value");
    static readonly byte[] ReasonString = Property(MqttProperty.ReasonString, Text("because"));

    public static IReadOnlyList<CorpusPacket> All { get; } = [.. OfVersion5(), .. OfVersion311()];

    static IEnumerable<CorpusPacket> OfVersion5()
    {
        yield return FromClient("CONNECT", WholeConnect());
        yield return FromClient("CONNECT without anything", ConnectV5(""));
        yield return FromServer("CONNACK", WholeConnAck());
        yield return FromServer("CONNACK refused", Packet(MqttPacketType.ConnAck, 0, [0, 0x87], Properties(ReasonString)));
        yield return FromClient("PUBLISH QoS 0", PublishV5(0, "a/b", 0, [1, 2, 3], WholePublish()));
        yield return FromClient("PUBLISH QoS 1", PublishV5(1, "a/ä€/𝄞", 10, [.. "text"u8], WholePublish()));
        yield return FromClient("PUBLISH QoS 2 with alias", PublishV5(2, "", 65_535, [], Property(MqttProperty.TopicAlias, 0, 7)));
        yield return FromServer("PUBLISH with subscription identifiers", PublishV5(1, "a", 1, [0], [.. WholePublish(),
            Property(MqttProperty.SubscriptionIdentifier, 1), Property(MqttProperty.SubscriptionIdentifier, 0xFF, 0xFF, 0xFF, 0x7F)]));
        foreach (MqttPacketType type in (MqttPacketType[])[MqttPacketType.PubAck, MqttPacketType.PubRec, MqttPacketType.PubRel,
            MqttPacketType.PubComp])
        {
            int flags = type == MqttPacketType.PubRel ? 2 : 0;
            byte reason = type is MqttPacketType.PubAck or MqttPacketType.PubRec ? (byte)0x97 : (byte)0x92;
            yield return FromClient($"{type}", Packet(type, flags, UInt16(10), [reason], Properties(ReasonString, User, User)));
            yield return FromClient($"{type} with reason", Packet(type, flags, UInt16(10), [reason]));
            yield return FromClient($"{type} without reason", Packet(type, flags, UInt16(10)));
        }

        yield return FromClient("SUBSCRIBE", Packet(MqttPacketType.Subscribe, 2, UInt16(10),
            Properties(Property(MqttProperty.SubscriptionIdentifier, 0x80, 0x01), User),
            Text("a/+/#"), [0x2E], Text("$share/group/a/b"), [0x11], Text("+"), [0x00]));
        yield return FromServer(
            "SUBACK", Packet(MqttPacketType.SubAck, 0, UInt16(10), Properties(ReasonString, User), [0, 1, 2, 0x87, 0xA2]));
        yield return FromClient("UNSUBSCRIBE",
            Packet(MqttPacketType.Unsubscribe, 2, UInt16(11), Properties(User, User), Text("a/+/#"), Text("$share/group/a")));
        yield return FromServer(
            "UNSUBACK", Packet(MqttPacketType.UnsubAck, 0, UInt16(11), Properties(ReasonString, User), [0, 0x11, 0x8F]));
        yield return FromClient("PINGREQ", Packet(MqttPacketType.PingReq, 0));
        yield return FromServer("PINGRESP", Packet(MqttPacketType.PingResp, 0));
        yield return FromClient("DISCONNECT of a client", Packet(MqttPacketType.Disconnect, 0, [4],
            Properties(Property(MqttProperty.SessionExpiryInterval, 0, 0, 0, 9), ReasonString, User)));
        yield return FromClient("DISCONNECT without reason", Packet(MqttPacketType.Disconnect, 0));
        yield return FromServer("DISCONNECT of a server", Packet(MqttPacketType.Disconnect, 0, [0x9C],
            Properties(ReasonString, User, Property(MqttProperty.ServerReference, Text("other.example")))));
        yield return FromClient("AUTH", Packet(MqttPacketType.Auth, 0, [0x18], Properties(
            Property(MqttProperty.AuthenticationMethod, Text("method")), Property(MqttProperty.AuthenticationData, Binary([1, 0, 2])),
            ReasonString, User)));
    }

    static IEnumerable<CorpusPacket> OfVersion311()
    {
        // MQTT 3.1.1 figure 3.6.
        yield return Old("CONNECT", true, Packet(MqttPacketType.Connect, 0, Text("MQTT"), [4, 0xCE], UInt16(10),
            Text("client"), Text("will/topic"), Binary([1, 2]), Text("user"), Binary([.. "secret"u8])));
        yield return Old("CONNECT without anything", true, Packet(MqttPacketType.Connect, 0, Text("MQTT"), [4, 2], UInt16(0), Text("")));
        yield return Old("CONNACK", false, Packet(MqttPacketType.ConnAck, 0, [1, 0]));
        yield return Old("CONNACK refused", false, Packet(MqttPacketType.ConnAck, 0, [0, 5]));
        yield return Old("PUBLISH QoS 0", true, Packet(MqttPacketType.Publish, 1, Text("a/b"), [1, 2, 3]));
        yield return Old("PUBLISH QoS 1", true, Packet(MqttPacketType.Publish, 10, Text("a/b"), UInt16(10), [1]));
        yield return Old("PUBLISH QoS 2", true, Packet(MqttPacketType.Publish, 4, Text("/"), UInt16(10)));
        yield return Old("PUBACK", true, Packet(MqttPacketType.PubAck, 0, UInt16(10)));
        yield return Old("PUBREC", true, Packet(MqttPacketType.PubRec, 0, UInt16(10)));
        yield return Old("PUBREL", true, Packet(MqttPacketType.PubRel, 2, UInt16(10)));
        yield return Old("PUBCOMP", true, Packet(MqttPacketType.PubComp, 0, UInt16(10)));
        yield return Old("SUBSCRIBE", true, Packet(MqttPacketType.Subscribe, 2, UInt16(10), Text("a/b"), [1], Text("c/#"), [2]));
        yield return Old("SUBACK", false, Packet(MqttPacketType.SubAck, 0, UInt16(10), [0, 1, 2, 0x80]));
        yield return Old("UNSUBSCRIBE", true, Packet(MqttPacketType.Unsubscribe, 2, UInt16(10), Text("a/b")));
        yield return Old("UNSUBACK", false, Packet(MqttPacketType.UnsubAck, 0, UInt16(10)));
        yield return Old("PINGREQ", true, Packet(MqttPacketType.PingReq, 0));
        yield return Old("PINGRESP", false, Packet(MqttPacketType.PingResp, 0));
        yield return Old("DISCONNECT", true, Packet(MqttPacketType.Disconnect, 0));
    }

    static CorpusPacket FromClient(string name, byte[] bytes) => new($"5.0 {name}", MqttProtocolVersion.V5, true, bytes);

    static CorpusPacket FromServer(string name, byte[] bytes) => new($"5.0 {name}", MqttProtocolVersion.V5, false, bytes);

    static CorpusPacket Old(string name, bool isFromClient, byte[] bytes) =>
        new($"3.1.1 {name}", MqttProtocolVersion.V311, isFromClient, bytes);

    // All that a CONNECT may have, but an authentication method, which is refused.
    static byte[] WholeConnect() => Packet(
        MqttPacketType.Connect, 0, Text("MQTT"), [5, 0xEE], UInt16(60),
        Properties(
            Property(MqttProperty.SessionExpiryInterval, 0, 0, 0, 10), Property(MqttProperty.ReceiveMaximum, 0, 20),
            Property(MqttProperty.MaximumPacketSize, 0, 1, 0, 0), Property(MqttProperty.TopicAliasMaximum, 0, 5),
            Property(MqttProperty.RequestResponseInformation, 1), Property(MqttProperty.RequestProblemInformation, 0), User, User),
        Text("client"),
        Properties(
            Property(MqttProperty.WillDelayInterval, 0, 0, 0, 30), Property(MqttProperty.PayloadFormatIndicator, 1),
            Property(MqttProperty.MessageExpiryInterval, 0, 0, 0, 40), Property(MqttProperty.ContentType, Text("text/plain")),
            Property(MqttProperty.ResponseTopic, Text("answer/here")), Property(MqttProperty.CorrelationData, Binary([9, 8])), User),
        Text("will/topic"), Binary([.. "gone"u8]), Text("user"), Binary([.. "secret"u8]));

    static byte[] WholeConnAck() => Packet(
        MqttPacketType.ConnAck, 0, [1, 0],
        Properties(
            Property(MqttProperty.SessionExpiryInterval, 0, 0, 0, 10), Property(MqttProperty.ReceiveMaximum, 0, 20),
            Property(MqttProperty.MaximumQualityOfService, 1), Property(MqttProperty.RetainAvailable, 0),
            Property(MqttProperty.MaximumPacketSize, 0, 1, 0, 0), Property(MqttProperty.AssignedClientIdentifier, Text("auto-1")),
            Property(MqttProperty.TopicAliasMaximum, 0, 5), ReasonString, User, User,
            Property(MqttProperty.WildcardSubscriptionAvailable, 0), Property(MqttProperty.SubscriptionIdentifierAvailable, 1),
            Property(MqttProperty.SharedSubscriptionAvailable, 0), Property(MqttProperty.ServerKeepAlive, 0, 60),
            Property(MqttProperty.ResponseInformation, Text("answers/")), Property(MqttProperty.ServerReference, Text("other.example")),
            Property(MqttProperty.AuthenticationMethod, Text("method")), Property(MqttProperty.AuthenticationData, Binary([1]))));

    static byte[][] WholePublish() =>
    [
        Property(MqttProperty.PayloadFormatIndicator, 1), Property(MqttProperty.MessageExpiryInterval, 0, 0, 0, 40),
        Property(MqttProperty.TopicAlias, 0, 7), Property(MqttProperty.ContentType, Text("application/json")),
        Property(MqttProperty.ResponseTopic, Text("answer/here")), Property(MqttProperty.CorrelationData, Binary([9, 8])), User, User,
    ];
}
