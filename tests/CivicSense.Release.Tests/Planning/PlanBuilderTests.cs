using System.Collections.Immutable;
using CivicSense.Commons;
using CivicSense.Vault;

namespace CivicSense.Release.Tests.Planning;

/// <summary>Assumption A1 of docs/privacy/owner-day.md: a plan is a function of enrolment and options.</summary>
public sealed class PlanBuilderTests
{
    [Fact]
    public void In_every_area_at_least_the_minimum_of_households_takes_part() => Enrolments.ForAllSeeds(seed =>
    {
        if (Enrolments.Plan(Enrolments.Random(seed)) is not { } plan)
            return;
        for (var area = 0; area < plan.Public.Areas.Length; area++)
        {
            var owners = plan.Devices.Where(device => device.AreaIndex == area).Select(device => device.OwnerId).Distinct().Count();
            Assert.InRange(owners, 5, int.MaxValue);
            Assert.Equal(plan.Public.Areas[area].EnrolledOwners, owners);
        }
    }, tests: 500);

    [Fact]
    public void Every_planned_device_stands_inside_its_area() => Enrolments.ForAllSeeds(seed =>
    {
        var devices = Enrolments.Random(seed).ToDictionary(device => device.Id);
        Assert.All(Enrolments.Plan([.. devices.Values])?.Devices ?? [], planned =>
        {
            Assert.True(plan(planned).Contains(devices[planned.DeviceId].Place));
            Assert.Equal(devices[planned.DeviceId].OwnerId, planned.OwnerId);
        });

        Area plan(PlannedDevice device) => Enrolments.Plan([.. devices.Values]).Public.Areas[device.AreaIndex].Area;
    }, tests: 30);

    [Fact]
    public void Every_household_takes_part_in_one_to_four_areas_where_nobody_has_more() => Enrolments.ForAllSeeds(seed =>
    {
        var devices = Enrolments.Random(seed);
        if (Enrolments.Plan(devices) is not { } plan)
            return;
        var areasOfOwner = plan.Devices.GroupBy(device => device.OwnerId)
            .ToDictionary(group => group.Key, group => group.Select(device => device.AreaIndex).Distinct().Count());
        Assert.Equal(devices.Select(device => device.OwnerId).Distinct().Order(), areasOfOwner.Keys.Order());
        Assert.All(areasOfOwner.Values, count => Assert.InRange(count, 1, 4));
    });

    [Fact]
    public void The_limit_on_a_households_areas_does_not_leave_an_area_with_too_few()
    {
        // The last area has its fifth household only in one that stands in four areas before it.
        var devices = new List<Device>();
        foreach (var cell in (string[])["031130", "031131", "031132", "031133"])
            AddOwners(cell, 5);
        AddOwners("031200", 4);
        foreach (var cell in (string[])["031130", "031131", "031132", "031133", "031200"])
            devices.Add(Enrolments.Device(devices.Count + 1, 99, Enrolments.Inside(cell)));

        var plan = Enrolments.Plan(devices);
        Assert.All(plan.Public.Areas, area => Assert.InRange(area.EnrolledOwners, 5, int.MaxValue));
        Assert.Equal(25, plan.Devices.Select(device => device.OwnerId).Distinct().Count());

        void AddOwners(string cell, int count)
        {
            for (var i = 0; i < count; i++)
                devices.Add(Enrolments.Device(devices.Count + 1, devices.Count + 1, Enrolments.Inside(cell)));
        }
    }

    [Fact]
    public void Devices_in_a_fifth_area_take_no_part()
    {
        string[] cells = ["031130", "031131", "031132", "031133", "031200", "031201"];
        var devices = cells.SelectMany((cell, index) => Enumerable.Range(1, 6).Select(owner =>
            Enrolments.Device(index * 6 + owner, index * 6 + owner, Enrolments.Inside(cell)))).ToList();
        devices.AddRange(cells.Select((cell, index) => Enrolments.Device(100 + index, 99, Enrolments.Inside(cell))));

        var plan = Enrolments.Plan(devices);
        Assert.Equal(6, plan.Public.Areas.Length);
        Assert.Equal([100, 101, 102, 103], plan.Devices.Where(device => device.OwnerId == 99).Select(device => device.DeviceId));
    }

    [Fact]
    public void The_same_enrolment_in_any_order_gives_the_same_plan_and_hash() => Enrolments.ForAllSeeds(seed =>
    {
        var devices = Enrolments.Random(seed);
        var plan = Enrolments.Plan(devices);
        new Random(seed).Shuffle(devices);
        var again = Enrolments.Plan(devices);
        if (plan is null)
        {
            Assert.Null(again);
            return;
        }
        Assert.Equal(PlanDocument.Hash(plan.Public), PlanDocument.Hash(again.Public));
        Assert.Equal(plan.Devices, again.Devices);
    });

