using System.Text.Json.Nodes;
using CivicSense.EndToEnd.Tests.Processes;
using Microsoft.Playwright;

namespace CivicSense.EndToEnd.Tests.Public;

/// <summary>The map that can be moved, and the button that finds where somebody is.</summary>
[Collection(FinishedDemoCollection.Name)]
public sealed class MapTests(FinishedDemo demo, PublicBrowser browser)
{
    [Theory]
    [InlineData("/en", "between")]
    [InlineData("/es", "entre")]
    public async Task The_map_is_walked_through_by_keyboard(string language, string word)
    {
        var node = await demo.NodeAsync();
        await PublicBrowser.RequireMapAsync(node);
        await using var context = await browser.OpenAsync();
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync(new Uri(node.Address, $"{language}/areas").AbsoluteUri);

        var cells = page.Locator(".live-map path[role=button]");
        await cells.First.WaitForAsync();
        Assert.Equal(await page.Locator("main table tbody tr").CountAsync() > 1, await cells.CountAsync() > 1);
        Assert.Contains(word, await cells.First.GetAttributeAsync("aria-label"), StringComparison.Ordinal);

        await page.FocusAsync("input.hours");
        var newest = await page.Locator("output").InnerTextAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        Assert.NotEqual(newest, await page.Locator("output").InnerTextAsync());
        Assert.Equal(await page.Locator("output").InnerTextAsync(), await page.Locator("input.hours").GetAttributeAsync("aria-valuetext"));

        await cells.First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var link = page.Locator(".leaflet-popup-content a:focus");
        await link.WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        Assert.True(await cells.First.EvaluateAsync<bool>("cell => cell === document.activeElement"));
        await page.Keyboard.PressAsync("Enter");
        await link.WaitForAsync();
        // The first popup fades away for a moment; the key is for the link of the second.
        await page.Locator(".leaflet-popup").Nth(1).WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Detached });
        await link.PressAsync("Enter");
        await PublicBrowser.RequireAddressAsync(page, $"{language}/areas/[^/]+$");
        Assert.Empty(complaints);
    }

    /// <summary>The demonstration does not last to October, so the hours that the node names are moved there.</summary>
    [Fact]
    public async Task The_slider_tells_two_hours_of_one_name_apart()
    {
        var node = await demo.NodeAsync();
        await PublicBrowser.RequireMapAsync(node);
        await using var context = await browser.OpenAsync();
        var page = await context.NewPageAsync();
        await page.RouteAsync("**/map/*.json", async route =>
        {
            var map = JsonNode.Parse(await (await route.FetchAsync()).TextAsync())!;
            var newest = (int)map["hours"]! - 1;
            // The newest hour is the second of one o'clock UTC on 25 October 2026, when clocks are put back in Amsterdam.
            map["from"] = new DateTimeOffset(2026, 10, 25, 1, 0, 0, TimeSpan.Zero).AddHours(-newest).ToUnixTimeSeconds();
            map["twice"] = new JsonObject { [$"{newest - 1}"] = "UTC+2", [$"{newest}"] = "UTC+1" };
            await route.FulfillAsync(new RouteFulfillOptions { Body = map.ToJsonString(), ContentType = "application/geo+json" });
        });
        await page.GotoAsync(new Uri(node.Address, "en/areas").AbsoluteUri);
        await page.FocusAsync("input.hours");
        var shown = new List<string> { await page.Locator("output").InnerTextAsync() };
        for (var back = 0; back < 2; back++)
        {
            await page.Keyboard.PressAsync("ArrowLeft");
            shown.Add(await page.Locator("output").InnerTextAsync());
        }

        Assert.EndsWith("02:00 (UTC+1)", shown[0], StringComparison.Ordinal);
        Assert.EndsWith("02:00 (UTC+2)", shown[1], StringComparison.Ordinal);
        Assert.EndsWith("01:00", shown[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_position_the_node_is_told_the_square_only()
    {
        var node = await demo.NodeAsync();
        await using var context = await browser.OpenAsync(new BrowserNewContextOptions
        {
            Geolocation = new Geolocation { Latitude = 52.3702f, Longitude = 4.8952f }, Permissions = ["geolocation"], Locale = "en-GB",
        });
        var page = await context.NewPageAsync();
        var requests = new List<string>();
        page.Request += (_, request) => requests.Add(request.Url);
        await page.GotoAsync(node.Address.AbsoluteUri);
        await page.ClickAsync("form.find button[type=button]");
        await PublicBrowser.RequireAddressAsync(page, "/areas");

        Assert.Contains(requests, request =>
            request.EndsWith($"place={CivicSense.Commons.Area.FromPosition(52.3702, 4.8952).QuadKey}", StringComparison.Ordinal));
        Assert.DoesNotContain(requests, request => request.Contains("52.", StringComparison.Ordinal));
    }
}
