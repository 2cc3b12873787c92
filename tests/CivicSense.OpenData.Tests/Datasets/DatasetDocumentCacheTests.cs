using System.Net;

namespace CivicSense.OpenData.Tests;

/// <summary>What describes the files is built once for each change of the files.</summary>
public sealed class DatasetDocumentCacheTests : IDisposable
{
    readonly ScratchFolder folder = new();
    readonly DatasetDocumentCache cache = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        cache.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_document_that_many_ask_for_at_once_is_built_once()
    {
        var archive = await Archive.WriteAsync(folder.Path);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => GetAsync(archive.Catalogue)));
        Assert.Equal(1, cache.Builds);
        Assert.All(answers, answer => Assert.Same(answers[0], answer));
        Assert.Equal(EntityTag.Of(answers[0].Body.Span), answers[0].Tag);
    }

    [Fact]
    public async Task A_month_that_is_added_is_in_it()
    {
        var archive = await Archive.WriteAsync(folder.Path);
        var before = await GetAsync(archive.Catalogue);
        archive.Catalogue.Add(DatasetInfo.Estimates, new DatasetMonthEntry("2026-12", DateTime.UnixEpoch,
            [new DatasetFileEntry("quantity=pm10/year=2026/month=12/part-0.csv.gz", "pm10", "day", "csv", 1, 2, "ab")]));
        var after = await GetAsync(archive.Catalogue);

        Assert.NotEqual(before.Tag, after.Tag);
        Assert.Contains("quantity=pm10/year=2026/month=12", System.Text.Encoding.UTF8.GetString(after.Body.Span), StringComparison.Ordinal);
        Assert.Equal(2, cache.Builds);
    }

    [Fact]
    public async Task Each_address_of_the_node_has_a_document_with_its_own_links_and_long_ones_are_not_kept()
    {
        var archive = await Archive.WriteAsync(folder.Path);
        Assert.NotEqual((await GetAsync(archive.Catalogue, "http://a")).Tag, (await GetAsync(archive.Catalogue, "http://b")).Tag);
        var invented = "http://" + new string('x', 300);
        await GetAsync(archive.Catalogue, invented);
        await GetAsync(archive.Catalogue, invented);
        Assert.Equal(4, cache.Builds);
    }

    [Fact]
    public async Task The_catalogue_is_not_sent_again_to_who_holds_it()
    {
        var archive = await Archive.WriteAsync(folder.Path);
        await using var node = await PublicNode.StartAsync(archive.Commons, options => options.DatasetFolder = folder.Path);
        foreach (var path in (string[])["/datasets/dcat.jsonld", "/datasets/dcat.ttl", "/datasets/estimates/manifest.json",
            "/api/v1/datasets"])
        {
            using var first = await node.GetAsync(path);
            using var second = await node.GetAsync(path, ("If-None-Match", first.Headers.ETag!.ToString()));
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotModified), (first.StatusCode, second.StatusCode));
        }
    }

    async Task<DatasetDocument> GetAsync(DatasetCatalogue catalogue, string origin = "http://node") => await cache.GetAsync(
        "dcat.ttl", new DatasetContext(new OpenDataOptions(), catalogue, origin, null),
        context => System.Text.Encoding.UTF8.GetBytes(DcatCatalogue.Build(context).WriteTurtle()), Cancelled);
}
