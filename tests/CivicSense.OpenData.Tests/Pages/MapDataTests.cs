using System.Globalization;
using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

public sealed class MapDataTests
{
    const string Path = "/map/pm2_5.json";
    static readonly Area Shown = Area.Parse("03131303011");

    /// <summary>A release is committed before its hour is estimated: whoever asks in between must not decide what others see.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_hour_that_is_estimated_after_its_release_comes_to_the_map(bool changesAreNoticed)
    {
        await using var node = await PublicNode.StartAsync();
        node.Commons.NoticesChanges = changesAreNoticed;
        var released = FakeCommons.LastReleased.Next;
        node.Status.LastReleased = released;
        Assert.Equal(JsonValueKind.Null, (await NewestAsync(node)).ValueKind);

        node.Commons.Add(Estimate(released, 33));

        Assert.Equal(33, (await NewestAsync(node))[0].GetDouble());
    }

    [Fact]
    public async Task An_hour_that_is_revised_between_releases_is_revised_on_the_map()
    {
        await using var node = await PublicNode.StartAsync();
        var before = (await NewestAsync(node))[0].GetDouble();

        node.Commons.Revise(Estimate(FakeCommons.LastReleased, before + 5));

        Assert.Equal(before + 5, (await NewestAsync(node))[0].GetDouble(), 2);
    }

    [Fact]
    public async Task The_map_is_put_together_once_for_all_who_ask_between_two_changes()
    {
        await using var node = await PublicNode.StartAsync();
        await node.Client.GetStringAsync(Path);
        var reads = node.Commons.EstimateReads;

        // Parameters that nothing reads make an address of its own.
        for (var i = 0; i < 5; i++)
            await node.Client.GetStringAsync($"{Path}?x={i}");

        Assert.Equal(reads, node.Commons.EstimateReads);
    }

    /// <summary>Clocks in London were put back on 25 October 2026 at 2:00: one o'clock came twice.</summary>
    [Fact]
    public async Task The_two_hours_of_one_name_have_their_offsets()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Archived());
        var first = new DateTimeOffset(2026, 10, 25, 0, 0, 0, TimeSpan.Zero);
        node.Status.LastReleased = HourWindow.Containing(first.AddHours(10));

        var map = await node.GetJsonAsync(Path);

        var begin = DateTimeOffset.FromUnixTimeSeconds(map.GetProperty("from").GetInt64());
        Assert.Equal(
            [(first, "UTC+1"), (first.AddHours(1), "UTC")],
            map.GetProperty("twice").EnumerateObject()
                .Select(hour => (begin.AddHours(int.Parse(hour.Name, CultureInfo.InvariantCulture)), hour.Value.GetString()!)));
    }

    [Fact]
    public async Task Where_no_hour_comes_twice_none_has_an_offset()
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Empty((await node.GetJsonAsync(Path)).GetProperty("twice").EnumerateObject());
    }

    static async Task<JsonElement> NewestAsync(PublicNode node)
    {
        var shown = (await node.GetJsonAsync(Path)).GetProperty("features").EnumerateArray()
            .Single(feature => feature.GetProperty("id").GetString() == Shown.QuadKey);
        return shown.GetProperty("properties").GetProperty("values").EnumerateArray().Last();
    }

    static Estimate Estimate(HourWindow hour, double value) =>
        new(Shown, Quantity.Pm25, Resolution.Hour, hour.Start, hour.End, value, 1, value - 2, value + 2, EstimateStatus.Live);
}
