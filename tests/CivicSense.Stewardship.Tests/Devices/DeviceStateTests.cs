using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Stewardship.Tests.Devices;

public sealed class DeviceStateTests
{
    static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 20, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, true, "It works: last reading 0 s ago.")]
    [InlineData(-30, true, "It works: last reading 0 s ago.")]
    [InlineData(40, true, "It works: last reading 40 s ago.")]
    [InlineData(119, true, "It works: last reading 119 s ago.")]
    [InlineData(725, true, "It works: last reading 12 min ago.")]
    [InlineData(900, true, "It works: last reading 15 min ago.")]
    [InlineData(901, false, "Nothing since 13:04.")]
    [InlineData(4 * 3600, false, "Nothing since 09:20.")]
    [InlineData(14 * 3600, false, "Nothing since Wednesday 31 December, 23:20.")]
    public void Words_say_whether_it_works(int secondsAgo, bool isSending, string text)
    {
        var last = Now.AddSeconds(-secondsAgo);
        var state = State(
            null, Neighbourhood.Sent(1, Quantity.Humidity, last.AddHours(-1), 50), Neighbourhood.Sent(1, Quantity.Pm25, last, 5));
        Assert.Equal(new DeviceState(isSending, last.UtcDateTime, text), state);
    }

    [Fact]
    public void Where_all_is_released_the_node_cannot_say_since_when_it_is_silent() => Assert.Equal(
        new DeviceState(false, null, "Nothing since 13:00 at least. What came earlier is deleted, so the node cannot say more."),
        State(HourWindow.Containing(Now.AddHours(-1))));

    [Fact]
    public void On_a_new_node_nothing_has_come_yet() =>
        Assert.Equal(new DeviceState(false, null, "Nothing has come from it yet."), State(null));

    static DeviceState State(HourWindow? releasedThrough, params Contribution[] contributions) => DeviceState.Of(
        new OpenHours { Contributions = contributions, HouseholdHumidity = [], Planned = [], ReleasedThrough = releasedThrough },
        Now, new PrivateWords(LanguageCatalogue.Original, Neighbourhood.Zone));
}
