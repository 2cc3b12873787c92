using System.Collections.Immutable;
using System.Text.Json;
using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;

namespace CivicSense.Stewardship.Tests.Devices;

/// <summary>What the holder of a device sees: its own values, raw and as they go into the release.</summary>
public sealed class DeviceReportTests
{
    /// <summary>20 / (1 + 0.48756 * 0.8^8.60068), docs/calibration.md.</summary>
    const double Pm25Of20At80Percent = 18.664762486078054;

    [Fact]
    public async Task Raw_and_calibrated_values_stand_side_by_side_with_the_formula_and_its_version()
    {
        await using var node = await PrivateNode.StartAsync();
        await Neighbourhood.FixPlanAsync(node);
        await node.CommitAsync(
            Sent(node, Neighbourhood.Balcony, Quantity.Pm25, 14, 26), Sent(node, Neighbourhood.Balcony, Quantity.Humidity, 80));

        var hour = (await node.ReadAsync("balcony")).GetProperty("hours")[0];
        var value = hour.GetProperty("values")[0];

        Assert.Equal("2026-01-01T12:00:00Z", hour.GetProperty("start").GetString());
        Assert.Equal("2026-01-01T13:10:00Z", hour.GetProperty("releasedFrom").GetString());
        Assert.True(hour.GetProperty("takesPart").GetBoolean());
        Assert.Equal(("pm2_5", 2), (value.GetProperty("quantity").GetString(), value.GetProperty("readings").GetInt32()));
        Assert.Equal(20, value.GetProperty("raw").GetDouble());
        Assert.Equal(Pm25Of20At80Percent, value.GetProperty("calibrated").GetDouble(), 1e-12);
        Assert.True(value.GetProperty("isReleased").GetBoolean());
        var calibration = value.GetProperty("calibration");
        Assert.Equal(
            ("hackair-2018", "hackAIR 2018 (SDS011)", "device", 80),
            (calibration.GetProperty("id").GetString(), calibration.GetProperty("name").GetString(),
                calibration.GetProperty("humidity").GetString(),
                calibration.GetProperty("humidityPercent").GetDouble()));
        // Humidity is measured, but not part of the plan.
        var humidity = hour.GetProperty("values")[1];
        Assert.False(humidity.GetProperty("isReleased").GetBoolean());
        Assert.Equal(JsonValueKind.Null, humidity.GetProperty("calibration").ValueKind);
    }

