using System.Net;
using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

public sealed class AreaKeyTests
{
    /// <summary>A release area of a plan before, which was divided since.</summary>
    static readonly Area Former = Area.Parse("031313032");

    [Theory]
    [InlineData("estimates?quantity=pm2_5", 0)]
    [InlineData("estimates?quantity=laeq&from=2026-11-20", 0)]
    [InlineData("estimates?quantity=pm2_5&from=2026-10-01", 1)]
    [InlineData("indices/air", 0)]
    [InlineData("indices/guidelines", 0)]
    [InlineData("indices/sound", 0)]
    public async Task An_area_of_a_plan_before_is_known_also_where_nothing_is_asked_for(string list, int expected)
    {
        await using var node = await PublicNode.StartAsync();
        var start = new DateTimeOffset(2026, 10, 5, 10, 0, 0, TimeSpan.Zero);
        node.Commons.Add(
            new Estimate(Former, Quantity.Pm25, Resolution.Hour, start, start.AddHours(1), 11, 1, 9, 13, EstimateStatus.Final));

        var items = (await node.GetJsonAsync($"/api/v1/areas/{Former.QuadKey}/{list}")).GetProperty("items");

        Assert.Equal(expected, items.GetArrayLength());
    }

    [Fact]
    public async Task An_area_of_no_plan_is_not_found()
    {
        await using var node = await PublicNode.StartAsync();
        await node.GetJsonAsync($"/api/v1/areas/{Former.QuadKey}/estimates?quantity=pm2_5", HttpStatusCode.NotFound);
    }
}
