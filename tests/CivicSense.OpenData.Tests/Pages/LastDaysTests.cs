using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace CivicSense.OpenData.Tests;

/// <summary>The days before the newest hour are whole days: the first begins at a midnight of the node.</summary>
public sealed class LastDaysTests
{
    const string InB = "03131303011";

    [Fact]
    public async Task The_last_thirty_days_of_an_area_are_thirty()
    {
        await using var node = await StartAsync();
        var page = WebUtility.HtmlDecode(await node.Client.GetStringAsync($"/areas/{InB}"));
        var section = page[page.IndexOf("id=\"day\"", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("</section>", StringComparison.Ordinal)];

        Assert.Contains("the last 30 days", section, StringComparison.Ordinal);
        Assert.Equal(30, Regex.Count(section, "<tr><th scope=\"row\">"));
        // Summer time ended in between.
        Assert.Contains("<th scope=\"row\">Fri 23 Oct ", section, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">Sat 21 Nov ", section, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chart_elsewhere_has_the_same_thirty_days()
    {
        await using var node = await StartAsync();
        var drawing = WebUtility.HtmlDecode(await node.Client.GetStringAsync($"/embed/{InB}/pm2_5.svg?resolution=day"));
        Assert.Contains("Friday 23 October", drawing, StringComparison.Ordinal);
        Assert.DoesNotContain("Thursday 22 October", drawing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_areas_are_compared_on_thirty_days()
    {
        await using var node = await StartAsync();
        var page = await node.Client.GetStringAsync("/compare?area=03131303010&area=03131303013&quantity=pm2_5&resolution=day");
        var said = Regex.Match(page, "surely higher: (\\d+); surely lower: (\\d+);.* told: (\\d+)\\.");
        Assert.Equal(30, said.Groups.Values.Skip(1).Sum(group => int.Parse(group.Value, CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("estimates?quantity=pm2_5&resolution=day", "start", "2026-11-15T00:00:00Z", 7)]
    [InlineData("estimates?quantity=pm2_5&resolution=day&to=2026-10-28", "start", "2026-10-20T23:00:00Z", 7)]
    [InlineData("indices/guidelines?quantity=pm2_5", "date", "2026-11-15", 7)]
    [InlineData("estimates?quantity=pm2_5", "start", "2026-11-15T14:00:00Z", 168)]
    public async Task A_list_without_a_beginning_has_seven_days(string list, string name, string first, int count)
    {
        await using var node = await StartAsync();
        var times = (await node.GetJsonAsync($"/api/v1/areas/{InB}/{list}")).GetProperty("items").EnumerateArray()
            .Select(row => row.GetProperty(name).GetString()).Distinct().ToList();
        Assert.Equal(first, times[0]);
        Assert.Equal(count, times.Count);
    }

    static Task<PublicNode> StartAsync() => PublicNode.StartAsync(FakeCommons.Since("2026-10-15"));
}
