namespace CivicSense.FirmwareSim.Tests.Fleets;

public sealed class FaultTests
{
    static readonly FleetOptions Healthy = TestFleet.Options(devices: 10, hours: 72);

    [Fact]
    public void Fleet_without_faults_counts_none()
    {
        var counts = TestFleet.Count(new Fleet(Healthy));
        Assert.All(Enum.GetValues<FleetFault>(), fault => Assert.Equal(0, counts.Of(fault)));
        Assert.Equal(10 * 3 * 576, counts.Messages);
        Assert.Equal(4 * counts.Messages, counts.Readings);
    }

    [Fact]
    public void Every_fault_occurs_in_the_default_fleet_and_most_devices_are_well()
    {
        var fleet = new Fleet(TestFleet.Options(devices: 120, hours: 72) with { Faults = true });
        var counts = TestFleet.Count(fleet);
        Assert.All(Enum.GetValues<FleetFault>(), fault => Assert.True(counts.Of(fault) > 0, fault.ToString()));
        Assert.InRange(counts.Messages, 0.95 * 120 * 3 * 576, 1.01 * 120 * 3 * 576);
    }

    [Fact]
    public void Biased_device_is_off_by_a_constant()
    {
        var well = TestFleet.Send(new Fleet(Healthy));
        var (sent, counts) = With(TestFleet.NoFaults with { ConstantBias = 1 });
        Assert.Equal(sent.Count, counts.Of(FleetFault.ConstantBias));
        foreach (var (expected, actual) in well.Zip(sent).Take(500))
        {
            var (right, wrong) = (expected.Values(), actual.Values());
            Assert.Equal(1.8 * right["pm2_5"], wrong["pm2_5"], 0.02);
            Assert.Equal(right["laeq"] + 8, wrong["laeq"], 0.011);
            Assert.Equal(right["temperature"] + 4, wrong["temperature"], 0.011);
        }
    }

    [Fact]
    public void Silent_device_sends_nothing_for_an_hour_or_more_and_the_rest_as_ever()
    {
        var (sent, counts) = With(TestFleet.NoFaults with { DropOut = 1 });
        Assert.Equal(10 * 3 * 576, sent.Count + counts.Of(FleetFault.DropOut));
        Assert.True(counts.Of(FleetFault.DropOut) > 0);
        var gaps = sent.GroupBy(message => message.Device)
            .SelectMany(device => device.Zip(device.Skip(1), (first, second) => second.Time - first.Time)).Where(gap => gap > 150).ToList();
        Assert.NotEmpty(gaps);
        Assert.All(gaps, gap => Assert.True(gap >= 3600 - 150, $"{gap} s"));
        Assert.Subset(TestFleet.Send(new Fleet(Healthy)).ToHashSet(), sent.ToHashSet());
    }

    [Fact]
    public void Repeated_message_is_the_same_again_with_and_without_the_DUP_flag()
    {
        var (sent, counts) = With(TestFleet.NoFaults with { Duplicate = 1 });
        var repeated = sent.Zip(sent.Skip(1))
            .Where(pair => pair.First.Device == pair.Second.Device && pair.First.Payload == pair.Second.Payload).ToList();
        Assert.Equal(counts.Of(FleetFault.Duplicate) + counts.Of(FleetFault.Redelivery), repeated.Count);
        Assert.Equal(counts.Of(FleetFault.Redelivery), sent.Count(message => message.Duplicate));
        Assert.All(repeated, pair => Assert.Equal(pair.First.SendTime, pair.Second.SendTime));
        Assert.True(counts.Of(FleetFault.Duplicate) > 100 && counts.Of(FleetFault.Redelivery) > 100);
        Assert.Equal(10 * 3 * 576, sent.Count - repeated.Count);
    }

    [Fact]
    public void Stuck_device_repeats_its_values_for_hours()
    {
        var (sent, counts) = With(TestFleet.NoFaults with { StuckValue = 1 });
        var still = sent.Zip(sent.Skip(1)).Count(pair => pair.First.Device == pair.Second.Device && Same(pair.First, pair.Second));
        Assert.True(counts.Of(FleetFault.StuckValue) > 3 * 24);
        Assert.InRange(still, counts.Of(FleetFault.StuckValue) * 0.95, counts.Of(FleetFault.StuckValue));

        static bool Same(SentMessage first, SentMessage second) => first.Values().SequenceEqual(second.Values());
    }

    [Fact]
    public void Impossible_value_is_outside_the_valid_range()
    {
        var (sent, counts) = With(TestFleet.NoFaults with { OutOfRange = 1 });
        var impossible = sent.Count(message => message.Values().Any(value => value.Key switch
        {
            "pm2_5" => value.Value is < 0 or > 1000,
            "pm10" => value.Value is < 0 or > 2000,
            "laeq" => value.Value is < 20 or > 130,
            _ => value.Value is < -40 or > 60,
        }));
        Assert.Equal(counts.Of(FleetFault.OutOfRange), impossible);
        Assert.InRange(impossible, 300, 750);
    }

    [Fact]
    public void Malformed_message_holds_no_reading()
    {
        var (sent, counts) = With(TestFleet.NoFaults with { Malformed = 1 });
        Assert.Equal(4 * (sent.Count - counts.Of(FleetFault.Malformed)), counts.Readings);
        var broken = sent.Where(message => !message.IsJson).ToList();
        Assert.Contains(broken, message => message.Payload.StartsWith("[[[[", StringComparison.Ordinal));
        Assert.Contains(broken, message => message.Payload.Contains("NaN", StringComparison.Ordinal));
        Assert.Contains(broken, message => message.Payload.StartsWith("[{\"bn\":", StringComparison.Ordinal));
        Assert.Equal(counts.Of(FleetFault.Malformed),
            broken.Count + sent.Count(message => message.Payload.Contains("\"seven\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Late_message_comes_more_than_an_hour_after_it_was_measured()
    {
        var (sent, counts) = With(TestFleet.NoFaults with { Late = 1 });
        var late = sent.Where(message => message.SendTime - message.Time > 3600).ToList();
        Assert.Equal(counts.Of(FleetFault.Late), late.Count);
        Assert.InRange(late.Count, 300, 750);
        Assert.All(sent.Except(late), message => Assert.Equal(message.SendTime, message.Time));
        Assert.All(sent.GroupBy(message => message.Device), device =>
            Assert.Equal(device.Select(m => m.SendTime).Order(), device.Select(m => m.SendTime)));
    }

    [Fact]
    public void Fast_clock_is_a_year_ahead()
    {
        var (sent, counts) = With(TestFleet.NoFaults with { ClockAhead = 1 });
        Assert.Equal(sent.Count, counts.Of(FleetFault.ClockAhead));
        Assert.All(sent, message => Assert.Equal(365 * 86_400, message.Time - message.SendTime));
    }

    [Fact]
    public void A_share_above_zero_means_at_least_one_device()
    {
        var fleet = new Fleet(Healthy with { Faults = true, FaultRates = TestFleet.NoFaults with { ConstantBias = 0.001 } });
        Assert.Equal(3 * 576, TestFleet.Count(fleet).Of(FleetFault.ConstantBias));
    }

    static (List<SentMessage> Sent, FleetCounts Counts) With(FaultRates rates)
    {
        var fleet = new Fleet(Healthy with { Faults = true, FaultRates = rates });
        return (TestFleet.Send(fleet), TestFleet.Count(fleet));
    }
}
