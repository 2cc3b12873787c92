using System.Text;
using CivicSense.Mqtt.Codec;

namespace CivicSense.Mqtt.Tests.Codec;

/// <summary>Bytes that the OASIS specifications print.</summary>
public sealed class VectorTests
{
    [Theory]
    // MQTT 5.0 table 1-1: the borders of each length.
    [InlineData("00", 0)]
    [InlineData("7F", 127)]
    [InlineData("8001", 128)]
    [InlineData("FF7F", 16_383)]
    [InlineData("808001", 16_384)]
    [InlineData("FFFF7F", 2_097_151)]
    [InlineData("80808001", 2_097_152)]
    [InlineData("FFFFFF7F", 268_435_455)]
    public void Variable_byte_integers_have_the_specified_bytes(string hex, int value)
    {
        byte[] bytes = Convert.FromHexString(hex);
        Assert.Equal(MqttReadStatus.Done, VariableInteger.TryRead(bytes, out int read, out int length));
        Assert.Equal((value, bytes.Length), (read, length));
        byte[] written = new byte[VariableInteger.Length(value)];
        Assert.Equal(bytes.Length, VariableInteger.Write(written, value));
        Assert.Equal(bytes, written);
        for (int i = 0; i < bytes.Length; i++)
            Assert.Equal(MqttReadStatus.NeedMoreData, VariableInteger.TryRead(bytes.AsSpan(0, i), out _, out _));
    }

    [Fact]
    public void Connect_of_the_3_1_1_specification_is_read()
    {
        // MQTT 3.1.1 figure 3.6 (variable header: user name, password, will retain 0, will QoS 1, will, clean session, keep alive 10).
        byte[] body = [0, 4, .. "MQTT"u8, 4, 0xCE, 0, 10, 0, 1, (byte)'c', 0, 1, (byte)'t', 0, 1, (byte)'m', 0, 1, (byte)'u', 0,
            1, (byte)'p'];
        Assert.Equal(MqttReasonCode.Success, ConnectPacket.TryRead(body, out ConnectPacket packet));
        Assert.Equal(("c", "u", "p", 10, true),
            (packet.ClientId, packet.UserName, Encoding.UTF8.GetString(packet.Password), packet.KeepAlive, packet.CleanStart));
        Assert.Equal(("t", "m", 1, false),
            (Encoding.UTF8.GetString(packet.Will!.Topic), Encoding.UTF8.GetString(packet.Will.Payload), packet.Will.QualityOfService,
            packet.Will.Retain));
    }

    [Fact]
    public void Connect_of_the_5_0_specification_is_read()
    {
        // MQTT 5.0 figure 3-6: the same with a Session Expiry Interval of 10.
        byte[] body = [0, 4, .. "MQTT"u8, 5, 0xCE, 0, 10, 5, 0x11, 0, 0, 0, 10, 0, 1, (byte)'c', 0, 0, 1, (byte)'t', 0, 1, (byte)'m', 0, 1,
            (byte)'u', 0, 1, (byte)'p'];
        Assert.Equal(MqttReasonCode.Success, ConnectPacket.TryRead(body, out ConnectPacket packet));
        Assert.Equal((10u, "u"), (packet.SessionExpiryInterval, packet.UserName));
    }

    [Fact]
    public void Publish_of_the_specification_is_written_and_read()
    {
        // MQTT 5.0 figure 3-9: topic "a/b", packet identifier 10, no properties.
        var encoding = new PublishEncoding
        {
            Version = MqttProtocolVersion.V5,
            Topic = "a/b"u8,
            Payload = default,
            QualityOfService = 1,
            PacketIdentifier = 10,
        };
        byte[] packet = new byte[encoding.Length];
        encoding.Write(packet);
        Assert.Equal("3208" + "0003612F62" + "000A" + "00", Convert.ToHexString(packet));
    }

    [Fact]
    public void Subscribe_of_the_specification_is_read()
    {
        // MQTT 3.1.1 figure 3.23: "a/b" at QoS 1 and "c/d" at QoS 2, packet identifier 10.
        byte[] body = Convert.FromHexString("000A" + "0003612F6201" + "0003632F6402");
        Assert.Equal(MqttReasonCode.Success, SubscribePacket.TryRead(body, MqttProtocolVersion.V311, false, out SubscribePacket packet));
        Assert.Equal(10, packet.PacketIdentifier);
        Assert.Equal(["a/b", "c/d"], packet.Requests.Select(request => Encoding.UTF8.GetString(request.Filter)));
    }

    [Theory]
    // MQTT 5.0 section 4.7.1 and 4.7.2, non-normative examples.
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/ranking", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true)]
    [InlineData("sport/#", "sport", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1/ranking", false)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("#", "$SYS/monitor", false)]
    [InlineData("+/monitor/Clients", "$SYS/monitor/Clients", false)]
    [InlineData("$SYS/#", "$SYS/monitor", true)]
    [InlineData("$SYS/monitor/+", "$SYS/monitor/Clients", true)]
    [InlineData("a", "a/b", false)]
    [InlineData("a/b", "a", false)]
    public void Filters_match_as_in_the_examples(string filter, string topic, bool matches) =>
        Assert.Equal(matches, MqttText.Matches(Encoding.UTF8.GetBytes(filter), Encoding.UTF8.GetBytes(topic)));

    [Theory]
    [InlineData("sport/tennis#", false)]
    [InlineData("sport/tennis/#/ranking", false)]
    [InlineData("sport+", false)]
    [InlineData("", false)]
    [InlineData("#", true)]
    [InlineData("+/tennis/#", true)]
    [InlineData("sport/+/player1", true)]
    [InlineData("/", true)]
    public void Filters_are_valid_as_in_section_4_7_1(string filter, bool isValid) =>
        Assert.Equal(isValid, MqttText.IsTopicFilter(Encoding.UTF8.GetBytes(filter)));
}
