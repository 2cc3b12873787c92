using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>Bodies that a reader refuses, with the reason of MQTT 5.0 section 4.13.</summary>
public sealed class WrongBodyTests
{
    // First byte of a fixed header, MQTT 5.0 table 2-2.
    [Fact]
    public void Fixed_header_flags_are_those_of_table_2_2()
    {
        for (int first = 0; first <= 255; first++)
        {
            int flags = first & 15;
            bool isValid = (first >> 4) switch
            {
                0 => false,
                3 => (flags >> 1 & 3) switch { 0 => flags < 8, 1 or 2 => true, _ => false },
                6 or 8 or 10 => flags == 2,
                _ => flags == 0,
            };
            MqttReadStatus status = FrameScanner.TryReadHeader([(byte)first, 0], out _);
            Assert.Equal((first, isValid ? MqttReadStatus.Done : MqttReadStatus.Invalid), (first, status));
        }
    }

    [Theory]
    [InlineData(4, "", 0x81, "nothing")]
    [InlineData(4, "00", 0x81, "half an identifier")]
    [InlineData(4, "0000", 0x82, "identifier 0")]
    [InlineData(4, "000192", 0x82, "a reason that PUBACK does not have, [MQTT-3.4.2-1]")]
    [InlineData(6, "000110", 0x82, "a reason that PUBREL does not have, [MQTT-3.6.2-1]")]
    [InlineData(7, "000192", 0x00, "PUBCOMP: Packet Identifier not found")]
    [InlineData(5, "00018700", 0x00, "PUBREC with empty properties")]
    [InlineData(5, "0001870000", 0x81, "a byte after the properties")]
    [InlineData(5, "00018701", 0x81, "properties that are not there")]
    [InlineData(5, "000187031100000000", 0x81, "Session Expiry Interval in PUBREC")]
    public void Acknowledgements_of_version_5(int type, string hex, int reason, string what) =>
        Assert.Equal((what, (MqttReasonCode)reason), (what,
            AcknowledgementPacket.TryRead((MqttPacketType)type, Convert.FromHexString(hex), MqttProtocolVersion.V5, out _)));

    [Fact]
    public void Acknowledgements_of_version_3_1_1_have_no_reason()
    {
        Assert.Equal(MqttReasonCode.Success, AcknowledgementPacket.TryRead(MqttPacketType.PubRec, [0, 1], MqttProtocolVersion.V311, out _));
        Assert.Equal(MqttReasonCode.MalformedPacket,
            AcknowledgementPacket.TryRead(MqttPacketType.PubRec, [0, 1, 0], MqttProtocolVersion.V311, out _));
    }

    [Theory]
    [InlineData("0200", 0x81, "reserved acknowledge flag, [MQTT-3.2.2-1]")]
    [InlineData("018700", 0x81, "a session that is present in a refusal, [MQTT-3.2.2-6]")]
    [InlineData("000400", 0x82, "a reason that CONNACK does not have, [MQTT-3.2.2-8]")]
    [InlineData("0000", 0x81, "acceptance without properties")]
    [InlineData("0001", 0x00, "refusal of a server of MQTT 3.1.1")]
    [InlineData("0006", 0x81, "a return code that does not exist")]
    [InlineData("000003210000", 0x82, "Receive Maximum 0")]
    [InlineData("00000000", 0x81, "a byte after the properties")]
    public void Connack_of_version_5(string hex, int reason, string what) =>
        Assert.Equal((what, (MqttReasonCode)reason),
            (what, ConnectAcknowledgement.TryRead(Convert.FromHexString(hex), MqttProtocolVersion.V5, out _)));

    [Theory]
    [InlineData(true, "8E", 0x82, "Session taken over is a server's reason, 3.14.2.1")]
    [InlineData(false, "04", 0x82, "Disconnect with Will Message is a client's")]
    [InlineData(true, "04", 0x00, "a client's")]
    [InlineData(false, "8E", 0x00, "a server's")]
    [InlineData(false, "00051100000000", 0x81, "Session Expiry Interval from a server, [MQTT-3.14.2-2]")]
    [InlineData(true, "00031C0000", 0x81, "Server Reference from a client")]
    [InlineData(true, "0000", 0x00, "empty properties")]
    [InlineData(true, "000000", 0x81, "a byte after the properties")]
    public void Disconnect_of_version_5(bool isFromClient, string hex, int reason, string what) =>
        Assert.Equal((what, (MqttReasonCode)reason), (what,
            DisconnectPacket.TryRead(Convert.FromHexString(hex), MqttProtocolVersion.V5, isFromClient, out _)));

    [Theory]
    [InlineData("", 0x00, "Success without anything, 3.15.2.1")]
    [InlineData("18", 0x81, "no property length")]
    [InlineData("1800", 0x82, "no method, 3.15.2.2.2")]
    [InlineData("8000", 0x82, "a reason that AUTH does not have")]
    [InlineData("180415000161", 0x00, "a method")]
    public void Auth(string hex, int reason, string what) =>
        Assert.Equal((what, (MqttReasonCode)reason), (what, AuthPacket.TryRead(Convert.FromHexString(hex), out _)));

    [Theory]
    [InlineData(9, 5, "000100", 0x81, "no reason code")]
    [InlineData(9, 5, "00010011", 0x82, "a reason that SUBACK does not have")]
    [InlineData(11, 5, "00010001", 0x82, "a reason that UNSUBACK does not have")]
    [InlineData(9, 4, "000181", 0x82, "MQTT 3.1.1 knows 0x80 only")]
    [InlineData(11, 4, "000100", 0x81, "MQTT 3.1.1 has no codes in UNSUBACK")]
    [InlineData(11, 4, "0001", 0x00, "UNSUBACK of MQTT 3.1.1")]
    public void Suback_and_unsuback(int type, int version, string hex, int reason, string what) =>
        Assert.Equal((what, (MqttReasonCode)reason), (what,
            SubAckPacket.TryRead((MqttPacketType)type, Convert.FromHexString(hex), (MqttProtocolVersion)version, out _)));

    [Fact]
    public void A_publish_is_not_waited_for_when_its_topic_cannot_fit()
    {
        // Remaining Length 10, but a topic of 65,535 bytes: refused from the first two bytes of the body.
        var header = new MqttFixedHeader(0x30, 10, 2);
        Assert.Equal(MqttReadStatus.Invalid, PublishPacket.TryMeasure(header, [0xFF, 0xFF], MqttProtocolVersion.V5, out _));
        Assert.Equal(MqttReadStatus.Invalid, PublishPacket.TryMeasure(header, [0xFF, 0xFF], MqttProtocolVersion.V311, out _));
    }
}
