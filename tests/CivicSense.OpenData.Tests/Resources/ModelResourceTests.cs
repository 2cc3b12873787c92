namespace CivicSense.OpenData.Tests;

public sealed class ModelResourceTests
{
    [Fact]
    public async Task Every_parameter_of_every_version_is_a_row()
    {
        await using var node = await PublicNode.StartAsync();
        var rows = (await node.GetJsonAsync("/api/v1/model?quantity=pm2_5")).GetProperty("items").EnumerateArray()
            .Select(row => (
                row.GetProperty("number").GetInt32(), row.GetProperty("from").GetString(), row.GetProperty("name").GetString(),
                row.GetProperty("value").GetDouble()));

        var (first, second) = (node.Commons.Models[0].From.ToString(), node.Commons.Models[1].From.ToString());
        Assert.Equal(
            [(1, first, "CityDeviation", 0.31), (1, first, "LocalMemory", 12), (2, second, "CityDeviation", 0.33),
                (2, second, "LocalMemory", 12)], rows);
    }
}
