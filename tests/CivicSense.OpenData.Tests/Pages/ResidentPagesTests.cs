using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;

namespace CivicSense.OpenData.Tests;

/// <summary>What residents look for: a place, a comparison, a sheet of paper, a chart for their own page.</summary>
public sealed class ResidentPagesTests
{
    const string InB = "03131303011";

    [Theory]
    [InlineData("B")]
    [InlineData(" b ")]
    [InlineData(InB)]
    [InlineData(InB + "321")]
    [InlineData("51.55, -3.6")]
    [InlineData("51.55 -3.6")]
    [InlineData("51.55,-3.6")]
    [InlineData("51,55; -3,6")]
    [InlineData("51,55 -3,6")]
    public async Task A_letter_coordinates_or_a_quadkey_lead_to_the_area(string place)
    {
        Assert.True(CivicSense.Commons.Area.Parse(InB).Contains(CivicSense.Commons.Area.FromPosition(51.55, -3.6)));
        await using var node = await PublicNode.StartAsync();
        using var response = await node.GetAsync($"/es/areas?place={Uri.EscapeDataString(place)}");

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Equal($"/es/areas/{InB}", response.Headers.Location!.ToString());
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData("52.37, 4.89", "The nearest is <a href=\"/areas/")]
    [InlineData("91, 4", "was not understood")]
    [InlineData("<b>x", "was not understood")]
    public async Task A_place_that_no_area_speaks_for_is_told_the_nearest(string place, string expected)
    {
        await using var node = await PublicNode.StartAsync();
        var page = await node.Client.GetStringAsync($"/areas?place={Uri.EscapeDataString(place)}");
        Assert.Contains(expected, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>x", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sheet_has_the_last_week_that_is_over_day_by_day()
    {
        await using var node = await PublicNode.StartAsync();
        var page = WebUtility.HtmlDecode(await node.Client.GetStringAsync($"/areas/{InB}/week"));

        Assert.Contains("Monday 9 November to Sunday 15 November 2026", page, StringComparison.Ordinal);
        Assert.Matches("<th scope=\"row\">Sun 15 Nov</th><td class=\"n\">(<strong>)?\\d", page);
        Assert.Matches("Fine particles \\(PM2.5\\)</strong>, the week’s average: between [\\d.]+ and [\\d.]+ µg/m³, most likely [\\d.]+\\.",
            page);
        Assert.Contains("Sound level</strong>, the week’s average: between ", page, StringComparison.Ordinal);
        Assert.Contains("/areas/03131303011/week?from=2026-11-16", page, StringComparison.Ordinal);
        var current = WebUtility.HtmlDecode(await node.Client.GetStringAsync($"/areas/{InB}/week?from=2026-11-18"));
        Assert.Contains("Monday 16 November to Sunday 22 November 2026", current, StringComparison.Ordinal);
        Assert.DoesNotContain("the week’s average", current, StringComparison.Ordinal);
        Assert.Matches(
            "</strong>, days above the WHO guideline level for a day \\(15 µg/m³\\): \\d; not above: \\d; cannot be told: \\d\\.", current);
        Assert.Equal(2, Regex.Count(current, "<th scope=\"row\">Mon 16 Nov</th>"));
    }

    [Fact]
    public async Task An_embedded_chart_is_a_drawing_that_other_pages_may_show()
    {
        await using var node = await PublicNode.StartAsync();
        using var response = await node.GetAsync($"/es/embed/{InB}/pm2_5.svg");
        var drawing = new XmlDocument();
        drawing.LoadXml(await response.Content.ReadAsStringAsync());

        Assert.Equal("image/svg+xml", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("cross-origin", Assert.Single(response.Headers.GetValues("Cross-Origin-Resource-Policy")));
        Assert.Contains(
            "frame-ancestors *", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("Partículas finas (PM2,5), Zona B", drawing.DocumentElement!.InnerText, StringComparison.Ordinal);
        Assert.DoesNotMatch("class=|style=|<script", drawing.OuterXml);
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync($"/embed/{InB}/laeq.svg?resolution=day")).StatusCode);
    }

    [Fact]
    public async Task The_data_of_the_map_are_areas_with_the_hours_of_the_last_days()
    {
        await using var node = await PublicNode.StartAsync();
        var data = await node.GetJsonAsync("/es/map/pm2_5.json");

        Assert.Equal("FeatureCollection", data.GetProperty("type").GetString());
        Assert.Equal(3, data.GetProperty("features").GetArrayLength());
        var hours = data.GetProperty("hours").GetInt32();
        Assert.Equal(168, hours);
        Assert.Equal(FakeCommons.LastReleased.End.AddHours(-hours).ToUnixTimeSeconds(), data.GetProperty("from").GetInt64());
        var second = data.GetProperty("features")[1];
        Assert.Equal("/es/areas/03131303011", second.GetProperty("properties").GetProperty("page").GetString());
        Assert.Equal("Zona B (noreste)", second.GetProperty("properties").GetProperty("name").GetString());
        var values = second.GetProperty("properties").GetProperty("values").EnumerateArray().ToList();
        Assert.Equal(hours, values.Count);
        Assert.All(values, value => Assert.True(value.ValueKind == JsonValueKind.Null || value.GetArrayLength() is 4 or 5));
        var ring = second.GetProperty("geometry")
            .GetProperty("coordinates")[0].EnumerateArray().Select(point => (point[0].GetDouble(), point[1].GetDouble())).ToList();
        Assert.Equal(ring[0], ring[^1]);
        // Counterclockwise: RFC 7946, section 3.1.6.
        Assert.True(ring.Zip(ring.Skip(1)).Sum(edge => edge.First.Item1 * edge.Second.Item2 - edge.Second.Item1 * edge.First.Item2) > 0);
    }

    [Fact]
    public async Task The_data_of_a_map_of_five_hundred_areas_have_a_bound()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Crowded());
        Assert.InRange((await node.Client.GetByteArrayAsync("/map/pm2_5.json")).Length, 50_000, 500_000);
    }

