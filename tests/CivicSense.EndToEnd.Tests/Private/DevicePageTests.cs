using System.Net;
using System.Text;
using System.Text.Json;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.EndToEnd.Tests.Public;
using CivicSense.Mqtt;
using Microsoft.Playwright;

namespace CivicSense.EndToEnd.Tests.Private;

/// <summary>A device publishes over MQTT, and whoever has its secret sees that on its page; nobody else does.</summary>
public sealed class DevicePageTests(PublicBrowser browser) : IClassFixture<PublicBrowser>, IAsyncLifetime
{
    readonly TemporaryFolder folder = new();
    NodeProcess node = null!;
    Enrolment balcony = null!;
    Enrolment attic = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    Uri Address => new(node.Address, "my/device");

    public async ValueTask InitializeAsync()
    {
        var configuration = Configuration.Write(folder, """ "timeZone": "Europe/Amsterdam" """);
        balcony = await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        attic = await Enrolment.AddAsync(configuration, "attic", "The Smiths");
        node = await NodeProcess.RunNodeAsync(configuration, "--verbose");
        await PublishAsync(balcony, """[{"n":"pm2_5","u":"ug/m3","v":13.5},{"n":"laeq","u":"dB","v":61.5}]""");
        await PublishAsync(attic, """[{"n":"pm2_5","u":"ug/m3","v":613.8125}]""");
    }

    public async ValueTask DisposeAsync()
    {
        if (node is not null) await node.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(320)]
    [InlineData(1280)]
    public async Task The_page_shows_what_has_just_been_published_at_every_width(int width)
    {
        await using var context = await browser.OpenAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            HttpCredentials = new HttpCredentials { Username = balcony.Name, Password = balcony.Secret },
        });
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        var requests = new List<string>();
        page.Request += (_, request) => requests.Add(request.Url);
        page.Console += (_, message) => complaints.Add(message.Text);

        var answer = await page.GotoAsync(Address.AbsoluteUri);

        Assert.Equal(200, answer!.Status);
        var text = await page.Locator("main").InnerTextAsync();
        Assert.Matches(@"It works: last reading \d+ s ago\.", text);
        Assert.Contains("13.5 µg/m³", text, StringComparison.Ordinal);
        Assert.Contains("61.5 dB(A)", text, StringComparison.Ordinal);
        Assert.Contains("not in the plan of this hour", text, StringComparison.Ordinal);
        Assert.DoesNotContain("613.8", text, StringComparison.Ordinal);
        Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
        // The style sheet is that of the public pages.
        Assert.Equal("grid", await page.Locator("ul.now").First.EvaluateAsync<string>("list => getComputedStyle(list).display"));
        Assert.All(requests, request => Assert.Equal(node.Address.Authority, new Uri(request).Authority));
        // The browser reports that it was asked for credentials.
        Assert.All(complaints, complaint => Assert.Contains("401", complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_the_device_s_own_secret_opens_it_and_the_log_tells_nothing()
    {
        using var http = new HttpClient();
        using var own = await AskAsync(http, balcony.Name, balcony.Secret);
        using var view = JsonDocument.Parse(await own.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("balcony", view.RootElement.GetProperty("device").GetProperty("name").GetString());
        Assert.True(view.RootElement.GetProperty("state").GetProperty("isSending").GetBoolean());
        Assert.True(own.Headers.CacheControl!.NoStore);

        using var others = await AskAsync(http, balcony.Name, attic.Secret);
        using var unknown = await AskAsync(http, "nobody", attic.Secret);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (others.StatusCode, unknown.StatusCode));
        Assert.Equal(await unknown.Content.ReadAsStringAsync(Cancel), await others.Content.ReadAsStringAsync(Cancel));

        foreach (var word in new[] { "balcony", "attic", "Miller", "Smith", balcony.Secret, attic.Secret, "13.5", "613.8" })
            Assert.DoesNotContain(word, node.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_no_part_of_the_public_api()
    {
        using var http = new HttpClient();
        Assert.DoesNotContain(
            "/my/", await http.GetStringAsync(new Uri(node.Address, "openapi/v1.json"), Cancel), StringComparison.Ordinal);
        using var written = await http.PostAsync(Address, new StringContent(""), Cancel);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, written.StatusCode);
        Assert.True(written.Headers.CacheControl!.NoStore);
    }

    async Task<HttpResponseMessage> AskAsync(HttpClient http, string name, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address);
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{secret}")));
        return await http.SendAsync(request, Cancel);
    }

    async Task PublishAsync(Enrolment device, string readings)
    {
        await using var client = await MqttClient.ConnectAsync(device.ClientOptions(node.MqttPort), Cancel);
        await client.PublishAsync(device.TopicBytes, Encoding.UTF8.GetBytes(readings), 1, cancellationToken: Cancel);
        await client.DrainAsync(Cancel);
    }
}
