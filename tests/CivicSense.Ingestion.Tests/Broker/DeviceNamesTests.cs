using System.Text;
using CivicSense.Mqtt;

namespace CivicSense.Ingestion.Tests.Broker;

public sealed class DeviceNamesTests
{
    [Theory]
    [InlineData("civicsense/v1/+/readings", "civicsense/v1/balcony/readings", "balcony")]
    [InlineData("civicsense/v1/+/readings", "civicsense/v1//readings", "")]
    [InlineData("civicsense/v1/+/readings", "civicsense/v2/balcony/readings", "")]
    [InlineData("civicsense/v1/+/readings", "civicsense/v1/balcony/config", "")]
    [InlineData("civicsense/v1/+/readings", "civicsense/v1/balcony/readings/old", "")]
    [InlineData("civicsense/v1/+/readings", "civicsense/v1/balcony", "")]
    [InlineData("+/up", "$balcony/up", "")]
    [InlineData("+/up", "balcony/up", "balcony")]
    [InlineData("+", "balcony", "balcony")]
    [InlineData("city/+/+/#", "city/balcony/air/pm", "balcony")]
    public void The_name_is_the_level_of_the_first_plus(string filter, string topic, string name) =>
        Assert.Equal(name, Encoding.UTF8.GetString(
            new DeviceNames(filter, null).Find(new MqttInboundMessage { Topic = Encoding.UTF8.GetBytes(topic) })));

    [Theory]
    [InlineData("city/air/17", "balcony")]
    [InlineData("town/air/17", "")]
    public void A_topic_that_the_filter_does_not_match_is_no_devices_whatever_its_property_says(string topic, string name)
    {
        byte[] properties = [38, 0, 6, .. "device"u8, 0, 7, .. "balcony"u8];
        Assert.Equal(name, Encoding.UTF8.GetString(new DeviceNames("city/#", "device").Find(
            new MqttInboundMessage { Topic = Encoding.UTF8.GetBytes(topic), Properties = properties })));
    }

    // MQTT 5.0, section 4.7.1.
    [Theory]
    [InlineData("a/+/b", true)]
    [InlineData("#", true)]
    [InlineData("a/#", true)]
    [InlineData("", false)]
    [InlineData("a/#/b", false)]
    [InlineData("a/b#", false)]
    [InlineData("a/b+/c", false)]
    public void Wildcards_stand_alone_in_their_level(string text, bool isFilter) => Assert.Equal(isFilter, DeviceNames.IsFilter(text));

    [Theory]
    [InlineData("civicsense", "civicsense/v1/+/readings", "$share/civicsense/civicsense/v1/+/readings")]
    [InlineData("", "city/+/up", "city/+/up")]
    public void A_group_shares_the_subscription(string group, string topic, string filter) =>
        Assert.Equal(filter, Options(group, topic).Filter);

    [Theory]
    [InlineData("a/b", "a/+", "group")]
    [InlineData("a+", "a/+", "group")]
    [InlineData("a", "a/b", "topic")]
    [InlineData("a", "a/+/#/b", "topic")]
    [InlineData("a", "$share/a/b/+", "topic")]
    public void What_cannot_be_subscribed_to_is_told_with_its_key(string group, string topic, string key) =>
        Assert.StartsWith(key + ":", Assert.Single(Options(group, topic).Validate()), StringComparison.Ordinal);

    [Fact]
    public void Without_a_word_about_it_nothing_is_shared() =>
        Assert.Equal("a/+", new BrokerOptions { Connection = () => new MqttClientOptions { Host = "localhost" }, Topic = "a/+" }.Filter);

    static BrokerOptions Options(string group, string topic) => new()
    {
        Connection = () => new MqttClientOptions { Host = "localhost" }, Group = group, Topic = topic,
    };
}