    [Fact]
    public void A_plan_is_the_same_after_being_written_and_read() => Enrolments.ForAllSeeds(seed =>
    {
        if (Enrolments.Plan(Enrolments.Random(seed)) is not { } plan)
            return;
        var read = PlanDocument.Read(PlanDocument.Write(plan.Public));
        Assert.Equal(PlanDocument.Hash(plan.Public), PlanDocument.Hash(read));
        Assert.Equal(plan.Public.Areas, read.Areas);
        Assert.Equal(plan.Public.Quantities, read.Quantities);
    });

    [Fact]
    public void A_plan_names_the_configured_formulas_in_order_of_model_whoever_is_enrolled()
    {
        var options = new ReleaseOptions
        {
            Calibrations = new Dictionary<string,
            string> { ["sds011"] = "hackair-2018", ["pms5003"] = "barkjohn-2021", ["pms7003"] = "none" }
                .ToImmutableDictionary(),
        };
        var plan = Enrolments.Plan(Enrolments.InOnePlace(5), options).Public;
        Assert.Equal([new("pms5003", CalibrationFormula.Barkjohn2021), new("sds011", CalibrationFormula.HackAir2018)], plan.Calibrations);
        Assert.Equal(
            ["pms5003 epa-2021-atm", "pms5003t epa-2021-atm", "sds011 hackair-2018"],
            Enrolments.Plan(Enrolments.InOnePlace(5)).Public.Calibrations.Select(planned => $"{planned.Model} {planned.Formula}"));
    }

    [Fact]
    public void A_device_s_model_is_fixed_with_the_plan_and_is_not_public()
    {
        var plan = Enrolments.Plan([.. Enrolments.InOnePlace(5), Enrolments.Device(6, 1, Enrolments.Place, "homemade")]);
        Assert.Equal(["", "", "", "", "", "homemade"], plan.Devices.Select(device => device.Model));
        Assert.DoesNotContain("homemade", PlanDocument.Write(plan.Public), StringComparison.Ordinal);
    }

    [Fact]
    public void With_four_households_there_is_no_plan_and_with_five_there_is()
    {
        Assert.Null(Enrolments.Plan(Enrolments.InOnePlace(4)));
        Assert.Equal(5, Assert.Single(Enrolments.Plan(Enrolments.InOnePlace(5)).Public.Areas).EnrolledOwners);
        Assert.Null(Enrolments.Plan(Enrolments.InOnePlace(11), new ReleaseOptions { MinimumOwnersPerArea = 12 }));
    }

    [Fact]
    public void Weights_are_the_root_of_the_share_over_the_typical_norm()
    {
        // DESIGN section 4: w = sqrt(share) / C, with C = 1.25 for log ratios and 2 for sound; sqrt(0.4) / 1.25 and sqrt(0.3) / 2.
        var quantities = Enrolments.Plan(Enrolments.InOnePlace(5)).Public.Quantities;
        Assert.Equal([Quantity.Pm25, Quantity.Pm10, Quantity.Laeq, Quantity.Temperature], quantities.Select(planned => planned.Quantity));
        Assert.Equal(0.5059644, quantities[0].Weight, 1e-7);
        Assert.Equal(0.2738613, quantities[2].Weight, 1e-7);
        Assert.Equal(Math.Log(3), quantities[0].Cap);
    }

    [Fact]
    public void The_plan_says_what_the_mechanism_of_the_plan_does()
    {
        var plan = Enrolments.Plan(Enrolments.InOnePlace(5), new ReleaseOptions { Rho = 0.5m, ActivityShare = 0.04m }).Public;
        var mechanism = WindowRelease.MechanismOf(plan);
        Assert.Equal((plan.Grid, plan.ActivityWeight, plan.Sigma), (mechanism.Grid, mechanism.ActivityWeight, mechanism.Sigma));
        Assert.Equal(1, plan.Sigma, 1e-12); // 1 / sqrt(2 rho)
        Assert.Equal(65536 / 5, plan.ActivityWeight); // sqrt(0.04) of the grid
    }

    [Fact]
    public void A_plan_has_the_configured_pacing()
    {
        Assert.Equal(1.5m, Enrolments.Plan(Enrolments.InOnePlace(5)).Public.Pacing);
        Assert.Equal(0, Enrolments.Plan(Enrolments.InOnePlace(5), new ReleaseOptions { Pacing = 0 }).Public.Pacing);
        Assert.Equal(2, Enrolments.Plan(Enrolments.InOnePlace(5), new ReleaseOptions { Pacing = 2 }).Public.Pacing);
    }
}
