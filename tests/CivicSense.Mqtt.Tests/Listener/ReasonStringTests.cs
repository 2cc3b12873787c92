using CivicSense.Mqtt.Listener;
using CivicSense.Mqtt.Tests.Conformance.Wire;

namespace CivicSense.Mqtt.Tests.Listener;

/// <summary>MQTT 5.0 sections 3.1.2.11.6, 3.1.2.11.7, 3.2.2.3.9, 3.2.2.3.15, 3.4.2.2.2 and 3.14.2.2.3.</summary>
public sealed class ReasonStringTests
{
    static WireProperties Maximum(int size) => new() { { WireProperty.MaximumPacketSize, size } };

    static async Task<WireProperties> RefusedAsync(TestHost host, WireProperties? properties = null)
    {
        using WireClient client = await WireClient.OpenAsync(host, MqttProtocolVersion.V5);
        await client.SendAsync(new WireConnect("secret-name", MqttProtocolVersion.V5)
        {
            UserName = "secret-user", Password = "wrong", Properties = properties ?? [],
        }.ToPacket());
        (_, byte reason, WireProperties answer) = (await client.NextAsync(MqttPacket.ConnAck)).AsConnAck();
        Assert.Equal(0x86, reason);
        return answer;
    }

    static async Task<WireProperties> DisconnectedAsync(TestHost host, WireProperties? properties = null)
    {
        using WireClient client = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "client", connect => connect with { Properties = properties ?? [] });
        // A second CONNECT, [MQTT-3.1.0-2].
        await client.SendAsync(new WireConnect("client", MqttProtocolVersion.V5).ToPacket());
        (byte reason, WireProperties answer) = (await client.NextAsync(MqttPacket.Disconnect)).AsDisconnect();
        Assert.Equal(0x82, reason);
        return answer;
    }

    static async Task<WirePacket> NotAcknowledgedAsync(TestHost host, int qualityOfService, WireProperties? properties = null)
    {
        using WireClient client = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "client", connect => connect with { Properties = properties ?? [] });
        await client.SendPublishAsync("forbidden/a", "1", qualityOfService);
        WirePacket packet = await client.NextAsync(qualityOfService == 1 ? MqttPacket.PubAck : MqttPacket.PubRec);
        Assert.Equal(0x87, packet.AcknowledgementReason);
        return packet;
    }

    [Fact]
    public async Task A_refused_client_is_told_what_to_do()
    {
        await using TestHost host = await TestHost.StartAsync();
        Assert.Equal("Check the user name and the password.", (await RefusedAsync(host)).Text(WireProperty.ReasonString));
        Assert.Equal(
            "The MQTT specification does not allow this packet here.", (await DisconnectedAsync(host)).Text(WireProperty.ReasonString));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_refused_message_is_explained_to_who_wants_problem_information(int qualityOfService)
    {
        await using TestHost host = await TestHost.StartAsync();
        WirePacket explained = await NotAcknowledgedAsync(host, qualityOfService);
        Assert.StartsWith(
            "This user has no right", explained.AsAcknowledgement().Text(WireProperty.ReasonString), StringComparison.Ordinal);
        WireProperties unwanted = new() { { WireProperty.RequestProblemInformation, 0 } };
        Assert.Equal(3, (await NotAcknowledgedAsync(host, qualityOfService, unwanted)).Body.Length);
        Assert.Equal(3, (await NotAcknowledgedAsync(host, qualityOfService, Maximum(40))).Body.Length);
    }

    [Fact]
    public async Task No_sentence_makes_a_packet_longer_than_the_client_takes()
    {
        await using TestHost host = await TestHost.StartAsync();
        int sentence = "Check the user name and the password.".Length;
        Assert.NotNull((await RefusedAsync(host, Maximum(5 + 3 + sentence))).Text(WireProperty.ReasonString));
        Assert.Null((await RefusedAsync(host, Maximum(5 + 3 + sentence - 1))).Text(WireProperty.ReasonString));
        Assert.Null((await DisconnectedAsync(host, Maximum(40))).Text(WireProperty.ReasonString));
    }

    [Fact]
    public void Every_sentence_is_short_and_plain()
    {
        string[] sentences = [.. Enum.GetValues<MqttReasonCode>().Select(ReasonStrings.For).OfType<string>()];
        Assert.NotEmpty(sentences);
        Assert.All(sentences, sentence => Assert.Matches(@"^[A-Z][A-Za-z0-9 ,.-]{5,98}\.$", sentence));
        Assert.Null(ReasonStrings.For(MqttReasonCode.Success));
    }

    [Theory]
    [InlineData(1, "open/anonymous/")]
    [InlineData(0, null)]
    public async Task Response_information_is_given_to_who_asks(int asks, string? expected)
    {
        await using TestHost host = await TestHost.StartAsync();
        WireProperties properties = new() { { WireProperty.RequestResponseInformation, asks } };
        using WireClient client = await WireClient.ConnectAsync(
            host, MqttProtocolVersion.V5, "client", connect => connect with { Properties = properties });
        Assert.Equal(expected, client.ConnAck.Text(WireProperty.ResponseInformation));
        using WireClient silent = await WireClient.ConnectAsync(host, MqttProtocolVersion.V5, "silent");
        Assert.Null(silent.ConnAck.Text(WireProperty.ResponseInformation));
    }
}
