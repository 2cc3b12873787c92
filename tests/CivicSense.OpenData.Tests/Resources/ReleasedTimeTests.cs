using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

/// <summary>Lists of a time far longer than anything was released in.</summary>
public sealed class ReleasedTimeTests
{
    /// <summary>A node may live longer than anybody thought of, and the page of downloads links to all of it.</summary>
    [Theory]
    [InlineData("activity", 21)]
    [InlineData("references", 600)]
    public async Task All_of_a_list_is_given_however_long_the_time_is_that_is_asked_for(string list, int rows)
    {
        await using var node = await PublicNode.StartAsync();
        var whole = await node.GetCsvAsync($"/api/v1/{list}?from=1971-01-01&to=2199-01-01&limit=all");
        Assert.Equal(1 + rows, whole.Count);
    }

    /// <summary>The first midnight of 1970 in London, where the year had summer time, was an hour before that of UTC.</summary>
    [Theory]
    [InlineData("/api/v1/measurements?limit=1000")]
    [InlineData("/api/v1/areas/03131303010/estimates?quantity=pm2_5&limit=100")]
    public async Task A_list_from_the_first_day_of_all_has_a_second_page(string list)
    {
        await using var node = await PublicNode.StartAsync();
        var first = await node.GetJsonAsync(list + "&from=1970-01-01");
        var second = await node.GetJsonAsync(first.GetProperty("next").GetString()!);
        Assert.NotEmpty(second.GetProperty("items").EnumerateArray());
    }

    /// <summary>What is asked for by quantity or area may be rare: a page looks through a month at most.</summary>
    [Theory]
    [InlineData("quantity=no2", 0)]
    [InlineData("quantity=laeq", 1)]
    [InlineData("quantity=laeq&area=03131303011", 1)]
    [InlineData("area=0", 1)]
    public async Task Measurements_of_a_long_time_come_month_by_month_where_only_some_are_wanted(string some, int isThere)
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Since("2026-08-01"));
        var found = new List<string>();
        var pages = 0;
        for (var next = $"/api/v1/measurements?{some}&from=1971-01-01&to=2199-01-01&limit=9000"; next is not null; pages++)
        {
            var page = await node.GetJsonAsync(next);
            found.AddRange(page.GetProperty("items").EnumerateArray().Select(row => row.GetRawText()));
            next = page.GetProperty("next").GetString();
        }
        Assert.Equal(4, pages);
        var expected = node.Commons.Measurements.Where(row =>
            (!some.Contains("laeq", StringComparison.Ordinal) || row.Quantity == Quantity.Laeq)
            && (!some.Contains("03131303011", StringComparison.Ordinal) || row.Area.QuadKey == "03131303011"));
        Assert.Equal(isThere * expected.Count(), found.Count);
        Assert.Equal(found.Count, found.Distinct().Count());
    }
}
