using System.Net;

namespace CivicSense.OpenData.Tests;

/// <summary>
/// A cache replaces the header fields of what it holds by those of a 304 (RFC 9111, section 4.3.4): they must be the same.
/// </summary>
public sealed class NotModifiedTests
{
    static readonly string[] Paths =
    [
        "/api/v1/areas", "/api/v1/measurements", "/api/v1/measurements?to=2026-11-20", "/api/v1/areas/03131303010/estimates?quantity=pm2_5",
        "/api/v1/plan", "/api/v1/plan/document", "/api/v1/ledger", "/api/v1/ledger/3/document", "/api/v1/activity", "/api/v1/quantities",
        "/openapi/v1.json", "/", "/es/about", "/map/pm2_5.json", "/assets/style.css", "/ogc",
    ];

    /// <summary>What clients accept, and whether answers are kept ready.</summary>
    public static TheoryData<string, bool> Clients
    {
        get
        {
            var clients = new TheoryData<string, bool>();
            foreach (var coding in (string[])["", "gzip", "br, gzip", "identity", "gzip;q=0"])
            {
                clients.Add(coding, true);
                clients.Add(coding, false);
            }
            return clients;
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task An_unchanged_answer_has_the_header_fields_of_the_whole_one(string coding, bool isKept)
    {
        await using var node = await PublicNode.StartAsync();
        node.Commons.NoticesChanges = isKept;
        foreach (var (path, asked) in Requests(coding))
        {
            using var whole = await node.GetAsync(path, asked);
            Assert.True(whole.StatusCode == HttpStatusCode.OK, $"{path}: {whole.StatusCode}");
            using var held = await node.GetAsync(path, [.. asked, ("If-None-Match", whole.Headers.ETag!.ToString())]);

            Assert.True(held.StatusCode == HttpStatusCode.NotModified, $"{path}: {held.StatusCode}");
            Assert.Empty(await held.Content.ReadAsByteArrayAsync());
            Assert.Equal(path + Fields(whole), path + Fields(held));
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_tag_is_a_weak_one_exactly_where_the_answer_is_compressed(string coding, bool isKept)
    {
        await using var node = await PublicNode.StartAsync();
        node.Commons.NoticesChanges = isKept;
        foreach (var (path, asked) in Requests(coding))
        {
            using var whole = await node.GetAsync(path, asked);

            Assert.True((coding is "gzip" or "br, gzip") == (whole.Content.Headers.ContentEncoding.Count > 0), path);
            Assert.True((whole.Content.Headers.ContentEncoding.Count > 0) == whole.Headers.ETag!.IsWeak, path);
            Assert.Contains("Accept-Encoding", whole.Headers.Vary);
        }
    }

    [Fact]
    public async Task What_cannot_change_keeps_its_tag_when_more_is_released()
    {
        const string Path = "/api/v1/measurements?from=2026-11-19&to=2026-11-20";
        await using var node = await PublicNode.StartAsync();
        using var before = await node.GetAsync(Path);
        node.Commons.AddPlan(node.Commons.NextDay);
        using var after = await node.GetAsync(Path, ("If-None-Match", before.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.NotModified, after.StatusCode);
        Assert.Equal(TimeSpan.FromDays(1), after.Headers.CacheControl!.MaxAge);
    }

    static IEnumerable<(string Path, (string, string)[] Asked)> Requests(string coding) =>
        from path in Paths
        from accept in (string[])["*/*", "text/csv, */*;q=0.1"]
        select (path, coding.Length == 0 ? new[] { ("Accept", accept) } : [("Accept", accept), ("Accept-Encoding", coding)]);

    /// <summary>The fields that RFC 9110, section 15.4.5, asks for, and when the answer may be used.</summary>
    static string Fields(HttpResponseMessage response) =>
        $": {response.Headers.ETag} | {string.Join(", ", response.Headers.Vary.Order(StringComparer.Ordinal))} "
        + $"| {response.Headers.CacheControl}"
        + $" | {string.Join(", ", response.Content.Headers.ContentLanguage)}";
}
