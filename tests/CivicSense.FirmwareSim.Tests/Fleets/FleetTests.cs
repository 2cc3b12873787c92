namespace CivicSense.FirmwareSim.Tests.Fleets;

public sealed class FleetTests
{
    [Fact]
    public void Same_seed_sends_the_same_messages()
    {
        var options = TestFleet.Options() with { Faults = true, Seed = 42 };
        Assert.Equal(TestFleet.Send(new Fleet(options)), TestFleet.Send(new Fleet(options)));
    }

    [Fact]
    public void Another_seed_sends_other_messages()
    {
        var options = TestFleet.Options();
        Assert.NotEqual(TestFleet.Send(new Fleet(options)), TestFleet.Send(new Fleet(options with { Seed = 2 })));
    }

    [Fact]
    public void What_a_device_measures_does_not_depend_on_when_the_feed_began()
    {
        var fleet = new Fleet(TestFleet.Options(devices: 5));
        var noon = fleet.Start.AddHours(12);
        var whole = TestFleet.Send(fleet).Where(message => message.SendTime >= noon.ToUnixTimeSeconds());
        var half = fleet.Feeds(noon, fleet.End, live: false).SelectMany(TestFleet.Send);
        Assert.Equal(whole, half);
    }

    [Fact]
    public void Every_device_sends_every_interval()
    {
        var fleet = new Fleet(TestFleet.Options(devices: 7, hours: 48));
        foreach (var device in TestFleet.Send(fleet).GroupBy(message => message.Device))
        {
            var times = device.Select(message => message.Time).ToList();
            Assert.Equal(2 * 576, times.Count);
            Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(150, pair.Second - pair.First));
            Assert.InRange(times[0], fleet.Start.ToUnixTimeSeconds(), fleet.Start.ToUnixTimeSeconds() + 149);
        }
    }

    [Fact]
    public void Messages_hold_the_quantities_asked_for()
    {
        var options = TestFleet.Options(devices: 1, hours: 1)
            with { QuantitiesPerMessage = [SimulatedQuantity.Pressure, SimulatedQuantity.No2] };
        Assert.All(TestFleet.Send(new Fleet(options)), message => Assert.Equal(["no2", "pressure"], message.Values().Keys));
    }

    [Fact]
    public void By_default_each_of_five_cells_has_fifteen_households_or_more()
    {
        var fleet = new Fleet(TestFleet.Options(devices: 120));
        var cells = fleet.Devices.DistinctBy(device => device.OwnerName)
            .GroupBy(device => Tile(device.Latitude, device.Longitude, 14)).ToList();
        Assert.Equal(5, cells.Count);
        Assert.All(cells, cell => Assert.True(cell.Count() >= 15, $"{cell.Count()} households"));
    }

    [Fact]
    public void Second_devices_are_in_the_cell_of_their_household()
    {
        var fleet = new Fleet(TestFleet.Options(devices: 120));
        var households = fleet.Devices.GroupBy(device => device.OwnerName).ToList();
        Assert.Equal(102, households.Count);
        Assert.Equal(18, households.Count(household => household.Count() == 2));
        Assert.All(households, household =>
            Assert.Single(household.Select(device => Tile(device.Latitude, device.Longitude, 14)).Distinct()));
    }

    [Fact]
    public void Devices_have_unique_names_and_secrets_of_32_bytes()
    {
        var devices = new Fleet(TestFleet.Options(devices: 120)).Devices;
        Assert.Equal("sim-0001", devices[0].Name);
        Assert.Equal(120, devices.Select(device => device.Name).Distinct().Count());
        Assert.Equal(120, devices.Select(device => device.Secret).Distinct().Count());
        Assert.All(devices, device => Assert.Equal(32, System.Buffers.Text.Base64Url.DecodeFromChars(device.Secret).Length));
    }

    [Fact]
    public void Secrets_are_new_each_time_and_stay_out_of_text()
    {
        var options = TestFleet.Options(devices: 1);
        var device = new Fleet(options).Devices[0];
        Assert.NotEqual(device.Secret, new Fleet(options).Devices[0].Secret);
        Assert.DoesNotContain(device.Secret, device.ToString(), StringComparison.Ordinal);
    }

    static (int, int) Tile(double latitude, double longitude, int zoom)
    {
        var radians = latitude * Math.PI / 180;
        var size = 1 << zoom;
        return ((int)((longitude + 180) / 360 * size), (int)((1 - Math.Asinh(Math.Tan(radians)) / Math.PI) / 2 * size));
    }
}