    [Fact]
    public async Task A_comparison_says_only_what_the_intervals_say()
    {
        await using var node = await PublicNode.StartAsync();
        var page = WebUtility.HtmlDecode(
            await node.Client.GetStringAsync("/compare?area=03131303010&area=03131303013&quantity=pm2_5&resolution=day"));

        var said = Regex.Match(page, "Area A \\(north-west\\) beside Area C \\(south-east\\)\\..* surely higher: (\\d); surely lower: "
            + "(\\d);.* told: (\\d)\\.");
        Assert.Equal(7, said.Groups.Values.Skip(1).Sum(group => int.Parse(group.Value, CultureInfo.InvariantCulture)));
        Assert.Contains("<path class=\"line line-1\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ledger_can_be_leafed_through_to_its_beginning()
    {
        await using var node = await PublicNode.StartAsync();
        var (path, pages) = ("/ledger", 0);
        while (true)
        {
            var page = WebUtility.HtmlDecode(await node.Client.GetStringAsync(path));
            pages++;
            if (Regex.Match(page, "href=\"(/ledger\\?until=\\d+)#last\"") is not { Success: true } older) break;
            path = older.Groups[1].Value;
            Assert.InRange(pages, 1, 100);
        }
        Assert.Equal((node.Commons.Ledger.Count + 24) / 25, pages);
    }

    [Fact]
    public async Task The_ledger_says_how_a_visitor_checks_all_of_it()
    {
        await using var node = await PublicNode.StartAsync(configure: options => options.BaseAddress = new Uri("https://air.example.org/"));
        foreach (var path in (string[])["/ledger", "/es/ledger"])
        {
            var page = WebUtility.HtmlDecode(await node.Client.GetStringAsync(path));
            Assert.Contains(">civicsense ledger verify --url https://air.example.org</pre>", page, StringComparison.Ordinal);
            Assert.Contains(">curl -s \"https://air.example.org/api/v1/ledger?limit=1\"</pre>", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_ledger_has_noise_cost_and_both_fingerprints_of_each_entry()
    {
        await using var node = await PublicNode.StartAsync();
        var page = WebUtility.HtmlDecode(await node.Client.GetStringAsync("/ledger"));
        var entry = node.Commons.Ledger[^1];

        Assert.Contains($"<code title=\"{entry.Hash}\">", page, StringComparison.Ordinal);
        Assert.Contains($"<code title=\"{entry.PreviousHash}\">", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"n\">4.226</td><td class=\"n\">0.028</td>", page, StringComparison.Ordinal);
        Assert.Contains("Where each constant comes from", page, StringComparison.Ordinal);
        Assert.Contains("Not protected", page, StringComparison.Ordinal);
        Assert.All((string[])["1", "7", "30", "365"], days =>
            Assert.Contains($"<th scope=\"row\">{days}</th>", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/compare?area=777", 404)]
    [InlineData("/compare?area=", 404)]
    [InlineData("/compare?area=0&area=1&area=2&area=3&area=00", 400)]
    [InlineData("/compare?quantity=co2", 400)]
    [InlineData("/compare?resolution=year", 400)]
    [InlineData("/areas/03131303011/week?from=yesterday", 400)]
    [InlineData("/areas/03131303011/week?from=9999-12-31", 400)]
    [InlineData("/areas/777/week", 404)]
    [InlineData("/areas?quantity=x", 400)]
    [InlineData("/downloads?quantity=x", 400)]
    [InlineData("/ledger?until=0", 400)]
    [InlineData("/ledger?until=99999999999999999999", 400)]
    [InlineData("/embed/03131303011/co2.svg", 404)]
    [InlineData("/embed/777/pm2_5.svg", 404)]
    [InlineData("/embed/03131303011/pm2_5.svg?resolution=week", 400)]
    [InlineData("/map/co2.json", 404)]
    [InlineData("/xx/about", 404)]
    public async Task Bad_input_gets_an_answer_that_says_what_is_wrong(string path, int expected)
    {
        await using var node = await PublicNode.StartAsync();
        foreach (var address in (string[])[path, "/es" + path])
        {
            using var program = await node.GetAsync(address);
            using var person = await node.GetAsync(address, ("Accept", "text/html"));
            Assert.Equal(expected, (int)program.StatusCode);
            Assert.Equal(expected, (int)person.StatusCode);
            Assert.Equal("application/problem+json", program.Content.Headers.ContentType!.MediaType);
            Assert.Equal("text/html", person.Content.Headers.ContentType!.MediaType);
        }
    }

    [Theory]
    [InlineData("/areas?place=%00%ff")]
    [InlineData("/ledger?until=999999")]
    [InlineData("/areas/03131303011/week?from=1970-01-01")]
    [InlineData("/areas/03131303011/week?from=2199-12-31")]
    [InlineData("/compare?area=03131303011&area=03131303011")]
    public async Task Odd_input_gets_a_page(string path)
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task A_node_that_has_released_nothing_has_all_pages()
    {
        foreach (var commons in (FakeCommons[])[FakeCommons.Empty(), FakeCommons.Planned()])
        {
            await using var node = await PublicNode.StartAsync(commons);
            foreach (var path in (string[])["/", "/areas", "/compare", "/downloads", "/ledger", "/about"])
            {
                Assert.Equal(HttpStatusCode.OK, (await node.GetAsync(path)).StatusCode);
                Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/es" + path.TrimEnd('/'))).StatusCode);
            }
        }
        await using var planned = await PublicNode.StartAsync(FakeCommons.Planned());
        foreach (var path in (string[])[$"/areas/{InB}/week", $"/embed/{InB}/pm2_5.svg", "/map/pm2_5.json"])
            Assert.Equal(HttpStatusCode.OK, (await planned.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Only_the_host_of_configured_tiles_is_let_in()
    {
        await using var node =
            await PublicNode.StartAsync(configure: options => options.MapTiles = "https://{s}.tiles.example.org/{z}/{x}/{y}.png");
        using var response = await node.GetAsync("/");

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("img-src 'self' data: https://*.tiles.example.org; script-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("https://*.tiles.example.org", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
