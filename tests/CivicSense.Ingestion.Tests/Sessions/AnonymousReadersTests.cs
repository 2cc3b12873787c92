using System.Net;
using System.Text;
using CivicSense.Mqtt;

namespace CivicSense.Ingestion.Tests.Sessions;

public sealed class AnonymousReadersTests
{
    readonly AnonymousReaders readers = new(Ingest.Readers);

    [Theory]
    [InlineData("civicsense/v1/public/#", true)]
    [InlineData("civicsense/v1/public/+/pm2_5", true)]
    [InlineData("civicsense/v1/public/0/pm2_5", true)]
    [InlineData("#", false)]
    [InlineData("+/#", false)]
    [InlineData("+/v1/public/#", false)]
    [InlineData("civicsense/+/public/#", false)]
    [InlineData("civicsense/v1/#", false)]
    [InlineData("civicsense/v1/+/pm2_5", false)]
    [InlineData("civicsense/v1/public", false)]
    [InlineData("civicsense/v1/balcony/readings", false)]
    [InlineData("$share/g/civicsense/v1/public/#", false)]
    [InlineData("$share/g/#", false)]
    [InlineData("$SYS/#", false)]
    [InlineData("/civicsense/v1/public/#", false)]
    public void A_reader_subscribes_to_public_topics_only(string filter, bool isAllowed) =>
        Assert.Equal(isAllowed, Reader().MaySubscribe(filter));

    [Theory]
    [InlineData("civicsense/v1/public/0/pm2_5", true)]
    [InlineData("civicsense/v1/balcony/readings", false)]
    [InlineData("civicsense/v1/publican/readings", false)]
    [InlineData("$SYS/uptime", false)]
    public void A_reader_receives_public_topics_only_whatever_it_has_subscribed_to(string topic, bool isReceived) =>
        Assert.Equal(isReceived, Reader().MayReceive(Encoding.UTF8.GetBytes(topic)));

    [Theory]
    [InlineData("civicsense/v1/public/0/pm2_5")]
    [InlineData("civicsense/v1/balcony/readings")]
    [InlineData("anything")]
    public void A_reader_publishes_nothing(string topic) => Assert.Equal(
        new MqttPublishDecision(MqttReasonCode.NotAuthorized, MqttDelivery.Consumed, 0),
        Reader().Publish(new MqttIncomingMessage
        {
            Topic = Encoding.UTF8.GetBytes(topic), Payload = "1"u8, PayloadLength = 1, QualityOfService = 1, Retain = true,
            Duplicate = false,
        }));

    [Fact]
    public void A_readers_session_ends_with_its_connection() => Assert.Equal(TimeSpan.Zero, Reader().Limits.MaximumSessionExpiry);

    [Fact]
    public void Readers_cannot_take_over_each_other_or_a_device()
    {
        var (one, other) = (Reader(), Reader());
        Assert.NotEqual(one.Identity, other.Identity);
        Assert.All([one, other], reader => Assert.False(Vault.Device.IsValidName(reader.Identity)));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9")]
    public void One_address_has_room_for_few(string address, string same)
    {
        Assert.NotNull(readers.Connect(IPAddress.Parse(address)).Session);
        Assert.NotNull(readers.Connect(IPAddress.Parse(same)).Session);
        Assert.Equal(MqttConnectDecision.Refuse(MqttReasonCode.QuotaExceeded), readers.Connect(IPAddress.Parse(address)));
        Assert.NotNull(readers.Connect(IPAddress.Parse("198.51.100.7")).Session);
    }

    [Fact]
    public void All_addresses_together_have_room_for_a_number()
    {
        for (var i = 1; i <= Ingest.Readers.Maximum; i++) Assert.NotNull(readers.Connect(new IPAddress([192, 0, 2, (byte)i])).Session);
        Assert.Equal(MqttReasonCode.QuotaExceeded, readers.Connect(IPAddress.Loopback).Reason);
    }

    [Fact]
    public void Who_leaves_makes_room_once()
    {
        var first = readers.Connect(IPAddress.Loopback).Session!;
        Assert.NotNull(readers.Connect(IPAddress.Loopback).Session);
        first.Closed();
        first.Closed();
        Assert.NotNull(readers.Connect(IPAddress.Loopback).Session);
        Assert.Null(readers.Connect(IPAddress.Loopback).Session);
    }

    [Fact]
    public void Where_readers_are_not_wanted_they_are_refused_like_a_wrong_password() => Assert.Equal(
        MqttConnectDecision.Refuse(MqttReasonCode.BadUserNameOrPassword),
        new AnonymousReaders(new AnonymousReaderOptions { Allowed = false }).Connect(IPAddress.Loopback));

    IMqttSession Reader() => readers.Connect(null).Session!;
}
