using System.Net;
using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

/// <summary>The newest plan has the areas 03131303010, 03131303011 and 03131303013.</summary>
public sealed class FormerAreaTests
{
    /// <summary>A Monday.</summary>
    static readonly DateTimeOffset First = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    const int Days = 9;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("031313030112", "Its place belongs to <a href=\"/en/areas/03131303011\">")]
    [InlineData("031313030",
        "<p>Its place belongs to these areas today:</p><ul><li><a href=\"/en/areas/0313130301\">Whole neighbourhood</a></li></ul>")]
    [InlineData("0202", "No area has its place today. <a href=\"/en/areas\">All areas</a>")]
    public async Task An_area_of_earlier_plans_says_when_it_was_there_and_what_it_has_become(string quadkey, string expected)
    {
        await using var node = await StartAsync(quadkey);
        var page = await node.Client.GetStringAsync($"/en/areas/{quadkey}", Cancelled);
        Assert.Contains($"<h1>Former area {quadkey}: Fine particles (PM2.5)</h1>", page, StringComparison.Ordinal);
        Assert.Contains("from Monday 2 November 2026 at 00:00 to Wednesday 11 November 2026 at 00:00.", page, StringComparison.Ordinal);
        Assert.Contains(expected, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_last_numbers_are_shown_with_how_sure_they_are()
    {
        await using var node = await StartAsync("031313030112");
        var page = await node.Client.GetStringAsync("/en/areas/031313030112", Cancelled);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.Contains("Tue 10 Nov", page, StringComparison.Ordinal);
        Assert.Contains("8 to 14", page, StringComparison.Ordinal);
        Assert.DoesNotContain("laeq", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sheet_of_its_week_leads_to_its_page()
    {
        await using var node = await StartAsync("031313030112");
        using var answer = await node.GetAsync("/es/areas/031313030112/week", ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/es/areas/031313030112", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Its_links_to_data_lead_to_all_of_it()
    {
        await using var node = await StartAsync("031313030112");
        var page = WebUtility.HtmlDecode(await node.Client.GetStringAsync("/en/areas/031313030112", Cancelled));
        var begin = page.IndexOf("/api/v1/areas/031313030112/estimates", StringComparison.Ordinal);
        var rows = await node.GetCsvAsync(page[begin..page.IndexOf('"', begin)]);
        Assert.Equal(24 * Days, rows.Count - 1);
    }

    [Fact]
    public async Task It_is_in_the_language_of_its_address()
    {
        await using var node = await StartAsync("031313030112");
        var page = await node.Client.GetStringAsync("/es/areas/031313030112", Cancelled);
        Assert.Contains("desde el lunes 2 de noviembre de 2026", page, StringComparison.Ordinal);
        Assert.Empty(LeftoverEnglish.In(page));
    }

    [Fact]
    public async Task The_list_of_areas_leads_to_it()
    {
        await using var node = await StartAsync("031313030112");
        var page = await node.Client.GetStringAsync("/en/areas", Cancelled);
        Assert.Contains(
            "<a href=\"/en/areas/031313030112\">031313030112</a>, until Wednesday 11 November 2026 at "
                + "00:00", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_every_area_is_of_today_nothing_is_said_of_former_ones()
    {
        await using var node = await PublicNode.StartAsync();
        Assert.DoesNotContain("Former areas", await node.Client.GetStringAsync("/en/areas", Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chart_of_it_on_the_pages_of_others_keeps_its_last_days()
    {
        await using var node = await StartAsync("031313030112");
        var chart = await node.Client.GetStringAsync("/en/embed/031313030112/pm2_5.svg?resolution=day", Cancelled);
        Assert.Contains("Fine particles (PM2.5), Former area 031313030112", chart, StringComparison.Ordinal);
        Assert.Contains("Released up to Wednesday 11 November 2026 at 00:00.", chart, StringComparison.Ordinal);
        Assert.Contains("most likely 11", chart, StringComparison.Ordinal);
        using var other = await node.GetAsync("/en/embed/031313030112/laeq.svg", ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Contains("There are: pm2_5.", WebUtility.HtmlDecode(await other.Content.ReadAsStringAsync(Cancelled)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/en/areas/031313030113", HttpStatusCode.NotFound)]
    [InlineData("/en/areas/031313030112?quantity=laeq", HttpStatusCode.BadRequest)]
    [InlineData("/en/areas/031313030112?quantity=pm2_5", HttpStatusCode.OK)]
    public async Task Only_what_there_was_has_a_page(string address, HttpStatusCode expected)
    {
        await using var node = await StartAsync("031313030112");
        using var answer = await node.GetAsync(address, ("Accept", "text/html"));
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task An_area_of_today_is_none_of_the_past()
    {
        await using var node = await StartAsync("03131303011");
        Assert.DoesNotContain(
            "Former area", await node.Client.GetStringAsync("/en/areas/03131303011", Cancelled), StringComparison.Ordinal);
    }

    static Task<PublicNode> StartAsync(string quadkey)
    {
        var commons = FakeCommons.Filled();
        for (var hour = 0; hour < 24 * Days; hour++)
            Add(Resolution.Hour, First.AddHours(hour), First.AddHours(hour + 1));
        for (var day = 0; day < Days; day++)
            Add(Resolution.Day, First.AddDays(day), First.AddDays(day + 1));
        return PublicNode.StartAsync(commons);

        void Add(Resolution resolution, DateTimeOffset start, DateTimeOffset end) => commons.Add(
            new Estimate(Area.Parse(quadkey), Quantity.Pm25, resolution, start, end, 11, 1.5, 8, 14, EstimateStatus.Final));
    }
}
