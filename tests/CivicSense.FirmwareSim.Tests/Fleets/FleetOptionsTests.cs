namespace CivicSense.FirmwareSim.Tests.Fleets;

public sealed class FleetOptionsTests
{
    static readonly FleetOptions Valid = TestFleet.Options();

    public static TheoryData<string, FleetOptions> Invalid => new()
    {
        { "Devices is 0; it must be from 1 to 100000", Valid with { Devices = 0 } },
        { "Owners is 21; it must be at most Devices (20)", Valid with { Owners = 21 } },
        { "Owners is 0", Valid with { Owners = 0 } },
        { "Start", Valid with { Start = Valid.Start.AddMilliseconds(1) } },
        { "End", Valid with { End = Valid.Start } },
        { "End", Valid with { End = Valid.Start.AddYears(11) } },
        { "Interval is 00:00:00.5", Valid with { Interval = TimeSpan.FromSeconds(0.5) } },
        { "Interval is 02:00:00", Valid with { Interval = TimeSpan.FromHours(2) } },
        { "QuantitiesPerMessage", Valid with { QuantitiesPerMessage = [] } },
        { "Latitude is 91; it must be from -80 to 80", Valid with { Latitude = 91 } },
        { "Latitude is NaN", Valid with { Latitude = double.NaN } },
        { "AreaZoom is 3", Valid with { AreaZoom = 3 } },
        { "AirRohrShare is 1.4; it must be from 0 to 1", Valid with { AirRohrShare = 1.4 } },
        { "FaultRates.Late is -0.1", Valid with { FaultRates = new FaultRates { Late = -0.1 } } },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Option_out_of_range_is_refused_with_its_name_value_and_range(string expected, FleetOptions options)
    {
        var error = Assert.Throws<ArgumentException>(() => new Fleet(options));
        Assert.Contains("FleetOptions." + expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_valid() => new FleetOptions { Start = TestFleet.Monday, End = TestFleet.Monday.AddDays(7) }.Validate();
}
