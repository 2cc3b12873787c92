using System.Text;

namespace CivicSense.Ingestion.Tests.Sessions;

public sealed class DeviceTopicsTests
{
    readonly DeviceTopics topics = new("a");

    [Theory]
    [InlineData("civicsense/v1/a/readings", true)]
    [InlineData("civicsense/v1/a/readings/", false)]
    [InlineData("civicsense/v1/a/readings2", false)]
    [InlineData("civicsense/v1/ab/readings", false)]
    [InlineData("civicsense/v1/A/readings", false)]
    [InlineData("/civicsense/v1/a/readings", false)]
    public void Readings_have_one_topic(string topic, bool isReadings) =>
        Assert.Equal(isReadings, topics.IsReadings(Encoding.UTF8.GetBytes(topic)));

    [Theory]
    [InlineData("civicsense/v1/a/status", true)]
    [InlineData("civicsense/v1/a/x/y", true)]
    [InlineData("civicsense/v1/ab/status", false)]
    [InlineData("civicsense/v1/ab", false)]
    [InlineData("civicsense/v1/a", false)]
    [InlineData("civicsense/v1/b/readings", false)]
    [InlineData("civicsense/v1/../a/readings", false)]
    [InlineData("civicsense/v1/public/estimates", false)]
    [InlineData("civicsense/v2/a/status", false)]
    [InlineData("$SYS/broker", false)]
    [InlineData("", false)]
    public void Own_topics_lie_under_the_devices_name(string topic, bool isOwn) =>
        Assert.Equal(isOwn, topics.IsOwn(Encoding.UTF8.GetBytes(topic)));

    [Theory]
    [InlineData("civicsense/v1/a/#", true)]
    [InlineData("civicsense/v1/a/+", true)]
    [InlineData("civicsense/v1/a/commands", true)]
    [InlineData("civicsense/v1/public/#", true)]
    [InlineData("civicsense/v1/public/estimates/+", true)]
    [InlineData("#", false)]
    [InlineData("+/v1/a/#", false)]
    [InlineData("civicsense/#", false)]
    [InlineData("civicsense/v1/#", false)]
    [InlineData("civicsense/v1/+/readings", false)]
    [InlineData("civicsense/v1/+", false)]
    [InlineData("civicsense/v1/ab/#", false)]
    [InlineData("civicsense/v1/a#", false)]
    [InlineData("civicsense/v1/b/readings", false)]
    [InlineData("$share/g/civicsense/v1/b/readings", false)]
    [InlineData("$share/g/civicsense/v1/+/readings", false)]
    [InlineData("$share/civicsense/v1/a/readings", false)]
    [InlineData("$share//civicsense/v1/a/readings", false)]
    [InlineData("$share/g/civicsense/v1/public/#", false)]
    [InlineData("$share/g/#", false)]
    [InlineData("$share/g", false)]
    [InlineData("$share/", false)]
    [InlineData("$share", false)]
    [InlineData("$SYS/#", false)]
    public void Filters_stay_within_the_own_and_the_public_topics(string filter, bool isAllowed) =>
        Assert.Equal(isAllowed, topics.MaySubscribe(filter));

    [Fact]
    public void Dots_in_a_topic_lead_nowhere()
    {
        // MQTT topics have no parent level: this names a level "..", below the device's own.
        Assert.True(topics.IsOwn("civicsense/v1/a/../b"u8));
        Assert.False(new DeviceTopics("b").IsOwn("civicsense/v1/a/../b"u8));
        Assert.False(topics.IsReadings("civicsense/v1/b/../a/readings"u8));
    }

    [Theory]
    [InlineData("public")]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("a/b")]
    [InlineData("$SYS")]
    [InlineData("A")]
    [InlineData("")]
    public void Names_that_mean_something_in_topics_have_none(string name) =>
        Assert.Throws<ArgumentException>(() => new DeviceTopics(name));

    [Theory]
    [InlineData("civicsense/v1/a/commands", true)]
    [InlineData("civicsense/v1/public/0/pm2_5", true)]
    [InlineData("civicsense/v1/publicity/x", false)]
    [InlineData("civicsense/v1/public", false)]
    [InlineData("civicsense/v1/b/commands", false)]
    [InlineData("civicsense/v1/ab/commands", false)]
    [InlineData("$SYS/uptime", false)]
    [InlineData("", false)]
    public void Messages_of_other_topics_are_not_received(string topic, bool isReceived) =>
        Assert.Equal(isReceived, topics.MayReceive(Encoding.UTF8.GetBytes(topic)));
}
