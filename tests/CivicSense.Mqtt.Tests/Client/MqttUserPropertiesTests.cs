using System.Text;

namespace CivicSense.Mqtt.Tests.Client;

public sealed class MqttUserPropertiesTests
{
    [Fact]
    public void A_property_is_found_among_others()
    {
        // Message Expiry Interval, Content Type, and two user properties: MQTT 5.0, section 3.3.2.3.
        ReadOnlySpan<byte> properties = [2, 0, 0, 0, 9, 3, 0, 1, .. "t"u8, .. User("x", "y"), .. User("device", "balcony")];
        Assert.True(MqttUserProperties.TryFind(properties, "device"u8, out ReadOnlySpan<byte> value));
        Assert.Equal("balcony", Encoding.UTF8.GetString(value));
    }

    [Theory]
    [InlineData("balcony", "garden")]
    [InlineData("balcony", "balcony")]
    public void A_name_that_occurs_twice_is_not_found(string first, string second)
    {
        Assert.False(MqttUserProperties.TryFind(
            [.. User("device", first), .. User("x", ""), .. User("device", second)], "device"u8, out _));
    }

    [Fact]
    public void Properties_that_end_in_the_middle_have_none() =>
        Assert.False(MqttUserProperties.TryFind([.. User("device", "balcony"), 38, 0, 9], "device"u8, out _));

    static byte[] User(string name, string value) =>
        [38, 0, (byte)name.Length, .. Encoding.UTF8.GetBytes(name), 0, (byte)value.Length, .. Encoding.UTF8.GetBytes(value)];
}