    [Fact]
    public async Task The_page_says_what_goes_into_the_sum()
    {
        await using var node = await PrivateNode.StartAsync();
        await Neighbourhood.FixPlanAsync(node);
        await node.CommitAsync(
            Sent(node, Neighbourhood.Balcony, Quantity.Pm25, 14, 26), Sent(node, Neighbourhood.Balcony, Quantity.Humidity, 80),
            Sent(node, Neighbourhood.Balcony, Quantity.Laeq, 60));

        var page = await node.ReadPageAsync("balcony");

        Assert.Contains(
            "Raw, as the sensor sent it<b>20.0 µg/m³</b><span class=\"small\">mean of the readings (2), the last at 13:19:00</span>",
            page, StringComparison.Ordinal);
        Assert.Contains(
            "Calibrated<b>18.7 µg/m³</b><span class=\"small\">goes into the sum; hackAIR 2018 (SDS011), "
            + "version <code>hackair-2018</code>, at its own 80 % humidity</span>",
            page, StringComparison.Ordinal);
        Assert.Contains(
            "60.0 dB(A)</b><span class=\"small\">mean of the readings (1), the last at 13:19:00. Goes into the sum as it is",
            page, StringComparison.Ordinal);
        Assert.Contains(
            "80 %</b><span class=\"small\">mean of the readings (1), the last at 13:19:00. Stays on the node", page,
            StringComparison.Ordinal);
        Assert.Contains("Released at 14:10;", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_calibrated_value_is_the_one_that_the_release_adds_up()
    {
        await using var node = await PrivateNode.StartAsync();
        await Neighbourhood.FixPlanAsync(node);
        Contribution[] sent =
        [
            Sent(node, Neighbourhood.Balcony, Quantity.Pm25, 21.5, 30.25), Sent(node, Neighbourhood.Garden, Quantity.Humidity, 88, 93),
            Sent(node, Neighbourhood.Attic, Quantity.Humidity, 99),
        ];
        await node.CommitAsync(sent);

        var calibrated = Value(await node.ReadAsync("balcony")).GetProperty("calibrated").GetDouble();

        // Without a formula for the model, a device that had sent the calibrated value would have added the same.
        var plain = Neighbourhood.Plan with { Public = Neighbourhood.Plan.Public with { Calibrations = [] } };
        Assert.Equal(Sums(plain, [Sent(node, Neighbourhood.Balcony, Quantity.Pm25, calibrated)]), Sums(Neighbourhood.Plan, sent));
        Assert.NotEqual(Sums(plain, sent), Sums(Neighbourhood.Plan, sent));
    }

    [Fact]
    public async Task Sound_is_averaged_energetically()
    {
        await using var node = await PrivateNode.StartAsync();
        await Neighbourhood.FixPlanAsync(node);
        await node.CommitAsync(Sent(node, Neighbourhood.Balcony, Quantity.Laeq, 60, 70));
        var value = Value(await node.ReadAsync("balcony"));
        // 10 lg((10^6 + 10^7) / 2), ISO 1996-1; the arithmetic mean would be 65.
        Assert.Equal(67.40362689494244, value.GetProperty("raw").GetDouble(), 1e-9);
        Assert.Equal(67.40362689494244, value.GetProperty("calibrated").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task Humidity_of_the_household_is_used_and_its_other_values_are_not_shown()
    {
        await using var node = await PrivateNode.StartAsync();
        await Neighbourhood.FixPlanAsync(node);
        await node.CommitAsync(
            Sent(node, Neighbourhood.Balcony, Quantity.Pm25, 20), Sent(node, Neighbourhood.Garden, Quantity.Humidity, 80),
            Sent(node, Neighbourhood.Garden, Quantity.Pm25, 613.8125), Sent(node, Neighbourhood.Attic, Quantity.Humidity, 20));

        var view = await node.ReadAsync("balcony");

        var calibration = Value(view).GetProperty("calibration");
        Assert.Equal(Pm25Of20At80Percent, Value(view).GetProperty("calibrated").GetDouble(), 1e-12);
        Assert.Equal("household", calibration.GetProperty("humidity").GetString());
        Assert.Equal(JsonValueKind.Null, calibration.GetProperty("humidityPercent").ValueKind);
        Assert.DoesNotContain("613", view.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("garden", view.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_another_household_is_shown()
    {
        await using var node = await PrivateNode.StartAsync();
        await Neighbourhood.FixPlanAsync(node);
        await node.CommitAsync(
            Sent(node, Neighbourhood.Balcony, Quantity.Pm25, 20), Sent(node, Neighbourhood.Attic, Quantity.Pm25, 613.8125),
            Sent(node, Neighbourhood.Attic, Quantity.Humidity, 99));
        var without = await WithoutTheAtticAsync();

        foreach (var text in new[] { (await node.ReadAsync("balcony")).GetRawText(), await node.ReadPageAsync("balcony") })
        {
            Assert.DoesNotContain("613.8", text, StringComparison.Ordinal);
            Assert.DoesNotContain("attic", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Smith", text, StringComparison.Ordinal);
            Assert.Contains(text, without);
        }
        Assert.Equal(613.8125, Value(await node.ReadAsync("attic")).GetProperty("raw").GetDouble());

        static async Task<string[]> WithoutTheAtticAsync()
        {
            await using var other = await PrivateNode.StartAsync();
            await Neighbourhood.FixPlanAsync(other);
            await other.CommitAsync(Sent(other, Neighbourhood.Balcony, Quantity.Pm25, 20));
            return [(await other.ReadAsync("balcony")).GetRawText(), await other.ReadPageAsync("balcony")];
        }
    }

    [Fact]
    public async Task A_device_that_is_in_no_plan_yet_sees_what_it_sends_and_that_nothing_is_released()
    {
        await using var node = await PrivateNode.StartAsync();
        await node.CommitAsync(Sent(node, Neighbourhood.Balcony, Quantity.Pm25, 20));

        var view = await node.ReadAsync("balcony");

        Assert.False(view.GetProperty("hours")[0].GetProperty("takesPart").GetBoolean());
        Assert.Equal(20, Value(view).GetProperty("raw").GetDouble());
        Assert.Equal(JsonValueKind.Null, Value(view).GetProperty("calibrated").ValueKind);
        Assert.Equal(JsonValueKind.Null, view.GetProperty("area").ValueKind);
        Assert.Contains("not in the plan of this hour", await node.ReadPageAsync("balcony"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_its_values_stands_what_the_public_sees_of_its_area()
    {
        await using var node = await PrivateNode.StartAsync();
        await Neighbourhood.FixPlanAsync(node);
        await node.CommitAsync(Sent(node, Neighbourhood.Balcony, Quantity.Pm25, 20));
        var before = new HourWindow(node.Now.Index - 2);
        Estimate Of(Area area, HourWindow window, double value) => new(
            area, Quantity.Pm25, Resolution.Hour, window.Start, window.End, value, 1.5, value - 3, value + 3, EstimateStatus.Live);
        await node.Database.Estimates.WriteAsync(
            [
                Of(Neighbourhood.OwnArea, before, 11), Of(Neighbourhood.OwnArea, new HourWindow(before.Index - 1), 44),
                Of(Neighbourhood.OtherArea, before, 33),
            ],
            TestContext.Current.CancellationToken);

        var view = await node.ReadAsync("balcony");

        var estimate = Value(view).GetProperty("estimate");
        Assert.Equal(
            (11, 8, 14, "2026-01-01T10:00:00Z"),
            (estimate.GetProperty("value").GetDouble(), estimate.GetProperty("lower").GetDouble(),
                estimate.GetProperty("upper").GetDouble(),
                estimate.GetProperty("start").GetString()));
        // As the public pages name it: two areas have letters from north to south.
        Assert.Equal(
            (Neighbourhood.OwnArea.QuadKey, AreaNames.Of(Neighbourhood.Plan.Public)[Neighbourhood.OwnArea]),
            (view.GetProperty("area").GetProperty("quadKey").GetString(), view.GetProperty("area").GetProperty("name").GetString()));
        var page = await node.ReadPageAsync("balcony");
        Assert.Contains("<b>8 to 14 µg/m³</b>", page, StringComparison.Ordinal);
        Assert.Contains("most likely 11", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Neighbourhood.Place.QuadKey, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_released_is_gone_and_the_page_says_so()
    {
        await using var node = await PrivateNode.StartAsync();
        await Neighbourhood.FixPlanAsync(node);
        var earlier = node.Clock.GetUtcNow().AddHours(-1);
        await node.CommitAsync(Neighbourhood.Sent(Neighbourhood.Balcony, Quantity.Pm25, earlier, 613.8125));
        Assert.Contains("613.8", await node.ReadPageAsync("balcony"), StringComparison.Ordinal);

        await Neighbourhood.ReleaseThroughAsync(node, HourWindow.Containing(earlier));

        var page = await node.ReadPageAsync("balcony");
        Assert.DoesNotContain("613.8", page, StringComparison.Ordinal);
        Assert.Contains("everything before 13:00 is gone", page, StringComparison.Ordinal);
        Assert.Equal("2026-01-01T12:00:00Z", (await node.ReadAsync("balcony")).GetProperty("releasedUntil").GetString());
    }

    [Fact]
    public async Task All_open_hours_are_shown_the_silent_ones_too()
    {
        await using var node = await PrivateNode.StartAsync();
        await Neighbourhood.FixPlanAsync(node);
        await Neighbourhood.ReleaseThroughAsync(node, new HourWindow(node.Now.Index - 3));
        await node.CommitAsync(Neighbourhood.Sent(Neighbourhood.Balcony, Quantity.Pm25, node.Clock.GetUtcNow().AddHours(-2), 7));

        var hours = (await node.ReadAsync("balcony")).GetProperty("hours").EnumerateArray().ToList();

        Assert.Equal(
            ["2026-01-01T12:00:00Z 0", "2026-01-01T11:00:00Z 0", "2026-01-01T10:00:00Z 1"],
            hours.Select(hour => $"{hour.GetProperty("start").GetString()} {hour.GetProperty("values").GetArrayLength()}"));
    }

    [Fact]
    public async Task A_name_is_text_and_never_markup()
    {
        await using var node =
            await PrivateNode.StartAsync(options => options with { NeighbourhoodName = "<b>Ä & {0}</b>", Notice = Notice.Of("a < b") });
        var page = await node.ReadPageAsync("balcony");
        Assert.Contains("<a href=\"/\">&lt;b&gt;Ä &amp; {0}&lt;/b&gt;</a>", page, StringComparison.Ordinal);
        Assert.Contains("a &lt; b", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html")]
    [InlineData("*/*", "application/json")]
    [InlineData("application/json", "application/json")]
    [InlineData("text/html;q=0.5, application/json", "application/json")]
    public async Task Browsers_get_a_page_and_programs_get_json(string accept, string type)
    {
        await using var node = await PrivateNode.StartAsync();
        using var answer = await node.OpenAsync("balcony", ("Accept", accept));
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
    }

    static JsonElement Value(JsonElement view) => view.GetProperty("hours")[0].GetProperty("values")[0];

    static Contribution Sent(PrivateNode node, int device, Quantity quantity, params double[] values) =>
        Neighbourhood.Sent(device, quantity, node.Clock.GetUtcNow().AddMinutes(-1), values);

    static IReadOnlyList<Int128> Sums(PrivatePlan plan, IReadOnlyList<Contribution> contributions) => WindowSums.Compute(
        WindowRelease.MechanismOf(plan.Public), plan, contributions[0].Window, contributions, ImmutableDictionary<int, long>.Empty,
        [.. Enumerable.Range(0, plan.Public.KeyCount)
            .Select(key => plan.Public.Quantities[key % plan.Public.Quantities.Length].Quantity.PriorMean)])
        .Sums;
}
