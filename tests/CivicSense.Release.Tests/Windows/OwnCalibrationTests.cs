using System.Collections.Immutable;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Windows;

/// <summary>Assumption A3 of docs/privacy/owner-day.md where values are calibrated, and docs/calibration.md.</summary>
public sealed class OwnCalibrationTests
{
    static readonly HourWindow Window = HourWindow.Containing(new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero));
    static readonly Area OtherPlace = Enrolments.Inside("2");

    /// <summary>
    /// Household 1 has three devices in the first area, and one in the second. Its device 20 is an SDS011, 21 a PMS5003, 22 of unknown
    /// model, 23 in the second area an SDS011. Household 2 has an SDS011, too, and everybody else a device of unknown model.
    /// </summary>
    static readonly PrivatePlan Plan = Enrolments.Plan(
    [
        .. Enrolments.InOnePlace(6).Select(device => device.OwnerId == 2 ? device with { Model = "sds011" } : device),
        .. Enumerable.Range(7, 5).Select(id => Enrolments.Device(id, id, OtherPlace)),
        Enrolments.Device(20, 1, Enrolments.Place, "sds011"), Enrolments.Device(21, 1, Enrolments.Place, "pms5003"),
        Enrolments.Device(22, 1, Enrolments.Place), Enrolments.Device(23, 1, OtherPlace, "sds011"),
    ], new ReleaseOptions { Pacing = 0 });

    static readonly int FirstArea = Plan.Devices.Single(device => device.DeviceId == 20).AreaIndex;

    [Fact]
    public void A_value_is_calibrated_with_the_humidity_of_its_own_device_and_hour() =>
        // 20 / (1 + 0.48756 * 0.8^8.60068) = 18.664762, and PM10 20 / (1 + 0.81559 * 0.8^5.83411) = 16.368424
        AssertSame([Raw(22, Quantity.Pm25, 18.664762486078054), Raw(22, Quantity.Pm10, 16.368424375045286)],
            [Raw(20, Quantity.Pm25, 20), Raw(20, Quantity.Pm10, 20), Raw(20, Quantity.Humidity, 80), Raw(21, Quantity.Humidity, 30)]);

    [Fact]
    public void Without_one_the_mean_humidity_of_the_household_in_the_area_is_taken() =>
        AssertSame([Raw(22, Quantity.Pm25, 18.664762486078054)],
            [Raw(20, Quantity.Pm25, 20), Raw(21, Quantity.Humidity, 70), Raw(22, Quantity.Humidity, 90)]);

    [Fact]
    public void Without_any_the_formula_says_what_stands_in()
    {
        AssertSame([Raw(22, Quantity.Pm25, 20)], [Raw(20, Quantity.Pm25, 20)]);
        AssertSame([Raw(22, Quantity.Pm25, 0.524 * 20 - 0.0862 * 50 + 5.75)], [Raw(21, Quantity.Pm25, 20)]);
    }

    [Fact]
    public void Each_model_has_its_own_formula_and_an_unknown_one_none() =>
        AssertSame([Raw(22, Quantity.Pm25, (18.664762486078054 + (0.524 * 20 - 0.0862 * 80 + 5.75) + 20) / 3)],
        [
            Raw(20, Quantity.Pm25, 20), Raw(21, Quantity.Pm25, 20), Raw(22, Quantity.Pm25, 20),
            Raw(20, Quantity.Humidity, 80), Raw(21, Quantity.Humidity, 80), Raw(22, Quantity.Humidity, 80),
        ]);

    [Fact]
    public void Humidity_of_another_household_or_of_another_area_is_never_used()
    {
        Contribution[] own = [Raw(20, Quantity.Pm25, 20), Raw(21, Quantity.Pm25, 20)];
        AssertSame(own, [.. own, Raw(2, Quantity.Humidity, 95), Raw(3, Quantity.Humidity, 95), Raw(23, Quantity.Humidity, 95)]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_humidity_that_is_no_number_is_none(double humidity) =>
        AssertSame([Raw(22, Quantity.Pm25, 18.664762486078054)],
            [Raw(20, Quantity.Pm25, 20), Raw(20, Quantity.Humidity, humidity), Raw(21, Quantity.Humidity, 80)]);

    [Fact]
    public void Readings_that_are_no_particles_stay_as_they_are() =>
        AssertSame([Raw(22, Quantity.Temperature, 20), Raw(22, Quantity.Laeq, 60)],
            [Raw(20, Quantity.Temperature, 20), Raw(20, Quantity.Laeq, 60), Raw(20, Quantity.Humidity, 99)]);

    [Fact]
    public void A_plan_without_calibrations_releases_what_was_sent()
    {
        var plan = Plan with { Public = Plan.Public with { Calibrations = ImmutableArray<PlannedCalibration>.Empty } };
        Assert.Equal(Sums(plan, [Raw(22, Quantity.Pm25, 20)]), Sums(plan, [Raw(20, Quantity.Pm25, 20), Raw(20, Quantity.Humidity, 99)]));
    }

    [Fact]
    public void An_extreme_value_is_clipped_after_it_was_calibrated()
    {
        // 1000 becomes 1577 by the formula and counts as 1000; either is far above the cap of an hour.
        Assert.Equal(36428, Sums(Plan, [Raw(21, Quantity.Pm25, 1000)])[Plan.Public.KeyIndex(FirstArea, 0)]);
        // Damp clean air is 0, and not below: sqrt(0.4) / 1.25 * ln(3 / 15) * 65536 would pass the cap, too.
        Assert.Equal(-36428, Sums(Plan, [Raw(21, Quantity.Pm25, 1), Raw(21, Quantity.Humidity, 100)])[Plan.Public.KeyIndex(FirstArea, 0)]);
    }

    static void AssertSame(Contribution[] expected, Contribution[] sent) => Assert.Equal(Sums(Plan, expected), Sums(Plan, sent));

    static IReadOnlyList<Int128> Sums(PrivatePlan plan, IReadOnlyList<Contribution> contributions) => WindowSums.Compute(
        WindowRelease.MechanismOf(plan.Public), plan, Window, contributions, ImmutableDictionary<int, long>.Empty,
        [.. Enumerable.Range(0, plan.Public.KeyCount)
            .Select(key => plan.Public.Quantities[key % plan.Public.Quantities.Length].Quantity.PriorMean)])
        .Sums;

    static Contribution Raw(int device, Quantity quantity, double value) => new(
        device, quantity.Ordinal, Window, 1, quantity.Averaging == Averaging.Energetic ? Math.Pow(10, value / 10) : value, 0);
}
