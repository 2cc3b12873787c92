using System.Net;
using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

public sealed class DatasetMetadataTests : IAsyncLifetime
{
    readonly ScratchFolder folder = new();
    readonly ScratchFolder downloads = new();

    Archive archive = null!;
    PublicNode node = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        archive = await Archive.WriteAsync(folder.Path);
        node = await PublicNode.StartAsync(archive.Commons, options =>
        {
            options.NeighbourhoodName = "Old \"Harbour\" </script> \\ µ";
            options.DatasetFolder = folder.Path;
            options.DatasetLicences["estimates"] = "CC-BY-4.0";
        });
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        folder.Dispose();
        downloads.Dispose();
    }

    [Fact]
    public async Task The_catalogue_conforms_to_DCAT_AP()
    {
        var shapes = NodeScript.SharedFile("data", "oracles", "dcat-ap", "shapes.ttl");
        var ranges = NodeScript.SharedFile("data", "oracles", "dcat-ap", "range.ttl");
        var turtle = await DownloadAsync("/datasets/dcat.ttl", "text/turtle");
        Assert.Equal("", await NodeScript.RunAsync("validate.mjs", "shacl", turtle, shapes, ranges));
    }

    [Fact]
    public async Task The_catalogue_of_a_new_node_conforms_as_far_as_it_can()
    {
        var shapes = NodeScript.SharedFile("data", "oracles", "dcat-ap", "shapes.ttl");
        await using var empty = await PublicNode.StartAsync(FakeCommons.Empty());
        await File.WriteAllTextAsync(
            downloads.File("empty.ttl"), await empty.Client.GetStringAsync("/datasets/dcat.ttl", Cancelled), Cancelled);
        var faults = await NodeScript.RunAsync("validate.mjs", "shacl", downloads.File("empty.ttl"), shapes);
        // The profile warns of a series without members, of which there are two.
        Assert.All(faults.Split('\n', StringSplitOptions.RemoveEmptyEntries), fault =>
            Assert.EndsWith("#Warning)", fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Both_forms_of_the_catalogue_say_the_same() => Assert.Equal("", await NodeScript.RunAsync(
        "validate.mjs", "same", await DownloadAsync("/datasets/dcat.ttl", "text/turtle"),
        await DownloadAsync("/datasets/dcat.jsonld", "application/ld+json")));

    [Fact]
    public async Task The_catalogue_is_there_in_every_language()
    {
        var graph = JsonDocument.Parse(
            await node.Client.GetStringAsync("/datasets/dcat.jsonld", Cancelled)).RootElement.GetProperty("@graph")
            .EnumerateArray().ToList();
        var codes = LanguageCatalogue.All.Select(language => language.Code).ToList();
        var said = 0;
        foreach (var subject in graph)
        {
            foreach (var name in (string[])["dct:title", "dct:description", "skos:prefLabel"])
            {
                if (!subject.TryGetProperty(name, out var texts)) continue;
                said++;
                Assert.Equal(codes, texts.EnumerateArray().Select(text => text.GetProperty("@language").GetString()!));
                Assert.Equal(codes.Count, texts.EnumerateArray().Select(text => text.GetProperty("@value").GetString()).Distinct().Count());
            }
        }
        Assert.True(said > 40);
        var turtle = await node.Client.GetStringAsync("/datasets/dcat.ttl", Cancelled);
        Assert.Contains("\"Estimaciones definitivas: Partículas finas (PM2,5), por horas, 2026-10\"@es", turtle, StringComparison.Ordinal);
        Assert.Contains("\"Final estimates: Fine particles (PM2.5), by hour, 2026-10\"@en", turtle, StringComparison.Ordinal);
        Assert.Contains("\"ciencia ciudadana\"@es", turtle, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_file_is_a_distribution_with_its_size_and_hash()
    {
        var turtle = await node.Client.GetStringAsync("/datasets/dcat.ttl", Cancelled);
        foreach (var file in archive.Catalogue.ManifestOf(DatasetInfo.Measurements).Months.SelectMany(month => month.Files))
        {
            Assert.Contains($"dcat:downloadURL <{new Uri(node.Client.BaseAddress!, "/datasets/measurements/" + file.Path).AbsoluteUri}>",
                turtle, StringComparison.Ordinal);
            Assert.Contains($"\"{file.Sha256}\"^^xsd:hexBinary", turtle, StringComparison.Ordinal);
        }
        Assert.Contains("<https://creativecommons.org/licenses/by/4.0/>", turtle, StringComparison.Ordinal);
        Assert.Contains("<https://opendatacommons.org/licenses/odbl/1-0/>", turtle, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_package_conforms_to_its_schema()
    {
        var schema = NodeScript.SharedFile("data", "oracles", "frictionless", "datapackage.json");
        var resource = NodeScript.SharedFile("data", "oracles", "frictionless", "dataresource.json");
        var table = NodeScript.SharedFile("data", "oracles", "frictionless", "tableschema.json");
        var package = await DownloadAsync("/datasets/datapackage.json", "application/json");
        Assert.Equal("", await NodeScript.RunAsync("validate.mjs", "schema", schema, package));

        var resources = JsonDocument.Parse(await File.ReadAllTextAsync(package, Cancelled)).RootElement.GetProperty("resources")
            .EnumerateArray().ToList();
        Assert.Equal(21, resources.Count);
        Assert.Equal(21, resources.Select(entry => entry.GetProperty("name").GetString()).Distinct().Count());
        var csv = resources.First(entry => entry.GetProperty("format").GetString() == "csv");
        await File.WriteAllTextAsync(downloads.File("resource.json"), csv.GetRawText(), Cancelled);
        await File.WriteAllTextAsync(downloads.File("schema.json"), csv.GetProperty("schema").GetRawText(), Cancelled);
        Assert.Equal("", await NodeScript.RunAsync("validate.mjs", "schema", resource, downloads.File("resource.json")));
        Assert.Equal("", await NodeScript.RunAsync("validate.mjs", "schema", table, downloads.File("schema.json")));
    }

    [Fact]
    public async Task Every_address_in_the_data_package_is_there()
    {
        var package = await node.GetJsonAsync("/datasets/datapackage.json");
        foreach (var resource in package.GetProperty("resources").EnumerateArray())
        {
            using var response = await node.SendAsync(HttpMethod.Head, "/datasets/" + resource.GetProperty("path").GetString());
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(resource.GetProperty("bytes").GetInt64(), response.Content.Headers.ContentLength);
            Assert.Equal(resource.GetProperty("hash").GetString(), "sha256:" + response.Headers.ETag!.Tag.Trim('"'));
        }
    }

    [Fact]
    public async Task Licences_say_what_is_allowed()
    {
        var datasets = (await node.GetJsonAsync("/datasets/licences.json")).GetProperty("datasets").EnumerateArray().ToList();
        var measurements = datasets.Single(entry => entry.GetProperty("dataset").GetString() == "measurements").GetProperty("licence");
        Assert.Equal("ODbL-1.0", measurements.GetProperty("id").GetString());
        Assert.True(measurements.GetProperty("shareAlikeRequired").GetBoolean());
        var estimates = datasets.Single(entry => entry.GetProperty("dataset").GetString() == "estimates").GetProperty("licence");
        Assert.Equal("CC-BY-4.0", estimates.GetProperty("id").GetString());
        Assert.False(estimates.GetProperty("shareAlikeRequired").GetBoolean());
        Assert.True(estimates.GetProperty("commercialUseAllowed").GetBoolean());
    }

    [Fact]
    public async Task The_citation_names_the_node_and_the_newest_month()
    {
        var citation = await node.Client.GetStringAsync("/datasets/CITATION.cff", Cancelled);
        Assert.StartsWith("cff-version: 1.2.0\ntype: dataset\n", citation, StringComparison.Ordinal);
        Assert.Contains("  - name: \"Old \\\"Harbour\\\" </script> \\\\ µ\"\n", citation, StringComparison.Ordinal);
        Assert.Contains("\nversion: \"2026-10\"\n", citation, StringComparison.Ordinal);
        Assert.Contains("\ndate-released: 2026-11-22\n", citation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_citation_names_the_licence_of_each_data_set_where_they_differ()
    {
        var citation = await node.Client.GetStringAsync("/datasets/CITATION.cff", Cancelled);
        // At the top a list would mean that one may be chosen.
        Assert.DoesNotContain("\nlicense:", citation, StringComparison.Ordinal);
        Assert.Matches("title: \"Noisy measurements\"\n    authors:\n      - name: .*\n    license: \"ODbL-1.0\"\n", citation);
        Assert.Matches("title: \"Final estimates\"\n    authors:\n      - name: .*\n    license: \"CC-BY-4.0\"\n", citation);

        await using var alike = await PublicNode.StartAsync(archive.Commons, options => options.Licence = "CC-BY-4.0");
        Assert.Contains(
            "\nlicense: \"CC-BY-4.0\"\n", await alike.Client.GetStringAsync("/datasets/CITATION.cff", Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_shown_and_served_names_the_licence_of_its_own_data_set()
    {
        var package = await node.GetJsonAsync("/datasets/datapackage.json");
        foreach (var resource in package.GetProperty("resources").EnumerateArray())
        {
            var expected = resource.GetProperty("path").GetString()!.StartsWith("estimates/", StringComparison.Ordinal)
                ? "CC-BY-4.0"
                : "ODbL-1.0";
            Assert.Equal(expected, Assert.Single(resource.GetProperty("licenses").EnumerateArray()).GetProperty("name").GetString());
        }
        Assert.Equal("ODbL-1.0", (await node.GetJsonAsync("/api/v1/measurements?limit=1")).GetProperty("licence").GetString());
        Assert.Equal("CC-BY-4.0", (await node.GetJsonAsync("/api/v1/estimates/latest?limit=1")).GetProperty("licence").GetString());
        var page = await node.Client.GetStringAsync("/en/downloads", Cancelled);
        Assert.Contains(
            "Noisy measurements: <a href=\"https://opendatacommons.org/licenses/odbl/1-0/\">ODbL-1.0</a>", page, StringComparison.Ordinal);
        Assert.Contains(
            "Final estimates: <a href=\"https://creativecommons.org/licenses/by/4.0/\">CC-BY-4.0</a>", page, StringComparison.Ordinal);
        // Pages show estimates.
        Assert.Contains("Data: <a href=\"https://creativecommons.org/licenses/by/4.0/\">CC-BY-4.0</a>.", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/en/datasets", "Noisy measurements", "citizen science")]
    [InlineData("/es/datasets", "Mediciones con ruido", "ciencia ciudadana")]
    public async Task The_page_describes_the_data_sets_to_search_engines_in_its_language(string address, string title, string keyword)
    {
        var page = await node.Client.GetStringAsync(address, Cancelled);
        const string begin = "<script type=\"application/ld+json\">";
        var from = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        var data = JsonDocument.Parse(page[from..page.IndexOf("</script>", from, StringComparison.Ordinal)]).RootElement;
        Assert.Equal("https://schema.org/", data.GetProperty("@context").GetString());
        var datasets = data.GetProperty("@graph").EnumerateArray().ToList();
        Assert.Equal(2, datasets.Count);
        Assert.Equal(title + ": Old \"Harbour\" </script> \\ µ", datasets[0].GetProperty("name").GetString());
        Assert.Contains(keyword, datasets[0].GetProperty("keywords").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal("2026-10-01T00:00:00Z/2026-11-01T00:00:00Z", datasets[0].GetProperty("temporalCoverage").GetString());
        Assert.Equal(6, datasets[0].GetProperty("distribution").GetArrayLength());
        Assert.Equal(from, page.LastIndexOf(begin, StringComparison.Ordinal) + begin.Length);
    }

    [Fact]
    public async Task The_page_of_downloads_goes_on_where_the_months_end()
    {
        var page = await node.Client.GetStringAsync("/en/downloads", Cancelled);
        // Months of measurements are those of UTC, so the link names an instant and no date of the node.
        Assert.Contains("/api/v1/measurements?format=csv&amp;limit=all&amp;from=2026-11-01T00:00:00Z", page, StringComparison.Ordinal);
        Assert.Contains("all since 1 November 2026", page, StringComparison.Ordinal);
    }

    async Task<string> DownloadAsync(string address, string expectedType)
    {
        using var response = await node.GetAsync(address);
        Assert.Equal(expectedType, response.Content.Headers.ContentType!.MediaType);
        var path = downloads.File(Path.GetFileName(address));
        await File.WriteAllBytesAsync(path, await response.Content.ReadAsByteArrayAsync(Cancelled), Cancelled);
        return path;
    }
}
