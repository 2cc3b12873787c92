using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace CivicSense.OpenData.Tests;

public sealed partial class PagesTests
{
    public static TheoryData<string> Pages
    {
        get
        {
            var pages = new TheoryData<string>();
            foreach (var language in (string[])["", "/en", "/es"])
            {
                foreach (var path in Paths) pages.Add(path == "/" && language.Length > 0 ? language : language + path);
            }
            return pages;
        }
    }

    static string[] Paths =>
    [
        "/", "/about", "/ledger", "/areas", "/areas?place=nowhere", "/areas?place=52.1,%204.9", "/downloads", "/compare",
        $"/areas/{WholeOf()}",
        "/areas/03131303011", "/areas/03131303013?quantity=laeq", "/areas/03131303011/week",
        "/compare?area=03131303010&area=03131303011&area=03131303013&quantity=laeq&resolution=hour",
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_small_has_nothing_inline_and_loads_nothing_from_elsewhere(string path)
    {
        await using var node = await PublicNode.StartAsync();
        using var response = await node.GetAsync(path, ("Accept", "text/html"));
        var page = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 1000, 50_000);
        Assert.All(Scripts().Matches(page).Select(match => match.Value), script =>
            Assert.Matches("^<script src=\"/assets/[a-z]+[.]js[?]v=[0-9a-f]{12}\" defer=\"\"></script>$", script));
        Assert.DoesNotMatch(" (style|on[a-z]+)=", page);
        Assert.DoesNotContain("javascript:", page, StringComparison.OrdinalIgnoreCase);
        Assert.All(Loaded().Matches(page).Select(match => match.Groups[1].Value), address =>
            Assert.StartsWith("/assets/", address, StringComparison.Ordinal));
        Assert.False(response.Headers.Contains("Set-Cookie"));
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; style-src 'self'; img-src 'self' data:", policy, StringComparison.Ordinal);
        Assert.Contains("; script-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "in time: 1.")]
    [InlineData(3, "in time: 3.")]
    public async Task The_ledger_page_says_where_processes_were_absent(int processes, string said)
    {
        await using var node = await PublicNode.StartAsync();
        node.Commons.ReleaseNewestWithout(processes);

        var newest = Parse(await node.Client.GetStringAsync("/ledger"))
            .SelectSingleNode("//section[@aria-labelledby='last']//tbody/tr/td")!.InnerText;
        Assert.Equal(processes > 0, newest.Contains("did not answer", StringComparison.Ordinal));
        Assert.Contains(said, newest, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_well_formed_and_can_be_walked_by_headings_and_landmarks(string path)
    {
        await using var node = await PublicNode.StartAsync();
        var page = await node.Client.GetStringAsync(path);

        var document = Parse(page);
        Assert.Single(document.GetElementsByTagName("h1"));
        Assert.Single(document.GetElementsByTagName("main"));
        Assert.Single(document.GetElementsByTagName("header"));
        Assert.Single(document.GetElementsByTagName("footer"));
        Assert.All(document.SelectNodes("//section")!.Cast<XmlElement>(), section =>
            Assert.Equal("h2", document.SelectSingleNode($"//*[@id='{section.GetAttribute("aria-labelledby")}']")!.Name));
        Assert.All(document.SelectNodes("//svg[@role='img']")!.Cast<XmlElement>(), drawing =>
            Assert.True(drawing.SelectSingleNode("title")!.InnerText.Length > 5 && drawing.SelectSingleNode("desc")!.InnerText.Length > 5));
        Assert.All(document.SelectNodes("//th")!.Cast<XmlElement>(), head => Assert.NotEqual("", head.GetAttribute("scope")));
        var ids = document.SelectNodes("//@id")!.Cast<XmlAttribute>().Select(attribute => attribute.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Every_link_of_every_page_leads_somewhere()
    {
        await using var node = await PublicNode.StartAsync();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(["/"]);
        while (open.TryDequeue(out var path))
        {
            if (!seen.Add(path)) continue;
            using var response = await node.GetAsync(path);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode}");
            if (response.Content.Headers.ContentType!.MediaType != "text/html") continue;
            foreach (Match link in Links().Matches(await response.Content.ReadAsStringAsync()))
            {
                var target = WebUtility.HtmlDecode(link.Groups[1].Value).Split('#')[0];
                if (target.StartsWith('/')) open.Enqueue(target);
            }
        }
        Assert.True(seen.Count > 20, $"Only {seen.Count} addresses were found.");
    }

    [Fact]
    public async Task The_home_page_says_how_sure_each_number_is_how_old_it_is_and_what_it_costs()
    {
        await using var node = await PublicNode.StartAsync();
        var page = WebUtility.HtmlDecode(await node.Client.GetStringAsync("/"));

        Assert.Contains("Sunday 22 November, 13:00 to 14:00", page, StringComparison.Ordinal);
        Assert.Matches("between \\d+ and \\d+ µg/m³, most likely \\d+", page);
        Assert.Contains("Area A (north-west)", page, StringComparison.Ordinal);
        Assert.Contains("too uncertain for one hour", page, StringComparison.Ordinal);
        Assert.Contains("Sunday 22 November 2026 at 15:10", page, StringComparison.Ordinal);
        Assert.Matches("That is (not )?above the WHO guideline level for a day \\(15 µg/m³\\), .*% sure|cannot be told: "
            + "the probability is \\d+ %", page);
        Assert.Contains("World Health Organization", page, StringComparison.Ordinal);
        // The loss bound, 1.272: 1 / (1 + e^-1.272) = 0.78109, rounded up.
        Assert.Contains("at most 78.2 % sure", Regex.Replace(page, "<[^>]*>", ""), StringComparison.Ordinal);
        Assert.Contains("rho 0.224 in total", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Five_hundred_areas_make_no_large_page()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Crowded());
        Assert.InRange(Encoding.UTF8.GetByteCount(await node.Client.GetStringAsync("/")), 10_000, 50_000);
    }

    [Fact]
    public async Task The_home_page_says_the_band_in_words_and_how_sure_it_is()
    {
        await using var node = await PublicNode.StartAsync();
        var document = Parse(await node.Client.GetStringAsync("/"));

        var now = document.SelectSingleNode("//section[@aria-labelledby='now']/ul/li")!;
        Assert.StartsWith("Air, European Air Quality Index", now.InnerText, StringComparison.Ordinal);
        Assert.Matches("(Good|Fair|Moderate)( to (fair|moderate|poor))?(more than 99|9[0-9]) % sure", now.InnerText);
        Assert.Matches("^((Good|Fair|Moderate|Poor) (\\d+|over 99) %(, )?)+$",
            now.SelectSingleNode(".//span[@title]")!.Attributes!["title"]!.Value);
        // A colour never stands without the words beside it, on the map in the squares' titles.
        Assert.All(document.SelectNodes("//svg[@class='swatch']")!.Cast<XmlElement>(), swatch =>
            Assert.Matches("Good|Fair|Moderate|Poor|poor", swatch.ParentNode!.InnerText));
        Assert.All(document.SelectNodes("//svg[@class='map']/g")!.Cast<XmlElement>(), area =>
            Assert.Matches("^Area [ABC].*: .*% sure; ", area.SelectSingleNode("title")!.InnerText));
    }

    [Fact]
    public async Task An_hour_that_is_too_uncertain_is_replaced_by_the_shortest_longer_time_that_is_not()
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Contains("too uncertain for one hour; Saturday 21 November: between", await TextAsync(node), StringComparison.Ordinal);

        // The standard errors of the example are 1.76 an hour, 0.96 a day and 0.32 a week.
        await using var strict = await PublicNode.StartAsync(configure: options => options.DisplayLimits["pm2_5"] = 0.5);
        Assert.Contains(
            "too uncertain for one hour; the week from 9 to 15 November: between", await TextAsync(strict), StringComparison.Ordinal);
        var area = await strict.Client.GetStringAsync("/areas/03131303010");
        Assert.Contains("too uncertain for one day", area, StringComparison.Ordinal);
        Assert.Contains("href=\"#week\"", area, StringComparison.Ordinal);

        await using var hopeless = await PublicNode.StartAsync(configure: options => options.DisplayLimits["pm2_5"] = 0.1);
        Assert.Matches("too uncertain for one hour; October 2026: between \\S+ and \\S+ µg/m³, too uncertain to name one value",
            await TextAsync(hopeless));
    }

    [Fact]
    public async Task An_area_begins_with_its_last_hour_day_week_and_month_and_how_sure_each_is()
    {
        await using var node = await PublicNode.StartAsync();
        var document = Parse(await node.Client.GetStringAsync("/areas/03131303010"));
        var first = document.SelectSingleNode("//main/section")!;
        Assert.Equal("At a glance", first.SelectSingleNode("h2")!.InnerText);
        var hour = first.SelectSingleNode("p")!.InnerText;
        Assert.StartsWith("Sunday 22 November, 13:00 to 14:00:", hour, StringComparison.Ordinal);
        var times = first.SelectNodes("ul/li")!.Cast<XmlElement>().Select(time => time.InnerText).ToList();
        Assert.Matches("^Saturday 21 November[0-9.]+ µg/m³between [0-9.]+ and [0-9.]+ µg/m³; beside the WHO’s 15: ", times[0]);
        Assert.Matches("^The week from 9 to 15 November[0-9.]+ µg/m³between ", times[1]);
        Assert.Matches("^October 2026[0-9.]+ µg/m³between ", times[2]);
    }

    [Fact]
    public async Task The_name_of_a_guideline_stands_below_its_chart_where_no_line_can_run_through_it()
    {
        await using var node = await PublicNode.StartAsync();
        var document = Parse(await node.Client.GetStringAsync("/areas/03131303010"));
        var chart = document.SelectSingleNode("//section[@aria-labelledby='day']/figure")!;
        Assert.DoesNotContain("WHO guideline level for a day", chart.SelectSingleNode("svg")!.InnerText, StringComparison.Ordinal);
        Assert.Equal("WHO guideline level for a day", chart.SelectSingleNode("figcaption/ul/li")!.InnerText.Trim());
    }

    [Fact]
    public async Task The_home_page_has_the_last_day_week_and_month()
    {
        await using var node = await PublicNode.StartAsync();
        var rows = Parse(await node.Client.GetStringAsync("/")).SelectNodes("//section[@aria-labelledby='longer']//th[@scope='row']")!
            .Cast<XmlElement>().Select(head => head.InnerText).ToList();

        string[] times = ["Sat 21 Nov may still be revised", "9 to 15 Nov final, revised", "October 2026 final, revised"];
        Assert.Equal([.. times, .. times], rows);
    }

    [Fact]
    public async Task Sound_of_the_last_date_that_is_over_is_shown_by_day_evening_and_night()
    {
        await using var node = await PublicNode.StartAsync();
        foreach (var path in (string[])["/", "/areas/03131303010?quantity=laeq"])
        {
            var section = Parse(await node.Client.GetStringAsync(path)).SelectSingleNode("//section[@aria-labelledby='sound']")!;
            Assert.Contains("Saturday 21 November and the night after it", section.InnerText, StringComparison.Ordinal);
            Assert.Contains("Lden,24h", section.InnerText, StringComparison.Ordinal);
            Assert.Equal(4, section.SelectNodes(".//tbody/tr")!.Count);
            Assert.All(section.SelectNodes(".//tbody/tr")!.Cast<XmlElement>(), row => Assert.Matches("\\d to \\d", row.InnerText));
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/about")]
    [InlineData("/areas/03131303010")]
    public async Task A_certainty_is_said_to_be_about_what_the_sensors_measured(string path)
    {
        await using var node = await PublicNode.StartAsync();
        var page = Parse(await node.Client.GetStringAsync(path)).InnerText;

        Assert.Contains("cheap air sensors can themselves be wrong by a third", page, StringComparison.Ordinal);
        Assert.DoesNotContain("The truth", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("now")]
    [InlineData("who")]
    public async Task An_interval_and_a_verdict_have_that_beside_them(string section)
    {
        await using var node = await PublicNode.StartAsync();
        var drawn = Parse(await node.Client.GetStringAsync("/")).SelectSingleNode($"//section[@aria-labelledby='{section}']")!;

        Assert.Contains("cheap air sensors can themselves be wrong by a third", drawn.InnerText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sound_is_said_to_be_a_mean_of_decibels_across_households()
    {
        await using var node = await PublicNode.StartAsync();
        var drawn = Parse(await node.Client.GetStringAsync("/")).SelectSingleNode("//section[@aria-labelledby='sound']")!;

        Assert.Contains("Across households the decibels are averaged", drawn.InnerText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_says_which_numbers_are_final_and_were_revised()
    {
        await using var node = await PublicNode.StartAsync();
        var page = await node.Client.GetStringAsync("/areas/03131303010");
        var days = Parse(page)
            .SelectNodes("//section[@aria-labelledby='day']//th[@scope='row']/span")!.Cast<XmlElement>().Select(span => span.InnerText);

        Assert.Equal(["may still be revised", "may still be revised", .. Enumerable.Repeat("final, revised", 5)], days);
        Assert.Contains(
            "Up to Thursday 19 November the numbers are final: revised once with what came later.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_without_households_says_what_is_missing()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Empty());
        node.Status.NextReleaseDue = null;
        var page = await node.Client.GetStringAsync("/");

        Assert.Contains("Nothing has been released yet", page, StringComparison.Ordinal);
        Assert.Contains("at least 5 households", page, StringComparison.Ordinal);
        Assert.Contains("not known yet", page, StringComparison.Ordinal);
        foreach (var path in (string[])["/ledger", "/about"])
            Assert.Equal(HttpStatusCode.OK, (await node.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await node.GetAsync("/areas/0313")).StatusCode);
    }

    [Fact]
    public async Task A_node_with_a_plan_says_when_the_first_release_comes()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Planned());
        var page = await node.Client.GetStringAsync("/");

        Assert.Contains("The first release is due on Sunday 22 November 2026 at 15:10", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/areas/03131303011")).StatusCode);
    }

    [Fact]
    public async Task A_hostile_neighbourhood_name_is_shown_and_not_run()
    {
        const string Hostile = "<script>alert(1)</script>\" onload=\"x & 'y'";
        await using var node = await PublicNode.StartAsync(configure: options => options.NeighbourhoodName = Hostile);
        foreach (var path in Paths)
        {
            var page = await node.Client.GetStringAsync(path);
            Assert.DoesNotContain("<script>", page, StringComparison.OrdinalIgnoreCase);
            Assert.Contains(Hostile, Parse(page).SelectSingleNode("//title")!.InnerText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_person_gets_a_page_where_a_program_gets_problem_details()
    {
        await using var node = await PublicNode.StartAsync();
        using var person = await node.GetAsync("/areas/%3Cscript%3E", ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"));
        using var program = await node.GetAsync("/areas/none");

        Assert.Equal(HttpStatusCode.NotFound, person.StatusCode);
        Assert.Equal("text/html", person.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain("<script>", await person.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("application/problem+json", program.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_style_sheet_may_be_kept_for_ever_because_its_address_holds_its_hash()
    {
        await using var node = await PublicNode.StartAsync();
        var page = await node.Client.GetStringAsync("/");
        using var response = await node.GetAsync(StyleSheet().Match(page).Groups[1].Value);

        Assert.Equal("text/css", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", response.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("url(", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    static async Task<string> TextAsync(PublicNode node) =>
        Regex.Replace(WebUtility.HtmlDecode(await node.Client.GetStringAsync("/")), "<[^>]*>", "");

    /// <summary>The pages are written as XML too, but for void elements and the document type.</summary>
    static XmlDocument Parse(string page)
    {
        var document = new XmlDocument();
        var xml = page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal);
        document.LoadXml(VoidElement().Replace(xml, "<$1$2/>"));
        return document;
    }

    static string WholeOf() => FakeCommons.Empty().Tree.Nodes[0].Area.QuadKey;

    [GeneratedRegex("<(meta|link|input)([^>]*)>")]
    private static partial Regex VoidElement();

    [GeneratedRegex("<(?:link rel=\"(?:stylesheet|icon)\"|script|img|iframe|source|object|embed)[^>]*(?:href|src|data)=\"([^\"]*)\"")]
    private static partial Regex Loaded();

    [GeneratedRegex("<script.*?(?:</script>|$)", RegexOptions.Singleline)]
    private static partial Regex Scripts();

    [GeneratedRegex("<a [^>]*href=\"([^\"]*)\"")]
    private static partial Regex Links();

    [GeneratedRegex("rel=\"stylesheet\" href=\"([^\"]*)\"")]
    private static partial Regex StyleSheet();
}
