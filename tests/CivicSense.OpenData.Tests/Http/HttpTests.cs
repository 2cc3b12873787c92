using System.Net;
using System.Text.Json;

namespace CivicSense.OpenData.Tests;

public sealed class HttpTests
{
    const string Estimates = "/api/v1/areas/03131303010/estimates?quantity=pm2_5";

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("text/csv", "text/csv")]
    [InlineData("text/*", "text/csv")]
    [InlineData("application/json;q=0.5, text/csv;q=0.8", "text/csv")]
    [InlineData("text/csv;q=0.1, */*;q=0.5", "application/json")]
    [InlineData("application/json;q=0, */*", "text/csv")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json")]
    [InlineData("not a media type", "application/json")]
    public async Task The_accept_header_chooses_the_form(string? accept, string expected)
    {
        await using var node = await PublicNode.StartAsync();
        using var response = await node.GetAsync("/api/v1/areas", accept is null ? [] : [("Accept", accept)]);
        Assert.Equal(expected, response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Accept", response.Headers.Vary);
    }

    [Theory]
    [InlineData("application/xml")]
    [InlineData("image/png, text/csv;q=0")]
    public async Task What_cannot_be_served_is_406(string accept)
    {
        await using var node = await PublicNode.StartAsync();
        using var response = await node.GetAsync("/api/v1/areas", ("Accept", accept));
        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        using var overruled = await node.GetAsync("/api/v1/areas?format=csv", ("Accept", accept));
        Assert.Equal(HttpStatusCode.OK, overruled.StatusCode);
    }

    [Theory]
    [InlineData("/api/v1/areas?at=22.11.2026", "at")]
    [InlineData("/api/v1/areas?limit=0", "limit")]
    [InlineData("/api/v1/areas?limit=10001", "limit")]
    [InlineData("/api/v1/areas?limit=-1", "limit")]
    [InlineData("/api/v1/areas?limit=1e3", "limit")]
    [InlineData("/api/v1/areas?limit=", "limit")]
    [InlineData("/api/v1/areas?limit=5&limit=6", "limit")]
    [InlineData("/api/v1/areas?cursor=%21%21", "cursor")]
    [InlineData("/api/v1/areas?cursor=YQ", "cursor")]
    [InlineData("/api/v1/areas?format=xml", "format")]
    [InlineData("/api/v1/areas?colour=red", "colour")]
    [InlineData("/api/v1/areas?AT=2026-11-22", "AT")]
    [InlineData("/api/v1/areas/banana/estimates?quantity=pm2_5", "quadkey")]
    [InlineData("/api/v1/areas/000000000000000000000000/estimates?quantity=pm2_5", "quadkey")]
    [InlineData("/api/v1/areas/03131303010/estimates", "quantity")]
    [InlineData("/api/v1/areas/03131303010/estimates?quantity=co2", "quantity")]
    [InlineData(Estimates + "&resolution=year", "resolution")]
    [InlineData("/api/v1/areas/03131303010/indices/air?table=eu-before-2024", "table")]
    [InlineData("/api/v1/areas/03131303010/indices/air?quantity=pm2_5", "quantity")]
    [InlineData("/api/v1/areas/banana/indices/air", "quadkey")]
    [InlineData("/api/v1/areas/03131303010/indices/air?cursor=LTE", "cursor")]
    [InlineData("/api/v1/areas/03131303010/indices/guidelines?quantity=co2", "quantity")]
    [InlineData("/api/v1/areas/03131303010/indices/guidelines?cursor=YXwyfDM", "cursor")]
    [InlineData("/api/v1/areas/03131303010/indices/sound?from=2026-11-22T00:00:00Z", "from")]
    [InlineData("/api/v1/areas/03131303010/indices/sound?from=1990-01-01&to=2026-01-01", "from")]
    [InlineData("/api/v1/areas/03131303010/indices/sound?cursor=YXwy", "cursor")]
    [InlineData("/api/v1/indices?table=eu-2024", "table")]
    [InlineData("/api/v1/model?cursor=MXwyfDM", "cursor")]
    [InlineData(Estimates + "&from=yesterday", "from")]
    [InlineData(Estimates + "&from=2026-11-20T00:00:00", "from")]
    [InlineData(Estimates + "&from=2026-02-30", "from")]
    [InlineData(Estimates + "&from=0001-01-01T00:00:00%2B14:00", "from")]
    [InlineData(Estimates + "&to=9999-12-31T23:59:59-12:00", "to")]
    [InlineData(Estimates + "&from=2026-11-22&to=2026-11-20", "from")]
    [InlineData(Estimates + "&cursor=LTE", "cursor")]
    [InlineData("/api/v1/measurements?area=4", "area")]
    [InlineData("/api/v1/measurements?quantity=PM2_5", "quantity")]
    [InlineData("/api/v1/measurements?cursor=MXwyfDM", "cursor")]
    [InlineData("/api/v1/plan?day=2026-11-22T00:00:00Z", "day")]
    [InlineData("/api/v1/plan/document?format=csv", "format")]
    [InlineData("/api/v1/ledger?after=-1", "after")]
    [InlineData("/api/v1/ledger?after=99999999999999999999", "after")]
    [InlineData("/api/v1/ledger/zero/document", "sequence")]
    [InlineData("/api/v1/activity?to=soon", "to")]
    [InlineData("/api/v1/references?cursor=MXwyfDM", "cursor")]
    [InlineData("/api/v1/quantities?limit=1", "limit")]
    [InlineData("/healthz?verbose=1", "verbose")]
    [InlineData("/openapi/v1.json?documentName=v2", "documentName")]
    public async Task A_bad_parameter_is_400_and_named(string path, string parameter)
    {
        await using var node = await PublicNode.StartAsync();
        using var response = await node.GetAsync(path);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(parameter, problem.GetProperty("parameter").GetString());
        Assert.Equal(400, problem.GetProperty("status").GetInt32());
        Assert.True(problem.GetProperty("detail").GetString()!.Length > 10);
    }

    [Theory]
    [InlineData("2026-11-20T00:00:00Z")]
    [InlineData("2026-11-20t00:00:00z")]
    [InlineData("2026-11-20T01:00:00%2B01:00")]
    [InlineData("2026-11-20T01:00:00+01:00")]
    [InlineData("2026-11-19T20:30:00.000-03:30")]
    [InlineData("2026-11-20")]
    public async Task An_instant_is_understood_with_any_offset(string from)
    {
        await using var node = await PublicNode.StartAsync();
        var items = (await node.GetJsonAsync(Estimates + "&from=" + from)).GetProperty("items");
        Assert.Equal("2026-11-20T00:00:00Z", items[0].GetProperty("start").GetString());
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/api/v1")]
    [InlineData("/api/v2/areas")]
    [InlineData("/api/v1/areas/03131303010")]
    [InlineData("/api/v1/areas/3333/estimates?quantity=pm2_5")]
    [InlineData("/api/v1/areas/3333/indices/air")]
    [InlineData("/api/v1/areas/3333/indices/guidelines")]
    [InlineData("/api/v1/areas/3333/indices/sound")]
    [InlineData("/api/v1/areas/03131303010/indices")]
    [InlineData("/openapi/v2.json")]
    public async Task An_unknown_path_is_404_with_problem_details(string path)
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Equal(404, (await node.GetJsonAsync(path, HttpStatusCode.NotFound)).GetProperty("status").GetInt32());
    }

    [Theory]
    [InlineData("POST", "/api/v1/areas")]
    [InlineData("DELETE", "/")]
    [InlineData("PUT", "/api/v1/ledger")]
    public async Task Writing_is_405_and_says_what_is_allowed(string method, string path)
    {
        await using var node = await PublicNode.StartAsync();
        using var response = await node.SendAsync(new HttpMethod(method), path);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("GET", response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/api/v1/areas")]
    [InlineData("/api/v1/measurements")]
    [InlineData(Estimates)]
    [InlineData("/api/v1/quantities")]
    [InlineData("/api/v1/plan")]
    [InlineData("/api/v1/ledger")]
    [InlineData("/api/v1/ledger/3/document")]
    [InlineData("/api/v1/activity")]
    [InlineData("/api/v1/references")]
    [InlineData("/api/v1/areas/03131303010/indices/air")]
    [InlineData("/api/v1/areas/03131303010/indices/guidelines")]
    [InlineData("/api/v1/areas/03131303010/indices/sound")]
    [InlineData("/api/v1/indices")]
    [InlineData("/api/v1/model")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/")]
    public async Task An_unchanged_answer_is_304_and_another_form_has_another_tag(string path)
    {
        await using var node = await PublicNode.StartAsync();
        using var first = await node.GetAsync(path);
        var tag = first.Headers.ETag!;
        Assert.False(tag.IsWeak);

        using var again = await node.GetAsync(path, ("If-None-Match", $"\"other\", W/{tag}"));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(tag, again.Headers.ETag);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());

        using var csv = await node.GetAsync(path, ("Accept", "text/csv, */*;q=0.1"), ("If-None-Match", tag.ToString()));
        if (csv.Content.Headers.ContentType?.MediaType == "text/csv") Assert.NotEqual(tag, csv.Headers.ETag);
        else Assert.Equal(HttpStatusCode.NotModified, csv.StatusCode);
    }

    [Fact]
    public async Task A_new_ledger_entry_changes_the_tags_of_what_it_may_change()
    {
        await using var node = await PublicNode.StartAsync();
        foreach (var path in (string[])["/api/v1/measurements", "/api/v1/ledger", "/api/v1/plan", "/api/v1/activity"])
        {
            var before = (await node.GetAsync(path)).Headers.ETag;
            node.Commons.AddPlan(node.Commons.NextDay);
            Assert.NotEqual(before, (await node.GetAsync(path)).Headers.ETag);
        }
    }

    [Fact]
    public async Task Released_hours_may_be_kept_long_and_open_ended_lists_may_not()
    {
        await using var node = await PublicNode.StartAsync();
        Assert.Equal(TimeSpan.FromMinutes(1), (await node.GetAsync("/api/v1/measurements")).Headers.CacheControl!.MaxAge);
        Assert.Equal(TimeSpan.FromDays(1), (await node.GetAsync("/api/v1/measurements?to=2026-11-20")).Headers.CacheControl!.MaxAge);
        Assert.Equal(TimeSpan.FromMinutes(1), (await node.GetAsync("/api/v1/measurements?to=2026-11-23")).Headers.CacheControl!.MaxAge);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/healthz")]
    [InlineData("/api/v1/areas")]
    [InlineData("/api/v1/areas?limit=x")]
    [InlineData("/nothing")]
    [InlineData("/assets/style.css")]
    public async Task Head_is_get_without_the_body(string path)
    {
        await using var node = await PublicNode.StartAsync();
        using var get = await node.GetAsync(path);
        using var head = await node.SendAsync(HttpMethod.Head, path);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Other_sites_may_read_the_api()
    {
        await using var node = await PublicNode.StartAsync();
        using var asked = await node.SendAsync(
            HttpMethod.Options, "/api/v1/areas", ("Origin", "https://example.org"), ("Access-Control-Request-Method", "GET"));
        using var read = await node.GetAsync("/api/v1/areas", ("Origin", "https://example.org"));

        Assert.Equal(HttpStatusCode.NoContent, asked.StatusCode);
        Assert.Equal("*", Assert.Single(asked.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("*", Assert.Single(read.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Contains("Link", Assert.Single(read.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.Ordinal);
    }

    /// <summary>Addresses answer whatever the case of their letters, so what holds for one spelling holds for all.</summary>
    [Theory]
    [InlineData("/API/v1/areas", "/api/v1/areas")]
    [InlineData("/Api/v1/nothing", "/api/v1/nothing")]
    [InlineData("/STA/v1.1/Things", "/sta/v1.1/Things")]
    [InlineData("/OGC/collections", "/ogc/collections")]
    [InlineData("/Datasets", "/datasets")]
    [InlineData("/HEALTHZ", "/healthz")]
    public async Task An_address_in_capitals_has_the_same_headers(string capitals, string usual)
    {
        await using var node = await PublicNode.StartAsync();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Options })
        {
            // A browser's: it gets problem details of the API, too, and not a page.
            using var other = await node.SendAsync(method, capitals, ("Origin", "https://example.org"), ("Accept", "text/html,*/*"));
            using var expected = await node.SendAsync(method, usual, ("Origin", "https://example.org"), ("Accept", "text/html,*/*"));
            Assert.Equal(expected.StatusCode, other.StatusCode);
            Assert.Equal(Names(expected), Names(other));
            Assert.Equal(expected.Content.Headers.ContentType, other.Content.Headers.ContentType);
        }

        static IEnumerable<string> Names(HttpResponseMessage response) =>
            response.Headers.Select(header => header.Key).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task No_query_string_or_path_is_ever_answered_with_500()
    {
        const int Seed = 20261122;
        const int Requests = 2000;
        var random = new Random(Seed);
        string[] paths =
        [
            "/api/v1/areas", "/api/v1/areas/03131303010/estimates", "/api/v1/areas/world/estimates", "/api/v1/measurements", "/api/v1/plan",
            "/api/v1/plan/document",
            "/api/v1/ledger", "/api/v1/ledger/7/document", "/api/v1/activity", "/api/v1/references", "/api/v1/quantities", "/healthz",
            "/api/v1/areas/03131303010/indices/air", "/api/v1/areas/03131303010/indices/guidelines",
            "/api/v1/areas/03131303010/indices/sound", "/api/v1/indices", "/api/v1/model", "/openapi/v1.json", "/", "/ledger",
            "/areas/03131303011",
        ];
        string[] names =
            ["quantity", "resolution", "table", "from", "to", "limit", "cursor", "format", "area", "at", "day", "after", "x", "", "%00"];
        string[] values =
        [
            "pm2_5", "laeq", "hour", "day", "week", "month", "us-2024", "eu-2024", "2026-11-20", "2026-11-22T10:00:00Z", "1970-01-01",
            "2199-12-31", "1", "3", "10000", "csv", "json", "", "0", "-1", "world", "0313",
            "9223372036854775807", "9223372036854775808", "NaN", "1e400", "%00", "%F0%9F%98%80", "%ff%fe", "'", "<b>",
            "NDk4NTQyfDAzMTMxMzAzMDEwfGxhZXE", "MQ", "MTAwMDAwMDAwMHwwfHBtMl81",
            "OTk5OTk5OTk5OTk5OTk5OTk5", "MjAyNi0xMS0xN3wwMzEzMTMwMzAxMA", "OTk5OS0xMi0zMXww", "MDAwMS0wMS0wMXww",
            "2199-12-31T23:59:59.9999999-12:00", new string('9', 3000),
        ];
        await using var node = await PublicNode.StartAsync();
        for (var i = 0; i < Requests; i++)
        {
            var path = paths[random.Next(paths.Length)];
            // Two slashes at the beginning would name another host.
            if (random.Next(5) == 0) path = path.TrimEnd('/') + "/" + values[random.Next(values.Length)];
            var query = string.Join(
                '&', Enumerable.Range(0, random.Next(5)).Select(
                _ => $"{names[random.Next(names.Length)]}={values[random.Next(values.Length)]}"));
            var address = $"{path}?{query}";
            using var response = await node.GetAsync(address);
            Assert.True((int)response.StatusCode is 200 or 304 or 400 or 404 or 406,
                $"Seed {Seed}, request {i}: {address} gave {response.StatusCode}.");
        }
    }
}
