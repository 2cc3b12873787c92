using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

public sealed class ResourcesTests
{
    public static TheoryData<string> Lists =>
    [
        "/api/v1/areas", "/api/v1/areas/03131303010/estimates?quantity=pm2_5",
        "/api/v1/areas/0313130301/estimates?quantity=laeq&resolution=day",
        "/api/v1/measurements", "/api/v1/measurements?area=03131303011&quantity=temperature", "/api/v1/quantities", "/api/v1/ledger",
        "/api/v1/activity",
        "/api/v1/references?quantity=no2",
        "/api/v1/areas/03131303010/estimates?quantity=pm2_5&resolution=week",
        "/api/v1/areas/03131303010/estimates?quantity=pm2_5&resolution=month",
        "/api/v1/areas/03131303010/indices/air", "/api/v1/areas/03131303010/indices/air?table=us-2024",
        "/api/v1/areas/03131303010/indices/guidelines",
        "/api/v1/areas/03131303010/estimates?quantity=pm2_5&asOf=2026-11-20T12:00:00Z",
        "/api/v1/areas/03131303010/estimates/revisions?quantity=pm2_5",
        "/api/v1/areas/03131303010/indices/sound", "/api/v1/model", "/api/v1/model?quantity=laeq",
    ];

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_has_the_same_rows_as_json_and_as_csv(string path)
    {
        await using var node = await PublicNode.StartAsync();
        var items = (await node.GetJsonAsync(path)).GetProperty("items").EnumerateArray().ToList();
        Assert.NotEmpty(items);

        // A ledger document is the one field with commas in it.
        if (path == "/api/v1/ledger") return;
        var csv = await node.GetCsvAsync(path);
        Assert.Equal(items.Count + 1, csv.Count);
        Assert.All(csv[0], name => Assert.Matches("^[a-z][a-z_0-9]*$", name));
        for (var i = 0; i < items.Count; i++)
        {
            var expected = items[i]
                .EnumerateObject().Select(member => member.Value.ValueKind == JsonValueKind.Null ? "" : member.Value.ToString()).ToList();
            Assert.Equal(expected, csv[i + 1].Select(field => field is "true" ? "True" : field is "false" ? "False" : field));
        }
    }

    [Theory]
    [InlineData("/api/v1/areas", "area")]
    [InlineData("/api/v1/areas/03131303010/estimates?quantity=pm2_5", "start")]
    [InlineData("/api/v1/areas/03131303010/estimates?quantity=pm2_5&asOf=2026-11-20T12:00:00Z", "start,status,value")]
    [InlineData("/api/v1/areas/03131303010/estimates?quantity=pm2_5&asOf=2026-11-22T14:05:00Z", "start,status,value")]
    [InlineData("/api/v1/areas/03131303010/estimates/revisions?quantity=pm2_5", "start,publishedFrom")]
    [InlineData("/api/v1/areas/03131303010/indices/air", "start")]
    [InlineData("/api/v1/areas/03131303010/indices/air?table=us-2024&from=2026-11-15", "start,index")]
    [InlineData("/api/v1/areas/03131303010/indices/guidelines", "start,quantity,level")]
    [InlineData("/api/v1/areas/03131303010/indices/sound?from=2026-11-01", "date,indicator")]
    [InlineData("/api/v1/model", "quantity,number,name")]
    [InlineData("/api/v1/measurements?from=2026-11-21", "window,area,quantity")]
    [InlineData("/api/v1/ledger", "sequence")]
    [InlineData("/api/v1/activity?from=2026-11-01", "day,area")]
    [InlineData("/api/v1/references?from=2026-11-01", "knownFrom,window,station,quantity")]
    public async Task Pages_walk_all_rows_exactly_once_and_in_order(string path, string key)
    {
        await using var node = await PublicNode.StartAsync();
        var whole = Keys(await node.GetJsonAsync(path));
        Assert.True(whole.Count > 3);

        var walked = new List<string>();
        var next = path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "limit=" + (whole.Count > 50 ? 17 : 2);
        while (next is not null)
        {
            using var response = await node.GetAsync(next);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            walked.AddRange(Keys(page));
            next = page.GetProperty("next").GetString();
            Assert.Equal(next is null ? null : $"<{next}>; rel=\"next\"",
                response.Headers.TryGetValues("Link", out var link) ? link.Single() : null);
            Assert.True(walked.Count <= whole.Count);
        }
        Assert.Equal(whole, walked);

        List<string> Keys(JsonElement page) =>
            [.. page.GetProperty("items")
                .EnumerateArray().Select(item => string.Join('|', key.Split(',').Select(name => item.GetProperty(name).ToString())))];
    }

