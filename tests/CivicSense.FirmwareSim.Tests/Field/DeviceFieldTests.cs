using CivicSense.FirmwareSim.Field;

namespace CivicSense.FirmwareSim.Tests.Field;

/// <summary>Seeds are fixed, so each of these passes or fails for ever; the bounds are wide enough to hold for nearly all seeds.</summary>
public sealed class DeviceFieldTests
{
    const long Hour = 3600;
    static readonly long Start = TestFleet.Monday.ToUnixTimeSeconds();
    static readonly int Quantities = Enum.GetValues<SimulatedQuantity>().Length;

    [Fact]
    public void All_values_are_within_their_valid_ranges()
    {
        (double Least, double Most)[] ranges = [(0, 1000), (0, 2000), (0, 1000), (0, 1000), (20, 130), (-40, 60), (0, 100), (300, 1100)];
        for (var device = 0; device < 40; device++)
        {
            foreach (var values in Sample(device, days: 28, step: 450))
            {
                for (var quantity = 0; quantity < Quantities; quantity++) Assert.InRange(
                    values[quantity], ranges[quantity].Least, ranges[quantity].Most);
                Assert.True(values[(int)SimulatedQuantity.Pm10] > values[(int)SimulatedQuantity.Pm25]);
            }
        }
    }

    [Fact]
    public void Fleet_means_are_those_of_a_European_city()
    {
        var means = new double[Quantities];
        var samples = Enumerable.Range(0, 40).SelectMany(device => Sample(device, days: 28, step: 1800)).ToList();
        foreach (var values in samples)
        {
            for (var quantity = 0; quantity < Quantities; quantity++) means[quantity] += values[quantity] / samples.Count;
        }
        Assert.InRange(means[(int)SimulatedQuantity.Pm25], 6, 25);
        Assert.InRange(means[(int)SimulatedQuantity.Pm10], 12, 40);
        Assert.InRange(means[(int)SimulatedQuantity.No2], 8, 45);
        Assert.InRange(means[(int)SimulatedQuantity.Laeq], 44, 60);
        Assert.InRange(means[(int)SimulatedQuantity.Temperature], -2, 14);
    }

    [Fact]
    public void Traffic_noise_and_warmth_follow_the_day()
    {
        var sound = ByHour(SimulatedQuantity.Laeq);
        Assert.True(sound[8] > sound[3] + 6, $"{sound[8]:F1} dB(A) at 8 h, {sound[3]:F1} at 3 h");
        Assert.True(sound[21] < sound[17] && sound[21] > sound[3], "evening lies between day and night");
        var warmth = ByHour(SimulatedQuantity.Temperature);
        Assert.True(warmth[15] > warmth[5] + 2);
        var dioxide = ByHour(SimulatedQuantity.No2);
        Assert.True(dioxide[8] > 1.3 * dioxide[3]);

        static double[] ByHour(SimulatedQuantity quantity)
        {
            var sums = new double[24];
            for (var device = 0; device < 20; device++)
            {
                var index = 0;
                foreach (var values in Sample(device, days: 14, step: Hour)) sums[index++ % 24] += values[(int)quantity] / (20 * 14);
            }
            return sums;
        }
    }

    [Fact]
    public void The_day_follows_local_time()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("nine", TimeSpan.FromHours(9), "nine", "nine");
        var noise = CounterNoise.FromSeed(1).Stream(1);
        var utc = new CityField(noise, TimeZoneInfo.Utc, TestFleet.Monday, TestFleet.Monday.AddDays(1));
        var east = new CityField(noise, zone, TestFleet.Monday, TestFleet.Monday.AddDays(1));
        Assert.Equal(utc.At(Start / Hour + 17).Traffic, east.At(Start / Hour + 8).Traffic);
    }

    [Fact]
    public void Weekends_have_less_traffic_in_the_morning()
    {
        var city = new CityField(CounterNoise.FromSeed(1), TimeZoneInfo.Utc, TestFleet.Monday, TestFleet.Monday.AddDays(7));
        double[] mornings = [.. Enumerable.Range(0, 7).Select(day => city.At(Start / Hour + 24 * day + 8).Traffic)];
        Assert.All(mornings[..5], traffic => Assert.Equal(1.0, traffic, 3));
        Assert.All(mornings[5..], traffic => Assert.True(traffic < 0.5));
    }

    [Fact]
    public void Hours_outside_the_table_agree_with_those_inside()
    {
        var noise = CounterNoise.FromSeed(7);
        var small = new CityField(noise, TimeZoneInfo.Utc, TestFleet.Monday, TestFleet.Monday.AddHours(1));
        var large = new CityField(noise, TimeZoneInfo.Utc, TestFleet.Monday, TestFleet.Monday.AddDays(3));
        for (var hour = 0; hour < 72; hour++) Assert.Equal(large.At(Start / Hour + hour), small.At(Start / Hour + hour));
    }

    [Fact]
    public void Nearby_devices_rise_and_fall_together()
    {
        double[] first = [.. Sample(0, days: 14, step: Hour).Select(values => Math.Log(values[0]))];
        double[] second = [.. Sample(5, days: 14, step: Hour).Select(values => Math.Log(values[0]))];
        Assert.True(Correlation(first, second) > 0.5);
    }

    [Fact]
    public void Autoregression_has_unit_variance_and_its_persistence()
    {
        // 200,000 values of seed 1; the standard errors are 0.007 and 0.001, so the bounds are seven of them or more.
        var process = new HourlyAutoregression(CounterNoise.FromSeed(1), 0.8);
        double[] values = [.. Enumerable.Range(0, 200_000).Select(hour => process.At(hour))];
        Assert.Equal(1, values.Average(value => value * value), 0.05);
        Assert.Equal(0.8, Correlation(values[..^1], values[1..]), 0.01);
    }

    [Fact]
    public void Noise_is_the_same_in_any_order_and_nearly_normal()
    {
        var noise = CounterNoise.FromSeed(3).Stream(4);
        double[] values = [.. Enumerable.Range(0, 100_000).Select(i => noise.Normal(i))];
        Assert.Equal(values[77], CounterNoise.FromSeed(3).Stream(4).Normal(77));

        // 100,000 values of a fixed seed; standard errors 0.003 and 0.004.
        Assert.Equal(0, values.Average(), 0.02);
        Assert.Equal(1, values.Average(value => value * value), 0.03);
        Assert.NotEqual(noise.Normal(77), CounterNoise.FromSeed(3).Stream(5).Normal(77));
    }

    static IEnumerable<double[]> Sample(int device, int days, long step)
    {
        var noise = CounterNoise.FromSeed(1);
        var city = new CityField(noise.Stream(1), TimeZoneInfo.Utc, TestFleet.Monday, TestFleet.Monday.AddDays(days));
        var field = new DeviceField(noise, city, new Household(device, device % Neighbourhood.Areas, 52, 5), device);
        for (var time = Start; time < Start + days * 24 * Hour; time += step)
        {
            var values = new double[Quantities];
            field.Sample(time, values);
            yield return values;
        }
    }

    static double Correlation(double[] x, double[] y)
    {
        var (meanX, meanY) = (x.Average(), y.Average());
        var together = x.Zip(y, (a, b) => (a - meanX) * (b - meanY)).Sum();
        return together / Math.Sqrt(x.Sum(a => (a - meanX) * (a - meanX)) * y.Sum(b => (b - meanY) * (b - meanY)));
    }
}
