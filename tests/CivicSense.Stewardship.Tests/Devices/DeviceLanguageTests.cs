using System.Net;
using CivicSense.Commons;

namespace CivicSense.Stewardship.Tests.Devices;

/// <summary>The pages of a device are in the language of their address, or in the one that the browser asks for.</summary>
public sealed class DeviceLanguageTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    static (string, string) Page => ("Accept", "text/html");

    [Fact]
    public async Task A_page_that_is_asked_for_in_Spanish_has_no_English_on_it()
    {
        await using var node = await PrivateNode.StartAsync();
        var pages = new List<string> { await ReadAsync(node), await ReadAsync(node, await RefusedAsync(node)) };
        await node.CommitAsync(Neighbourhood.Sent(Neighbourhood.Balcony, Quantity.Pm25, node.Clock.GetUtcNow().AddMinutes(-1), 14, 26));
        pages.Add(await ReadAsync(node));
        await Neighbourhood.FixPlanAsync(node);
        var earlier = node.Clock.GetUtcNow().AddHours(-2);
        await node.CommitAsync(
            Neighbourhood.Sent(Neighbourhood.Balcony, Quantity.Humidity, node.Clock.GetUtcNow().AddMinutes(-1), 80),
            Neighbourhood.Sent(Neighbourhood.Balcony, Quantity.Pm25, earlier, 9),
            Neighbourhood.Sent(Neighbourhood.Balcony, Quantity.Laeq, node.Clock.GetUtcNow().AddMinutes(-3), 60));
        await WriteEstimateAsync(node);
        pages.Add(await ReadAsync(node));
        await Neighbourhood.ReleaseThroughAsync(node, HourWindow.Containing(earlier));
        pages.Add(await ReadAsync(node));
        await Neighbourhood.ReleaseThroughAsync(node, HourWindow.Containing(node.Clock.GetUtcNow()));
        pages.Add(await ReadAsync(node));

        Assert.Contains("Mi dispositivo: balcony", pages[0], StringComparison.Ordinal);
        Assert.Contains("20,0 µg/m³", pages[3], StringComparison.Ordinal);
        Assert.Contains("jueves 1 de enero, de 13:00 a 14:00", pages[3], StringComparison.Ordinal);
        Assert.Contains("Calibrado", pages[3], StringComparison.Ordinal);
        Assert.Contains("8 a 14 µg/m³", pages[3], StringComparison.Ordinal);
        Assert.Contains("todo lo anterior a 12:00 ya no existe", pages[4], StringComparison.Ordinal);
        Assert.Empty(pages.SelectMany(LeftoverEnglish.In));
    }

    [Fact]
    public async Task Refusals_are_in_the_language_of_the_page_too()
    {
        await using var node = await PrivateNode.StartAsync();
        using var written = await node.SendToAsync("/es/my/device", null, "", HttpMethod.Post, Page);
        node.RemoteAddress = IPAddress.Parse("203.0.113.9");
        using var open = await node.SendToAsync("/es/my/device", null, "", null, Page);

        Assert.Equal((HttpStatusCode.MethodNotAllowed, HttpStatusCode.Forbidden), (written.StatusCode, open.StatusCode));
        foreach (var answer in new[] { written, open })
            Assert.Empty(LeftoverEnglish.In(await answer.Content.ReadAsStringAsync(Cancelled)));
    }

    [Fact]
    public async Task An_address_with_a_language_has_that_one_and_its_links_keep_to_it()
    {
        await using var node = await PrivateNode.StartAsync();
        await Neighbourhood.FixPlanAsync(node);
        using var answer = await node.SendToAsync(
            "/es/my/device", "balcony", Neighbourhood.SecretOf("balcony"), null, Page, ("Accept-Language", "en"));
        var page = await answer.Content.ReadAsStringAsync(Cancelled);

        Assert.Equal("es", Assert.Single(answer.Content.Headers.ContentLanguage));
        Assert.DoesNotContain("Accept-Language", answer.Headers.Vary);
        Assert.Contains($"href=\"/es/areas/{Neighbourhood.OwnArea.QuadKey}\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/en/my/device\" hreflang=\"en\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_steward_chooses_the_language_of_those_who_ask_for_none_that_there_is()
    {
        await using var node = await PrivateNode.StartAsync(options => options with { Language = LanguageCatalogue.Find("es")! });
        using var french = await node.OpenAsync("balcony", Page, ("Accept-Language", "fr"));
        using var english = await node.OpenAsync("balcony", Page, ("Accept-Language", "fr, en;q=0.5"));

        Assert.Equal(("es", "en"),
            (Assert.Single(french.Content.Headers.ContentLanguage), Assert.Single(english.Content.Headers.ContentLanguage)));
        Assert.Contains("Accept-Language", french.Headers.Vary);
        Assert.True(french.Headers.CacheControl!.NoStore);
    }

    static async Task<string> ReadAsync(PrivateNode node, HttpResponseMessage? refused = null)
    {
        using var answer = refused ?? await node.OpenAsync("balcony", Page, ("Accept-Language", "es-MX"));
        Assert.Equal("es", Assert.Single(answer.Content.Headers.ContentLanguage));
        return await answer.Content.ReadAsStringAsync(Cancelled);
    }

    static Task<HttpResponseMessage> RefusedAsync(PrivateNode node) =>
        node.SendAsync("balcony", "no", null, Page, ("Accept-Language", "es"));

    static async Task WriteEstimateAsync(PrivateNode node)
    {
        var window = new HourWindow(node.Now.Index - 2);
        await node.Database.Estimates.WriteAsync(
            [
                new Estimate(
                    Neighbourhood.OwnArea, Quantity.Pm25, Resolution.Hour, window.Start, window.End, 11, 1.5, 8, 14, EstimateStatus.Live),
            ],
            Cancelled);
    }
}
