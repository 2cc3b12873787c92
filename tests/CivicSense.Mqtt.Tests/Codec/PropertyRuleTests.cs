using CivicSense.Mqtt.Codec;
using static CivicSense.Mqtt.Tests.Codec.PacketBuilder;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>MQTT 5.0 section 2.2.2: which packet may have which property, how often, and with which values.</summary>
public sealed class PropertyRuleTests
{
    const string Every = "1 2 3 8 9 11 17 18 19 21 22 23 24 25 26 28 31 33 34 35 36 37 38 39 40 41 42";

    // MQTT 5.0 table 2-4, column "Packet / Will Properties".
    [Theory]
    [InlineData("CONNECT", "17 21 22 23 25 33 34 38 39")]
    [InlineData("Will", "1 2 3 8 9 24 38")]
    [InlineData("CONNACK", "17 18 19 21 22 26 28 31 33 34 36 37 38 39 40 41 42")]
    [InlineData("PUBLISH of a client", "1 2 3 8 9 35 38")]
    [InlineData("PUBLISH of a server", "1 2 3 8 9 11 35 38")]
    [InlineData("SUBSCRIBE", "11 38")]
    [InlineData("UNSUBSCRIBE", "38")]
    [InlineData("PUBACK", "31 38")]
    [InlineData("DISCONNECT of a client", "17 31 38")]
    [InlineData("DISCONNECT of a server", "28 31 38")]
    [InlineData("AUTH", "21 22 31 38")]
    public void A_packet_has_only_the_properties_of_the_table(string packet, string identifiers)
    {
        int[] allowed = identifiers.Split(' ').Select(int.Parse).ToArray();
        foreach (int identifier in Enumerable.Range(0, 256))
        {
            byte[] property = [(byte)identifier, .. SampleValue((MqttProperty)(byte)identifier)];
            MqttReasonCode expected = allowed.Contains(identifier) ? MqttReasonCode.Success : MqttReasonCode.MalformedPacket;
            Assert.Equal((identifier, expected), (identifier, Read(Allowed(packet), property)));
        }
    }

    [Fact]
    public void A_property_comes_once_but_user_properties_and_a_servers_subscription_identifiers()
    {
        foreach (int identifier in Every.Split(' ').Select(int.Parse))
        {
            var property = (MqttProperty)identifier;
            byte[] once = [(byte)identifier, .. SampleValue(property)];
            ulong allowed = 1ul << identifier;
            MqttReasonCode expected = property == MqttProperty.UserProperty ? MqttReasonCode.Success : MqttReasonCode.ProtocolError;
            Assert.Equal((property, expected), (property, Read(allowed, [.. once, .. once])));
        }

        byte[] subscription = [11, 1, 11, 2];
        Assert.Equal(MqttReasonCode.Success, Read(AllowedProperties.OfPublishFromServer, subscription));
        Assert.Equal(MqttReasonCode.ProtocolError, Read(AllowedProperties.OfSubscribe, subscription));
    }

    [Theory]
    [InlineData("2100 00", 0x82, "Receive Maximum 0, 3.1.2.11.3")]
    [InlineData("2700000000", 0x82, "Maximum Packet Size 0, 3.1.2.11.4")]
    [InlineData("230000", 0x94, "Topic Alias 0, 3.3.2.3.4")]
    [InlineData("0B00", 0x82, "Subscription Identifier 0, 3.8.2.1.2")]
    [InlineData("0B8000", 0x81, "a Subscription Identifier that is longer than needed, 1.5.5")]
    [InlineData("0BFFFFFFFF01", 0x81, "a Subscription Identifier of five bytes")]
    [InlineData("0102", 0x82, "Payload Format Indicator 2, 3.3.2.3.2")]
    [InlineData("1702", 0x82, "Request Problem Information 2")]
    [InlineData("1902", 0x82, "Request Response Information 2")]
    [InlineData("2402", 0x82, "Maximum QoS 2, 3.2.2.3.4")]
    [InlineData("2502", 0x82, "Retain Available 2")]
    [InlineData("080003612F23", 0x82, "a Response Topic with a wildcard, 3.3.2.3.5")]
    [InlineData("080000", 0x82, "an empty Response Topic")]
    [InlineData("1F0001FF", 0x81, "a Reason String that is not UTF-8, 1.5.4")]
    [InlineData("030002 6100", 0x81, "U+0000 in a Content Type")]
    [InlineData("26000161 0001FF", 0x81, "a user property value that is not UTF-8")]
    [InlineData("26000161", 0x81, "a user property without value")]
    [InlineData("0900FF01", 0x81, "Correlation Data longer than the properties")]
    [InlineData("8126", 0x81, "an identifier of two bytes")]
    public void A_value_that_is_not_allowed_is_refused(string hex, int reason, string what)
    {
        byte[] property = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal((what, (MqttReasonCode)reason), (what, Read(ulong.MaxValue >> 21 & ~1ul, property)));
    }

