using System.Text;
using CivicSense.Mqtt;

namespace CivicSense.Ingestion.Tests.Sessions;

public sealed class DeviceSessionTests
{
    static readonly byte[] Topic = "civicsense/v1/a/readings"u8.ToArray();

    readonly IngestionStatistics statistics = new();
    readonly OpenContributions contributions;
    readonly DeviceSession session;

    public DeviceSessionTests()
    {
        var acceptance = new AcceptanceTime(new ManualClock(), TimeSpan.FromMinutes(10));
        contributions = new OpenContributions(acceptance, statistics);
        session = new DeviceSession("a", contributions.Of(1), contributions, acceptance, statistics);
    }

    [Fact]
    public void Readings_are_taken_and_wait_for_their_ticket()
    {
        var decision = Publish(Topic, """[{"n":"pm2_5","v":7.4},{"n":"pm10","v":9},{"n":"co2","v":1}]""");
        Assert.Equal(new MqttPublishDecision(MqttReasonCode.Success, MqttDelivery.Consumed, 1), decision);
        Assert.Equal((1, 2, 1), (statistics.Messages, statistics.Accepted, statistics.Refused));
        Assert.Equal(1, statistics[ReadingOutcome.UnknownQuantity]);
    }

    [Theory]
    [InlineData("", nameof(ReadingOutcome.Malformed))]
    [InlineData("hello", nameof(ReadingOutcome.Malformed))]
    [InlineData("""[{"n":"\ud800","v":1}]""", nameof(ReadingOutcome.Malformed))]
    [InlineData("""[{"n":"pm2_5","v":1},{"n":"co2","v":1}""", nameof(ReadingOutcome.Malformed))]
    [InlineData("""[{"n":"pm2_5","v":-1}]""", nameof(ReadingOutcome.OutOfRange))]
    [InlineData("""[{"n":"pm2_5","v":1,"t":301}]""", nameof(ReadingOutcome.AheadOfTime))]
    [InlineData("""[{"n":"pm2_5","v":1,"t":-7200}]""", nameof(ReadingOutcome.Late))]
    [InlineData("""[{"n":"pm2_5","v":1,"t":1.7e9}]""", nameof(ReadingOutcome.Late))]
    public void Useless_message_is_acknowledged_at_once_counted_once_and_dropped(string payload, string outcome)
    {
        var decision = Publish(Topic, payload);
        Assert.Equal(new MqttPublishDecision(MqttReasonCode.Success, MqttDelivery.Consumed, 0), decision);
        Assert.Equal(1, statistics[Enum.Parse<ReadingOutcome>(outcome)]);
        Assert.Equal((1, 0, 1), (statistics.Messages, statistics.Accepted, statistics.Refused));
    }

    [Fact]
    public void Payload_that_was_skipped_is_too_large()
    {
        var decision = session.Publish(new MqttIncomingMessage
        {
            Topic = Topic, Payload = default, PayloadLength = 65_537, QualityOfService = 1, Retain = false, Duplicate = false,
        });
        Assert.Equal(new MqttPublishDecision(MqttReasonCode.Success, MqttDelivery.Consumed, 0), decision);
        Assert.Equal(1, statistics[ReadingOutcome.TooLarge]);
    }

    [Fact]
    public void Retained_readings_are_consumed_too() =>
        Assert.Equal(MqttDelivery.Consumed, Publish(Topic, """[{"n":"pm2_5","v":7.4}]""", retain: true).Delivery);

    [Fact]
    public void Foreign_topic_is_not_authorised_and_its_payload_not_read()
    {
        var decision = Publish("civicsense/v1/b/readings"u8, """[{"n":"pm2_5","v":7.4}]""");
        Assert.Equal(new MqttPublishDecision(MqttReasonCode.NotAuthorized, MqttDelivery.Consumed, 0), decision);
        Assert.Equal((0, 1), (statistics.Accepted, statistics[ReadingOutcome.ForeignTopic]));
    }

    [Fact]
    public void Other_own_topics_are_routed() =>
        Assert.Equal(
            new MqttPublishDecision(MqttReasonCode.Success, MqttDelivery.Route, 0), Publish("civicsense/v1/a/status"u8, "online"));

    [Theory]
    [InlineData("civicsense/v1/a/readings", false)]
    [InlineData("civicsense/v1/b/status", false)]
    [InlineData("civicsense/v1/public/status", false)]
    [InlineData("civicsense/v1/a/status", true)]
    public void Only_what_is_no_reading_and_its_own_may_wait_on_disk(string topic, bool expected) =>
        Assert.Equal(expected, session.MayStore(Encoding.UTF8.GetBytes(topic)));

    [Fact]
    public void Response_topics_of_a_device_begin_with_its_own_prefix()
    {
        Assert.Equal("civicsense/v1/a/", session.ResponseInformation);
        Assert.True(session.MaySubscribe(session.ResponseInformation + "answers/#"));
    }

    [Fact]
    public void Message_without_times_sent_twice_in_the_same_millisecond_counts_once()
    {
        var first = Publish(Topic, """[{"n":"pm2_5","v":7.4}]""");
        var second = Publish(Topic, """[{"n":"pm2_5","v":7.4}]""");
        Assert.Equal(first, second);
        Assert.Equal((1, 1), (statistics.Accepted, statistics[ReadingOutcome.Duplicate]));
    }

    MqttPublishDecision Publish(ReadOnlySpan<byte> topic, string payload, bool retain = false)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        return session.Publish(new MqttIncomingMessage
        {
            Topic = topic, Payload = bytes, PayloadLength = bytes.Length, QualityOfService = 1, Retain = retain, Duplicate = false,
        });
    }
}
