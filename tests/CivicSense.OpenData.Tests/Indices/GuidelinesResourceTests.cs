using CivicSense.Commons;
using CivicSense.Estimation;

namespace CivicSense.OpenData.Tests;

public sealed class GuidelinesResourceTests
{
    const string Address = "/api/v1/areas/03131303010/indices/guidelines";

    [Fact]
    public async Task Each_day_is_compared_with_every_level_of_its_pollutants()
    {
        await using var node = await PublicNode.StartAsync();
        var rows = (await node.GetJsonAsync(Address)).GetProperty("items").EnumerateArray().ToList();
        var days = await node.Commons.ReadEstimatesAsync(
            new EstimateQuery(
                Area.Parse("03131303010"), Quantity.Pm25, Resolution.Day, TimeText.StartOf(FakeCommons.FirstDay, FakeCommons.Zone),
                FakeCommons.LastReleased.End, 100),
            TestContext.Current.CancellationToken);
        var expected = days.SelectMany(day => GuidelineStatement.OfDay(GuidelineTables.Who2021, day)).ToList();

        Assert.Equal(expected.Count, rows.Count);
        Assert.All(rows.Zip(expected), pair => Assert.Equal(
            ("who-2021", pair.Second.Level.Name, pair.Second.Level.Value, Math.Round(pair.Second.ProbabilityAbove, 4)),
            (pair.First.GetProperty("table").GetString(), pair.First.GetProperty("level").GetString(),
                pair.First.GetProperty("levelValue").GetDouble(),
                pair.First.GetProperty("probabilityAbove").GetDouble())));
        Assert.Equal("2026-11-15", rows[0].GetProperty("date").GetString());
    }

    [Fact]
    public async Task Verdict_needs_ninety_percent()
    {
        await using var node = await PublicNode.StartAsync();
        var rows = (await node.GetJsonAsync(Address + "?from=2026-11-01")).GetProperty("items").EnumerateArray().ToList();

        Assert.All(rows, row => Assert.Equal(
            row.GetProperty("probabilityAbove").GetDouble() switch { >= 0.9 => "above", <= 0.1 => "notAbove", _ => "cannotBeTold" },
            row.GetProperty("verdict").GetString()));
        Assert.True(rows.Select(row => row.GetProperty("verdict").GetString()).Distinct().Count() > 1);
    }

    [Fact]
    public async Task Sound_has_no_level_for_a_day()
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Equal(0, (await node.GetJsonAsync(Address + "?quantity=laeq")).GetProperty("items").GetArrayLength());
    }
}