    [Fact]
    public async Task Reference_values_are_found_by_the_release_that_first_knew_them()
    {
        await using var node = await PublicNode.StartAsync();
        var last = FakeCommons.LastReleased;

        var items = (await node.GetJsonAsync($"/api/v1/references?quantity=no2&from={last}"))
            .GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(["Harbour quay", "Old town"], items.Select(item => item.GetProperty("station").GetString()));
        Assert.All(items, item => Assert.Equal(last.ToString(), item.GetProperty("knownFrom").GetString()));
        Assert.All(items, item => Assert.Equal(new HourWindow(last.Index - 2).ToString(), item.GetProperty("window").GetString()));
        Assert.All(items, item => Assert.Equal((10.5 + 149 % 7, "no2", "ug/m3"), (
            item.GetProperty("value").GetDouble(), item.GetProperty("quantity").GetString(), item.GetProperty("unit").GetString())));
    }

    [Fact]
    public async Task The_base_address_stands_before_links()
    {
        await using var node =
            await PublicNode.StartAsync(configure: options => options.BaseAddress = new Uri("https://air.example.org/harbour/"));
        using var response = await node.GetAsync("/api/v1/ledger?limit=1");
        Assert.StartsWith("<https://air.example.org/harbour/api/v1/ledger?limit=1&cursor=",
            Assert.Single(response.Headers.GetValues("Link")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Areas_have_bounds_parents_and_names_that_mean_something()
    {
        await using var node = await PublicNode.StartAsync();
        var items = (await node.GetJsonAsync("/api/v1/areas?at=2026-11-20")).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(["Whole neighbourhood", "Area A (north-west)", "Area B (north-east)", "Area C (south-east)"],
            items.Select(item => item.GetProperty("name").GetString()));
        Assert.Equal(JsonValueKind.Null, items[0].GetProperty("parent").ValueKind);
        Assert.False(items[0].GetProperty("isReleaseArea").GetBoolean());
        Assert.All(items.Skip(1), item =>
        {
            Assert.Equal(items[0].GetProperty("area").GetString(), item.GetProperty("parent").GetString());
            Assert.True(item.GetProperty("isReleaseArea").GetBoolean());
            Assert.True(item.GetProperty("west").GetDouble() < item.GetProperty("east").GetDouble());
            Assert.True(item.GetProperty("south").GetDouble() < item.GetProperty("north").GetDouble());
        });
        await node.GetJsonAsync("/api/v1/areas?at=2020-01-01", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_date_means_midnight_at_the_node_and_the_end_is_not_included()
    {
        await using var node = await PublicNode.StartAsync(configure: options => options.TimeZone = "Europe/Madrid");
        var items = (await node.GetJsonAsync("/api/v1/areas/03131303010/estimates?quantity=pm2_5&from=2026-11-20&to=2026-11-21"))
            .GetProperty("items");

        Assert.Equal(24, items.GetArrayLength());
        Assert.Equal("2026-11-19T23:00:00Z", items[0].GetProperty("start").GetString());
        Assert.Equal("2026-11-20T22:00:00Z", items[23].GetProperty("start").GetString());
    }

    [Fact]
    public async Task Without_times_the_last_seven_days_up_to_the_newest_release_are_meant()
    {
        await using var node = await PublicNode.StartAsync();
        var items = (await node.GetJsonAsync("/api/v1/areas/03131303010/estimates?quantity=pm2_5")).GetProperty("items");

        Assert.Equal(7 * 24, items.GetArrayLength());
        Assert.Equal("2026-11-22T13:00:00Z", items[items.GetArrayLength() - 1].GetProperty("start").GetString());
    }

    [Fact]
    public async Task An_hour_above_the_display_limit_says_so()
    {
        await using var node = await PublicNode.StartAsync();
        async Task<bool> IsTooUncertain(string area, string resolution) =>
            (await node.GetJsonAsync($"/api/v1/areas/{area}/estimates?quantity=pm2_5&resolution={resolution}"))
                .GetProperty("items")[0].GetProperty("tooUncertain").GetBoolean();

        Assert.False(await IsTooUncertain("03131303010", "hour"));
        Assert.True(await IsTooUncertain("03131303011", "hour"));
        Assert.False(await IsTooUncertain("03131303011", "day"));
    }

    [Fact]
    public async Task A_measurement_has_all_that_its_use_needs()
    {
        await using var node = await PublicNode.StartAsync();
        var row = (await node.GetJsonAsync("/api/v1/measurements?quantity=laeq&limit=1")).GetProperty("items")[0];

        Assert.Equal(1 << 20, row.GetProperty("grid").GetInt64());
        Assert.Equal(1 / Math.Sqrt(2 * 0.028), row.GetProperty("sigma").GetDouble());
        Assert.Equal(Math.Sqrt(0.3) / Quantity.Laeq.TypicalDayNorm, row.GetProperty("weight").GetDouble());
        Assert.Equal(Quantity.Laeq.ResidualCap, row.GetProperty("cap").GetDouble());
        Assert.Equal(row.GetProperty("sigma").GetDouble() * row.GetProperty("grid").GetInt64(), row.GetProperty("noiseSd").GetDouble());
        Assert.Equal(
            LedgerEntryKind.Window, node.Commons.Ledger[(int)row.GetProperty("ledgerSequence").GetInt64() - 1].Content.Kind);
    }

    [Fact]
    public async Task The_ledger_can_be_checked_with_nothing_but_the_api()
    {
        await using var node = await PublicNode.StartAsync();
        var ledger = await node.GetJsonAsync("/api/v1/ledger");
        var previous = LedgerEntry.Genesis;
        foreach (var entry in ledger.GetProperty("items").EnumerateArray())
        {
            var document = entry.GetProperty("document").GetString()!;
            Assert.Equal(entry.GetProperty("hash").GetString(), Sha256(document));
            Assert.Equal(previous, JsonDocument.Parse(document).RootElement.GetProperty("previous").GetString());
            previous = entry.GetProperty("hash").GetString();
        }
        Assert.Equal(ledger.GetProperty("totals").GetProperty("head").GetString(), previous);

        Assert.Equal(node.Commons.Ledger[4].Hash, Sha256(await node.Client.GetStringAsync("/api/v1/ledger/5/document")));
        Assert.Equal(node.Commons.Ledger[4].Content.PlanHash,
            Sha256(await node.Client.GetStringAsync("/api/v1/plan/document?day=2026-11-15")));
        await node.GetJsonAsync("/api/v1/ledger/100000/document", HttpStatusCode.NotFound);
    }

    /// <summary>docs/open-data.md: <c>tail -n +2 | cut -d, -f2-5 | sha256sum</c>.</summary>
    [Fact]
    public async Task The_ledger_says_how_many_processes_were_absent_from_a_release()
    {
        await using var node = await PublicNode.StartAsync();
        node.Commons.ReleaseNewestWithout(processes: 2);

        var items = (await node.GetJsonAsync("/api/v1/ledger")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(2, items[^1].GetProperty("absentIngestProcesses").GetInt32());
        Assert.All(items.SkipLast(1), item => Assert.Equal(0, item.GetProperty("absentIngestProcesses").GetInt32()));
        Assert.Contains("absent_ingest_processes", (await node.Client.GetStringAsync("/api/v1/ledger?format=csv")).Split('\n')[0],
            StringComparison.Ordinal);
        var document = await node.Client.GetStringAsync($"/api/v1/ledger/{items.Count}/document");
        Assert.Contains("\"absentIngestProcesses\":2", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_measurements_of_a_window_hash_to_what_the_ledger_says()
    {
        await using var node = await PublicNode.StartAsync();
        var entry = node.Commons.Ledger[^1].Content;
        var csv = await node.GetCsvAsync($"/api/v1/measurements?from={entry.Window!.Value}&to={entry.Window.Value.Next}");

        var cut = string.Concat(csv.Skip(1).Select(row => string.Join(',', row[1..5]) + "\n"));
        Assert.Equal(entry.Keys, csv.Count - 1);
        Assert.Equal(entry.ValuesHash, Sha256(cut));
    }

    [Fact]
    public async Task The_ledger_says_what_it_adds_up_to()
    {
        await using var node = await PublicNode.StartAsync();
        var totals = (await node.GetJsonAsync("/api/v1/ledger?limit=1")).GetProperty("totals");

        Assert.Equal(0.224m, totals.GetProperty("rhoSpent").GetDecimal());
        Assert.Equal(8, totals.GetProperty("days").GetInt32());
        Assert.Equal(
            [(1, "absent"), (1, "replaced"), (7, "absent"), (7, "replaced"), (30, "absent"), (30, "replaced"), (365, "absent"),
                (365, "replaced")],
            totals.GetProperty("ownerDays")
                .EnumerateArray().Select(row => (row.GetProperty("days").GetInt32(), row.GetProperty("adjacency").GetString()!)));
    }

    [Fact]
    public async Task A_plan_is_served_with_its_document()
    {
        await using var node = await PublicNode.StartAsync();
        var plan = await node.GetJsonAsync("/api/v1/plan?day=2026-11-16");
        Assert.Equal("2026-11-16", plan.GetProperty("day").GetString());
        Assert.Equal(plan.GetProperty("hash").GetString(), Sha256(plan.GetProperty("document").GetString()!));
        var rows = await node.GetCsvAsync("/api/v1/plan");
        Assert.Equal(1 + 3 * 3, rows.Count);
        Assert.Equal(1.5m, plan.GetProperty("pacing").GetDecimal());
        Assert.All(rows.Skip(1), row => Assert.Equal("1.5", row[Array.IndexOf(rows[0], "pacing")]));
        await node.GetJsonAsync("/api/v1/plan?day=2031-01-01", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_plan_says_with_which_formula_values_of_which_model_were_calibrated()
    {
        await using var node = await PublicNode.StartAsync();
        var calibration = Assert.Single((await node.GetJsonAsync("/api/v1/plan")).GetProperty("calibrations").EnumerateArray());
        Assert.Equal("sds011", calibration.GetProperty("model").GetString());
        Assert.Equal("hackair-2018", calibration.GetProperty("formula").GetString());
        Assert.StartsWith("https://", calibration.GetProperty("source").GetString(), StringComparison.Ordinal);

        var rows = await node.GetCsvAsync("/api/v1/plan");
        var (quantity, calibrations) = (Array.IndexOf(rows[0], "quantity"), Array.IndexOf(rows[0], "calibrations"));
        Assert.All(rows.Skip(1), row => Assert.Equal(row[quantity] is "pm2_5" or "pm10" ? "sds011:hackair-2018" : "", row[calibrations]));
    }

    [Fact]
    public async Task Health_is_503_while_the_database_is_out_of_reach_and_has_totals_only()
    {
        await using var node = await PublicNode.StartAsync();
        var well = await node.GetJsonAsync("/healthz");
        Assert.Equal(
            ["status", "databaseReachable", "lastReleased", "nextReleaseDue"],
            well.EnumerateObject().Select(member => member.Name));

        node.Status.DatabaseReachable = false;
        Assert.Equal("unavailable",
            (await node.GetJsonAsync("/healthz", HttpStatusCode.ServiceUnavailable)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Unreadable_data_is_503_with_problem_details_and_no_detail_of_the_failure()
    {
        await using var node = await PublicNode.StartAsync();
        node.Commons.IsBroken = true;
        foreach (var path in (string[])["/", "/api/v1/areas", "/api/v1/measurements", "/ledger"])
        {
            var problem = await node.GetJsonAsync(path, HttpStatusCode.ServiceUnavailable);
            Assert.DoesNotContain("locked", problem.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_node_that_has_released_nothing_answers_with_empty_lists()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Empty());
        foreach (var path in (string[])["/api/v1/areas", "/api/v1/measurements", "/api/v1/activity", "/api/v1/ledger"])
            Assert.Equal(0, (await node.GetJsonAsync(path)).GetProperty("items").GetArrayLength());
        await node.GetJsonAsync("/api/v1/plan", HttpStatusCode.NotFound);
        await node.GetJsonAsync("/api/v1/areas/0313/estimates?quantity=pm2_5", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_open_api_document_lists_every_path_with_its_parameters()
    {
        await using var node = await PublicNode.StartAsync();
        var document = await node.GetJsonAsync("/openapi/v1.json");
        Assert.Equal(
            [
                "/api/v1/activity", "/api/v1/areas", "/api/v1/areas/{quadkey}/estimates", "/api/v1/areas/{quadkey}/estimates/revisions",
                "/api/v1/areas/{quadkey}/indices/air",
                "/api/v1/areas/{quadkey}/indices/guidelines", "/api/v1/areas/{quadkey}/indices/sound", "/api/v1/datasets",
                "/api/v1/estimates/latest", "/api/v1/indices", "/api/v1/ledger",
                "/api/v1/ledger/deployment", "/api/v1/ledger/{sequence}/document",
                "/api/v1/measurements", "/api/v1/model", "/api/v1/plan", "/api/v1/plan/document", "/api/v1/quantities",
                "/api/v1/references", "/healthz",
                "/openapi/v1.json",
            ],
            document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            var get = Assert.Single(path.Value.EnumerateObject()).Value;
            Assert.NotEqual("", get.GetProperty("summary").GetString());
            Assert.True(get.GetProperty("responses")
                .GetProperty("503").GetProperty("content").TryGetProperty("application/problem+json", out _));
            if (get.TryGetProperty("parameters", out var parameters))
                Assert.All(parameters.EnumerateArray(), parameter => Assert.NotEqual("", parameter.GetProperty("description").GetString()));
        }
        var estimates = document.GetProperty("paths").GetProperty("/api/v1/areas/{quadkey}/estimates").GetProperty("get");
        Assert.Equal(
            ["quadkey", "quantity", "resolution", "from", "to", "asOf", "limit", "cursor", "format"],
            estimates.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task The_open_api_document_says_how_each_request_can_end()
    {
        await using var node = await PublicNode.StartAsync();
        var document = await node.GetJsonAsync("/openapi/v1.json");
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            var responses = path.Value.GetProperty("get").GetProperty("responses");
            var isHealth = path.Name == "/healthz";
            // A monitor may ask for the health as often as it likes, and it is never kept.
            Assert.True(responses.TryGetProperty("429", out var tooFast) != isHealth, path.Name);
            Assert.True(responses.TryGetProperty("304", out _) != isHealth, path.Name);
            Assert.True(responses.TryGetProperty("400", out _), path.Name);
            if (isHealth)
                Assert.True(responses.GetProperty("503").GetProperty("content").TryGetProperty("application/json", out _));
            else
                Assert.True(tooFast.GetProperty("headers").TryGetProperty("Retry-After", out _), path.Name);
        }
        var activity = document.GetProperty("paths")
            .GetProperty("/api/v1/activity").GetProperty("get").GetProperty("responses").GetProperty("200");
        var example = activity.GetProperty("content").GetProperty("application/json").GetProperty("example");
        var answer = await node.GetJsonAsync("/api/v1/activity?limit=1");
        Assert.Equal(Names(answer), Names(example));
        Assert.Equal(Names(answer.GetProperty("items")[0]), Names(example.GetProperty("items")[0]));

        static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(member => member.Name);
    }

    static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
