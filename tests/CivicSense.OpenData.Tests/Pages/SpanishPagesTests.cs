using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

/// <summary>A page is in one language from its title to its footer.</summary>
public sealed class SpanishPagesTests : IDisposable
{
    const string Area = "03131303011";

    readonly ScratchFolder folder = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task No_page_of_a_node_that_has_released_something_has_English_on_it()
    {
        await using var node = await PublicNode.StartAsync();
        string[] more =
        [
            $"/es/areas/{Area}?quantity=laeq", "/es/areas?place=nowhere", "/es/areas?place=0,0", $"/es/areas/{Area}/week?from=1999-01-01",
            $"/es/compare?area={Area}&area=0313130301&quantity=pm2_5&resolution=week", "/es/ledger?before=3", "/es/areas/777",
            "/es/nowhere",
            $"/es/areas/{Area}?quantity=nox", "/es/downloads?quantity=laeq",
        ];
        Assert.Empty(await FindEnglishAsync(node, more));
    }

    [Fact]
    public async Task No_page_of_a_new_node_has_English_on_it()
    {
        await using var node = await PublicNode.StartAsync(FakeCommons.Empty());
        Assert.Empty(await FindEnglishAsync(node));
    }

    [Fact]
    public async Task No_page_of_a_node_with_data_sets_has_English_on_it()
    {
        var archive = await Archive.WriteAsync(folder.Path);
        await using var node = await PublicNode.StartAsync(archive.Commons, options => options.DatasetFolder = folder.Path);
        Assert.Contains("PM2,5", await node.Client.GetStringAsync("/es/datasets", Cancelled), StringComparison.Ordinal);
        Assert.Empty(await FindEnglishAsync(node));
    }

    [Fact]
    public async Task English_is_found_where_there_is_some()
    {
        await using var node = await PublicNode.StartAsync();
        Assert.NotEmpty(LeftoverEnglish.In(await node.Client.GetStringAsync("/en/about", Cancelled)));
        Assert.Equal(["Rows"], LeftoverEnglish.In("<th>Rows</th><code>of the</code><a lang=\"en\">English</a><p>Filas</p>"));
        Assert.Equal(["Skip to it"], LeftoverEnglish.In("<nav aria-label=\"Skip to it\">Sí</nav>"));
    }

    /// <summary>Every page there is, in Spanish: a page that is added is among them.</summary>
    static async Task<List<string>> FindEnglishAsync(PublicNode node, params IEnumerable<string> more)
    {
        var pages = node.Routes.Where(route => route == "/es/" || route.StartsWith("/es/", StringComparison.Ordinal)).Distinct()
            .Select(route => route.Replace("{quadkey}", Area, StringComparison.Ordinal)
                .Replace("{quantity}", "pm2_5", StringComparison.Ordinal)).ToList();
        Assert.Contains("/es/api", pages);
        Assert.True(pages.Count >= 12);
        var found = new List<string>();
        foreach (var path in pages.Concat(more))
        {
            using var response = await node.GetAsync(path, ("Accept", "text/html"));
            var page = await response.Content.ReadAsStringAsync(Cancelled);
            Assert.True(page.Length < 50_000, $"{path} has {page.Length} letters.");
            if (response.Content.Headers.ContentType!.MediaType is "text/html" or "image/svg+xml")
                found.AddRange(LeftoverEnglish.In(page).Select(text => $"{path}: {text}"));
        }
        return found;
    }
}
