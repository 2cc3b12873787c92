using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CivicSense.Commons;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CivicSense.OpenData.Tests;

/// <summary>The public face over a real Kestrel on a loopback port of its own.</summary>
sealed class PublicNode : IAsyncDisposable
{
    readonly WebApplication application;

    PublicNode(WebApplication application, FakeCommons commons, FakeStatus status)
    {
        this.application = application;
        Commons = commons;
        Status = status;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(application.Urls.First()),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public FakeCommons Commons { get; }

    public FakeStatus Status { get; }

    public HttpClient Client { get; }

    public static async Task<PublicNode> StartAsync(FakeCommons? commons = null, Action<OpenDataOptions>? configure = null,
        string address = "http://127.0.0.1:0", TimeProvider? time = null)
    {
        commons ??= FakeCommons.Filled();
        var status = new FakeStatus { LastReleased = commons.Measurements.Count > 0 ? FakeCommons.LastReleased : null };
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ICommons>(commons).AddSingleton<INodeStatus>(status).AddSingleton<IPrivacyLossTable, FakeLosses>()
            .AddSingleton(time ?? new FixedTime());
        builder.Services.AddOpenData(options =>
        {
            options.NeighbourhoodName = "Old Harbour";
            options.TimeZone = FakeCommons.Zone.Id;
            configure?.Invoke(options);
        });
        var built = builder.Build();
        built.MapOpenData();
        await built.StartAsync();
        return new PublicNode(built, commons, status);
    }

    /// <summary>The patterns of all addresses.</summary>
    public IEnumerable<string> Routes => application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Select(endpoint => endpoint.RoutePattern.RawText!);

    /// <summary>Somebody elsewhere: a client with an address of its own, of those that this machine calls itself by.</summary>
    /// <param name="number">Which, from 1 to 250.</param>
    /// <param name="receiveBuffer">How much the operating system takes of an answer that nobody reads, in bytes, roughly.</param>
    public HttpClient ClientFrom(int number, int receiveBuffer = 4096) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = receiveBuffer };
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 1, (byte)number]), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = Client.BaseAddress,
    };

    public Task WaitAsync() => HostingAbstractionsHostExtensions.WaitForShutdownAsync(application);

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, headers);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request);
    }

    public async Task<JsonElement> GetJsonAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{path}: {response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>A CSV answer as its rows, the header first. The fields asked about in these tests hold no line break.</summary>
    public async Task<List<string[]>> GetCsvAsync(string path)
    {
        using var response = await GetAsync(path, ("Accept", "text/csv"));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode} {text}");
        Assert.Equal("text/csv", response.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        return [.. text[..^2].Split("\r\n").Select(line => line.Split(','))];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await application.DisposeAsync();
    }
}

sealed class FakeStatus : INodeStatus
{
    public bool DatabaseReachable { get; set; } = true;

    public HourWindow? LastReleased { get; set; }

    public DateTimeOffset? NextReleaseDue { get; set; } = new DateTimeOffset(2026, 11, 22, 15, 10, 0, TimeSpan.Zero);

    public ValueTask<NodeStatus> ReadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new NodeStatus
    {
        DatabaseReachable = DatabaseReachable,
        LastReleased = LastReleased,
        NextReleaseDue = NextReleaseDue,
    });
}

/// <summary>Figures of DESIGN section 4 for rho 0.028, so that pages look as they will.</summary>
sealed class FakeLosses : IPrivacyLossTable
{
    public IReadOnlyList<PrivacyLossRow> Rows(decimal rhoPerDay) =>
    [
        new(1, "absent", 1.0, 1.08, 1.272), new(1, "replaced", 2.12, 2.28, 2.6), new(7, "absent", 2.89, 3.1, 3.5),
        new(7, "replaced", 6.32, 6.75, 7.4), new(30, "absent", 6.58, 7.03, 7.7), new(30, "replaced", 15.12, 16.03, 17.0),
        new(365, "absent", 31.03, 32.7, 34), new(365, "replaced", 83.06, 86.62, 88.5),
    ];
}

sealed class FixedTime : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 14, 12, 0, TimeSpan.Zero);
}
