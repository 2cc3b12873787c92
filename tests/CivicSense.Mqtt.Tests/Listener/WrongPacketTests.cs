namespace CivicSense.Mqtt.Tests.Listener;

/// <summary>Bytes that a server has to refuse, sent through a socket to the real listener.</summary>
public sealed class WrongPacketTests
{
    // Section numbers are those of MQTT 5.0.
    [Theory]
    [InlineData("30050001610A0B", "PUBLISH before CONNECT, 3.1")]
    [InlineData("C000", "PINGREQ before CONNECT, 3.1")]
    [InlineData("20020000", "CONNACK from a client")]
    [InlineData("00", "type 0, 2.1.2")]
    [InlineData("11", "CONNECT with flags, 2.1.3")]
    [InlineData("10FFFFFFFF01", "Remaining Length of five bytes, 1.5.5")]
    [InlineData("10908000", "Remaining Length longer than needed, 1.5.5")]
    [InlineData("10FFFF7F", "CONNECT larger than the limit")]
    [InlineData("101000044D51545800", "wrong protocol name so far")]
    [InlineData("100C00044D5154540403003C0000", "reserved connect flag, 3.1.2.3")]
    [InlineData("100C00044D5154540442003C0000", "password without user name in 3.1.1")]
    public async Task First_bytes_that_are_no_connect_are_refused(string hex, string what)
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawConnection connection = await host.OpenAsync();
        byte[] bytes = Convert.FromHexString(hex);
        await connection.SendAsync(
            what.StartsWith("wrong", StringComparison.Ordinal) ? [0x10, 12, .. bytes.AsSpan(2), .. new byte[20]] : bytes);
        byte[] answer = await connection.ReadToEndAsync();
        Assert.True(answer.Length == 0, what);
        Assert.Empty(host.Application.Received);
    }

    [Theory]
    [InlineData("100C00044D5154540302003C0000", "20020001", "3.1.1, 3.1.2.2: return code 1")]
    [InlineData("100C00044D5154540602003C0000", "2003008400", "a level above 5: 0x84")]
    [InlineData("100C00044D5154540400003C0000", "20020002", "3.1.1, 3.1.3.1: no identifier without clean session")]
    [InlineData("100D00044D5154540503003C000000", "2003008100", "reserved flag in 5.0")]
    [InlineData("101300044D5154540502003C0621000121000100000000", "2003008200", "Receive Maximum twice, 3.1.2.11.3")]
    [InlineData("100F00044D5154540502003C022300000000", "2003008100", "Topic Alias is no property of CONNECT")]
    [InlineData("101200044D5154540502003C0515000261620000", "2003008C00", "authentication method, 4.12")]
    public async Task A_connect_that_cannot_be_accepted_is_answered(string hex, string answer, string what)
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawConnection connection = await host.OpenAsync();
        byte[] bytes = Convert.FromHexString(hex);
        bytes[1] = (byte)(bytes.Length - 2);
        await connection.SendAsync(bytes);
        Assert.True(answer == RawConnection.WithoutReasonString(await connection.ReadToEndAsync()), what);
    }

    [Theory]
    [InlineData("101000044D5154540502003C000003726177", 0x82, "second CONNECT, 3.1")]
    [InlineData("2003000000", 0x82, "CONNACK from a client")]
    [InlineData("9003000100", 0x82, "SUBACK from a client")]
    [InlineData("D000", 0x82, "PINGRESP from a client")]
    [InlineData("F000", 0x82, "AUTH without a method")]
    [InlineData("00", 0x81, "type 0")]
    [InlineData("36", 0x81, "QoS 3, 3.3.1.2")]
    [InlineData("38", 0x81, "DUP at QoS 0, 3.3.1.1")]
    [InlineData("80", 0x81, "SUBSCRIBE without its reserved flag, 3.8.1")]
    [InlineData("C1", 0x81, "PINGREQ with flags")]
    [InlineData("30FFFFFFFF01", 0x81, "Remaining Length of five bytes")]
    [InlineData("30818000", 0x81, "Remaining Length longer than needed")]
    [InlineData("3003000000", 0x82, "empty topic without alias, 3.3.2.1")]
    [InlineData("3006000361002B00", 0x81, "U+0000 in a topic, 1.5.4")]
    [InlineData("30060003EDA08000", 0x81, "a surrogate in a topic, 1.5.4")]
    [InlineData("30050002C0AF00", 0x81, "over-long UTF-8 in a topic")]
    [InlineData("30060003612F2300", 0x90, "# in a topic name, 3.3.2.1")]
    [InlineData("30060003612F2B00", 0x90, "+ in a topic name")]
    [InlineData("320600016100000000", 0x82, "packet identifier 0, 2.2.1")]
    [InlineData("3007000161032300000000", 0x94, "topic alias 0, 3.3.2.3.4")]
    [InlineData("3007000161032300110000", 0x94, "topic alias above the maximum")]
    [InlineData("300600000323000100", 0x82, "topic alias that stands for nothing")]
    [InlineData("3008000161040101010100", 0x82, "Payload Format Indicator twice")]
    [InlineData("300500016101FF", 0x81, "unknown property")]
    [InlineData("8206000100000161", 0x81, "filter without options")]
    [InlineData("82070001000001611000", 0x81, "too many bytes after a filter")]
    [InlineData("8203000100", 0x82, "SUBSCRIBE without filter, 3.8.3")]
    [InlineData("820700000000016100", 0x82, "SUBSCRIBE with identifier 0")]
    [InlineData("820700010000016140", 0x81, "reserved subscription option")]
    [InlineData("820700010000016103", 0x81, "QoS 3 in a subscription")]
    [InlineData("820700010000016130", 0x82, "Retain Handling 3, 3.8.3.1")]
    [InlineData("82080001000002612300", 0x81, "a wildcard that does not stand alone, 4.7.1")]
    [InlineData("820900010000032361230000", 0x81, "# before the end")]
    [InlineData("A203000100", 0x82, "UNSUBSCRIBE without filter")]
    [InlineData("E003000000", 0x81, "bytes after DISCONNECT's properties")]
    public async Task A_wrong_packet_of_a_connected_client_ends_the_connection_with_its_reason(string hex, int reason, string what)
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawConnection connection = await host.OpenAsync();
        await connection.SendAsync(RawConnection.ConnectV5);
        await connection.ReadPacketAsync();
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        if (bytes.Length > 1 && bytes[1] < 0x80) bytes[1] = (byte)(bytes.Length - 2);
        await connection.SendAsync(bytes);
        Assert.Equal($"E001{reason:X2} {what}", $"{RawConnection.WithoutReasonString(await connection.ReadToEndAsync())} {what}");
        Assert.Equal(1, host.Statistics.ProtocolErrors((MqttReasonCode)reason));
        Assert.Empty(host.Application.Received);
    }

    [Theory]
    [InlineData("E00100", "DISCONNECT with a body")]
    [InlineData("820600010001610 4", "reserved bits of the options")]
    public async Task Mqtt_3_1_1_clients_are_closed_without_a_word(string hex, string what)
    {
        await using TestHost host = await TestHost.StartAsync();
        using RawConnection connection = await host.OpenAsync();
        await connection.SendAsync(RawConnection.ConnectV311);
        Assert.Equal("20020000", Convert.ToHexString(await connection.ReadPacketAsync()));
        await connection.SendAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.True((await connection.ReadToEndAsync()).Length == 0, what);
    }
}