    [Theory]
    [InlineData(3, 100, "the third")]
    [InlineData(64, 5, "more bytes than allowed")]
    public void User_properties_are_limited_in_number_and_bytes(int count, int bytes, string what)
    {
        byte[] two = [.. UserProperty("ab", "c"), .. UserProperty("d", "e")];
        byte[] three = [.. two, .. UserProperty("f", "")];
        var limits = new UserPropertyLimits(Math.Min(count, 2), bytes);
        Assert.Equal(MqttReasonCode.Success, Read(AllowedProperties.OfPublishFromClient, two, limits));
        limits = new UserPropertyLimits(count == 3 ? 2 : count, bytes);
        Assert.Equal((what, MqttReasonCode.QuotaExceeded), (what, Read(AllowedProperties.OfPublishFromClient, three, limits)));
    }

    [Fact]
    public void A_length_that_does_not_fit_is_malformed()
    {
        foreach (byte[] bytes in (byte[][])[[], [1], [0x80], [0x80, 0x00], [0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0x01]])
        {
            var reader = new PacketReader(bytes);
            Assert.Equal(MqttReasonCode.MalformedPacket, MqttProperties.TryRead(ref reader, AllowedProperties.OfConnect, out _));
        }
    }

    [Fact]
    public void A_subscriber_gets_the_properties_without_alias_and_will_delay()
    {
        byte[] raw = [.. Property(MqttProperty.TopicAlias, 0, 9), .. Property(MqttProperty.MessageExpiryInterval, 0, 0, 1, 0),
            .. UserProperty("k", "v")];
        var reader = new PacketReader(Properties(raw));
        Assert.Equal(MqttReasonCode.Success,
            MqttProperties.TryRead(ref reader, AllowedProperties.OfPublishFromClient, out MqttProperties properties));
        ReadOnlySpan<byte> forwarded = properties.GetForwarded(out int expiry);
        Assert.Equal(Convert.ToHexString(raw.AsSpan(3)), Convert.ToHexString(forwarded));
        Assert.Equal(1, expiry);
    }

    static MqttReasonCode Read(ulong allowed, byte[] properties, UserPropertyLimits? limits = null)
    {
        var reader = new PacketReader(Properties(properties));
        return MqttProperties.TryRead(ref reader, allowed, out _, limits);
    }

    static ulong Allowed(string packet) => packet switch
    {
        "CONNECT" => AllowedProperties.OfConnect,
        "Will" => AllowedProperties.OfWill,
        "CONNACK" => AllowedProperties.OfConnAck,
        "PUBLISH of a client" => AllowedProperties.OfPublishFromClient,
        "PUBLISH of a server" => AllowedProperties.OfPublishFromServer,
        "SUBSCRIBE" => AllowedProperties.OfSubscribe,
        "UNSUBSCRIBE" => AllowedProperties.OfUnsubscribe,
        "PUBACK" => AllowedProperties.OfAcknowledgement,
        "DISCONNECT of a client" => AllowedProperties.OfDisconnectFromClient,
        "DISCONNECT of a server" => AllowedProperties.OfDisconnectFromServer,
        _ => AllowedProperties.OfAuth,
    };

    // MQTT 5.0 table 2-4, column "Type".
    static byte[] SampleValue(MqttProperty property) => (int)property switch
    {
        2 or 17 or 24 or 39 => UInt32(1),
        19 or 33 or 34 or 35 => UInt16(1),
        11 or 1 or 23 or 25 or 36 or 37 or 40 or 41 or 42 => [1],
        9 or 22 => Binary([1]),
        38 => [.. Text("k"), .. Text("v")],
        _ => Text("text"),
    };
}
