using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json;
using CivicSense.EndToEnd.Tests.Processes;

namespace CivicSense.EndToEnd.Tests.Public;

/// <summary>A steward who follows docs/steward.md has a node that works behind nginx.</summary>
public sealed class FrontServerTests : IAsyncLifetime
{
    readonly TemporaryFolder folder = new();
    readonly FrontServer front = new();
    NodeProcess node = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var configuration = folder.Write("civicsense.json", string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "neighbourhood": "Test neighbourhood",
              "publicAddress": "{{front.Address}}",
              "http": { "address": "127.0.0.1", "port": 0, "requestsPerSecond": 0 },
              "mqtt": { "address": "127.0.0.1", "port": 0 }
            }
            """));
        node = await NodeProcess.RunNodeAsync(configuration);
    }

    public async ValueTask DisposeAsync()
    {
        if (node is not null) await node.DisposeAsync();
        await front.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Pages_links_caching_and_owners_pages_are_as_without_it()
    {
        await front.StartAsync(node.HttpPort);
        using var client = new HttpClient(front.Handler());

        using var home = await client.GetAsync(front.Address, Cancel);
        Assert.Equal(HttpStatusCode.OK, home.StatusCode);
        Assert.Contains("Test neighbourhood", await home.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        foreach (var (path, list, member) in new[] { ("sta/v1.1", "value", "url"), ("ogc", "links", "href") })
        {
            using var root = JsonDocument.Parse(await client.GetStringAsync(new Uri(front.Address, path), Cancel));
            Assert.All(root.RootElement.GetProperty(list).EnumerateArray(),
                link => Assert.StartsWith(front.Address.AbsoluteUri, link.GetProperty(member).GetString(), StringComparison.Ordinal));
        }

        using var quantities = await client.GetAsync(new Uri(front.Address, "api/v1/quantities"), Cancel);
        using var again = new HttpRequestMessage(HttpMethod.Get, quantities.RequestMessage!.RequestUri);
        again.Headers.IfNoneMatch.Add(quantities.Headers.ETag!);
        using var unchanged = await client.SendAsync(again, Cancel);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);

        // 403 would say that the node believes a password could be read on the way.
        using var own = await client.GetAsync(new Uri(front.Address, "my/device"), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, own.StatusCode);
    }

    [Fact]
    public async Task Sensors_connect_over_WebSocket_and_pages_of_strangers_do_not()
    {
        await front.StartAsync(node.HttpPort);
        using var own = await ConnectAsync(front.Address.GetLeftPart(UriPartial.Authority));
        Assert.Equal((WebSocketState.Open, "mqtt"), (own.State, own.SubProtocol));

        var refusal = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync("https://elsewhere.example"));
        Assert.Contains("403", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_visitor_has_a_limit_of_their_own()
    {
        // So slow that no waiting of this machine gives anything back.
        await front.StartAsync(node.HttpPort, ("rate=100r/s", "rate=1r/m"));
        using var many = new HttpClient(front.Handler("127.0.0.2"));
        var address = new Uri(front.Address, "assets/none");
        var passed = 0;
        while (passed <= 500)
        {
            using var answer = await many.GetAsync(address, Cancel);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests) break;
            Assert.False(answer.Headers.Contains("RateLimit-Limit"));
            passed++;
        }
        Assert.InRange(passed, 401, 410);

        using var another = new HttpClient(front.Handler("127.0.0.3"));
        using var first = await another.GetAsync(front.Address, Cancel);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
    }

    /// <summary>The sensor's name at the time of each look at it, and where a visitor lives.</summary>
    [Fact]
    public async Task It_logs_neither_who_looked_at_a_sensor_nor_what_a_visitor_searched()
    {
        await front.StartAsync(node.HttpPort, ("rate=100r/s", "rate=1r/m"), ("burst=400", "burst=8"));
        using var visitor = new HttpClient(front.Handler());
        using var look = new HttpRequestMessage(HttpMethod.Get, new Uri(front.Address, "my/device"));
        look.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("distinctive:secret"u8));
        using var refused = await visitor.SendAsync(look, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        for (var search = 0; search < 10; search++)
            (await visitor.GetAsync(new Uri(front.Address, "areas?place=52.0907,5.1214"), Cancel)).Dispose();

        Assert.DoesNotContain("distinctive", front.Logged, StringComparison.Ordinal);
        Assert.DoesNotContain("52.0907", front.Logged, StringComparison.Ordinal);
    }

    async Task<ClientWebSocket> ConnectAsync(string origin)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol("mqtt");
            socket.Options.SetRequestHeader("Origin", origin);
            var address = new UriBuilder(new Uri(front.Address, "mqtt")) { Scheme = "wss" }.Uri;
            using var invoker = new HttpMessageInvoker(front.Handler());
            await socket.ConnectAsync(address, invoker, Cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
