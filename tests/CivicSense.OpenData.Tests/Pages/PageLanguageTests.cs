using System.Net;
using System.Text.RegularExpressions;
using CivicSense.Commons;

namespace CivicSense.OpenData.Tests;

public sealed class PageLanguageTests
{
    [Fact]
    public async Task An_address_with_a_language_has_that_one_whatever_the_browser_asks_for()
    {
        await using var node = await PublicNode.StartAsync();
        using var response = await node.GetAsync("/es/about", ("Accept-Language", "en"));
        var page = await response.Content.ReadAsStringAsync();

        Assert.Contains("<html lang=\"es\">", page, StringComparison.Ordinal);
        Assert.Contains("La promesa", page, StringComparison.Ordinal);
        Assert.Equal("es", Assert.Single(response.Content.Headers.ContentLanguage));
        Assert.DoesNotContain("Accept-Language", response.Headers.Vary);
    }

    [Fact]
    public async Task The_stewards_notice_says_in_which_language_it_is()
    {
        await using var node =
            await PublicNode.StartAsync(configure: options => (options.Notice, options.Language) = (Notice.Of("Medimos."), "es"));
        using var response = await node.GetAsync("/en/about");
        var page = await response.Content.ReadAsStringAsync();

        Assert.Contains("<p class=\"notice\" role=\"note\" lang=\"es\">Medimos.</p>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_without_a_language_has_the_one_that_the_browser_asks_for_and_says_so()
    {
        await using var node = await PublicNode.StartAsync();
        using var response = await node.GetAsync("/about", ("Accept-Language", "es-AR"));

        Assert.Contains("<html lang=\"es\">", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("Accept-Language", response.Headers.Vary);
        using var held = await node.GetAsync("/about", ("Accept-Language", "en"), ("If-None-Match", response.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.OK, held.StatusCode);
        using var same = await node.GetAsync("/about", ("Accept-Language", "es"), ("If-None-Match", response.Headers.ETag.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        Assert.Contains("Accept-Language", same.Headers.Vary);
    }

    [Fact]
    public async Task The_steward_chooses_the_language_of_those_who_ask_for_none_that_there_is()
    {
        await using var node = await PublicNode.StartAsync(configure: options => options.Language = "es");
        foreach (var (asked, expected) in (ValueTuple<string, string>[])[("fr", "es"), ("*", "es"), ("fr, en;q=0.2", "en")])
        {
            using var response = await node.GetAsync("/about", ("Accept-Language", asked));
            Assert.Equal(expected, Assert.Single(response.Content.Headers.ContentLanguage));
        }
        using var unasked = await node.GetAsync("/");
        Assert.Equal("es", Assert.Single(unasked.Content.Headers.ContentLanguage));
    }

    [Theory]
    [InlineData("/es")]
    [InlineData("/es/areas/03131303011")]
    public async Task Links_of_a_page_keep_to_its_language(string path)
    {
        await using var node = await PublicNode.StartAsync();
        var page = await node.Client.GetStringAsync(path);
        var links = Regex.Matches(page, "<a [^>]*href=\"(/[^\"]*)\"[^>]*>")
            .Where(match => !match.Value.Contains("hreflang", StringComparison.Ordinal)).Select(match => match.Groups[1].Value).ToList();

        Assert.True(links.Count > 10);
        Assert.All(links, link => Assert.Matches("^/(es(/|$|[?])|api/|openapi/)", link));
    }

    [Fact]
    public async Task A_page_names_itself_in_all_languages_with_what_was_asked_for()
    {
        await using var node = await PublicNode.StartAsync(configure: options => options.BaseAddress = new Uri("https://air.example.org/"));
        foreach (var path in (string[])["/areas/03131303011?quantity=laeq&from=elsewhere", "/es/areas/03131303011?quantity=laeq"])
        {
            var page = WebUtility.HtmlDecode(await node.Client.GetStringAsync(path));
            foreach (var (language, address) in (ValueTuple<string, string>[])[("en", "/en"), ("es", "/es"), ("x-default", "")])
                Assert.Contains(
                    $"<link rel=\"alternate\" hreflang=\"{language}\" "
                        + $"href=\"https://air.example.org{address}/areas/03131303011?quantity=laeq\">", page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/EN/about", "/about")]
    [InlineData("/eS/areas/03131303011?quantity=laeq", "/areas/03131303011?quantity=laeq")]
    [InlineData("/ES", "")]
    public async Task A_language_may_be_written_in_capitals(string path, string bare)
    {
        await using var node = await PublicNode.StartAsync(configure: options => options.BaseAddress = new Uri("https://air.example.org/"));
        var page = WebUtility.HtmlDecode(await node.Client.GetStringAsync(path));
        foreach (var language in (string[])["en", "es"])
            Assert.Contains($"hreflang=\"{language}\" href=\"https://air.example.org/{language}{bare}\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_dates_and_bands_of_a_Spanish_page_are_Spanish()
    {
        await using var node = await PublicNode.StartAsync();
        var page = Regex.Replace(WebUtility.HtmlDecode(await node.Client.GetStringAsync("/es")), "<[^>]*>", "");

        Assert.Contains("Todo el barrio, domingo 22 de noviembre, de 13:00 a 14:00", page, StringComparison.Ordinal);
        Assert.Matches("entre \\d+(,\\d)? y \\d+(,\\d)? µg/m³; lo más probable, \\d+", page);
        Assert.Matches("(Buena|Razonablemente buena|Regular)( a (razonablemente buena|regular|desfavorable))?(más del 99|9[0-9]) % de "
            + "certeza", page);
        Assert.Contains("domingo 22 de noviembre de 2026 a las 15:10", page, StringComparison.Ordinal);
        Assert.Contains("rho es 0,224 en total", page, StringComparison.Ordinal);
        Assert.Contains("Zona A (noroeste)", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("\\b(the|and|most likely|between|Sunday|November)\\b", page);
    }

    [Fact]
    public async Task A_problem_is_told_in_the_language_of_the_page()
    {
        await using var node = await PublicNode.StartAsync();
        using var spanish = await node.GetAsync("/es/areas/777", ("Accept", "text/html"));
        using var nowhere = await node.GetAsync("/es/nowhere", ("Accept", "text/html"));
        using var capitals = await node.GetAsync("/ES/nowhere", ("Accept", "text/html"));

        Assert.Contains("No hay ninguna zona", WebUtility.HtmlDecode(await spanish.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Contains("No encontrado", WebUtility.HtmlDecode(await nowhere.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Contains("No encontrado", WebUtility.HtmlDecode(await capitals.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
    }
}
