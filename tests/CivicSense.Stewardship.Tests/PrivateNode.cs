using System.Net;
using System.Text;
using System.Text.Json;
using CivicSense.Commons;
using CivicSense.Storage;
using CivicSense.Vault;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Stewardship.Tests;

/// <summary>The private face over a real Kestrel and a real database. It is 13:20 on New Year's Day in Amsterdam.</summary>
sealed class PrivateNode : IAsyncDisposable
{
    public const string Address = "/my/device";

    readonly string folder = Directory.CreateTempSubdirectory("civicsense-stewardship-").FullName;
    readonly LogKeeper log = new();
    WebApplication application = null!;

    PrivateNode() => Database = SqliteNodeDatabase.Open(
        new SqliteOptions { Path = Path.Combine(folder, "node.db") }, TimeProvider.System, NullLogger.Instance);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public SqliteNodeDatabase Database { get; }

    public ManualTimeProvider Clock { get; } = new();

    public HourWindow Now => HourWindow.Containing(Clock.GetUtcNow());

    public HttpClient Client { get; private set; } = null!;

    /// <summary>Where requests seem to come from; null for where they do come from, this machine.</summary>
    public IPAddress? RemoteAddress { get; set; }

    public string Log => log.Text;

    public long Refused => application.Services.GetRequiredService<SignInTotals>().Refused;

    public static async Task<PrivateNode> StartAsync(
        Func<StewardshipOptions, StewardshipOptions>? configure = null, TestCertificates? tls = null)
    {
        var node = new PrivateNode();
        node.Clock.Advance(TimeSpan.FromMinutes(12 * 60 + 20));
        await Neighbourhood.EnrolAsync(node.Database.Vault);
        var options = new StewardshipOptions { NeighbourhoodName = "Old Harbour", TimeZone = Neighbourhood.Zone };
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
        {
            if (tls is not null)
                endpoint.UseHttps(tls.ForServer());
        }));
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(node.log);
        builder.Services.AddSingleton(node.Database.Vault).AddSingleton(node.Database.Commons).AddSingleton<TimeProvider>(node.Clock);
        builder.Services.AddStewardship(configure?.Invoke(options) ?? options);
        node.application = builder.Build();
        node.application.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = node.RemoteAddress ?? context.Connection.RemoteIpAddress;
            return next(context);
        });
        node.application.MapStewardship();
        await node.application.StartAsync(Cancel);
        var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        handler.SslOptions.CertificateChainPolicy = tls?.Trust();
        node.Client = new HttpClient(handler)
        {
            BaseAddress = new Uri(node.application.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal)),
        };
        return node;
    }

    public ValueTask CommitAsync(params Contribution[] contributions) => Database.Vault.CommitAsync(contributions, Cancel);

    public Task<HttpResponseMessage> SendAsync(
        string? name, string secret = "", HttpMethod? method = null, params (string Name, string Value)[] headers) =>
        SendToAsync(Address, name, secret, method, headers);

    public async Task<HttpResponseMessage> SendToAsync(
        string address, string? name, string secret = "", HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, address);
        if (name is not null)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{secret}")));
        foreach (var (header, value) in headers)
            request.Headers.TryAddWithoutValidation(header, value);
        return await Client.SendAsync(request, Cancel);
    }

    public Task<HttpResponseMessage> OpenAsync(string name, params (string Name, string Value)[] headers) =>
        SendAsync(name, Neighbourhood.SecretOf(name), null, headers);

    public async Task<JsonElement> ReadAsync(string name)
    {
        using var answer = await OpenAsync(name);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        return JsonDocument.Parse(text).RootElement;
    }

    public async Task<string> ReadPageAsync(string name)
    {
        using var answer = await OpenAsync(name, ("Accept", "text/html,application/xhtml+xml,*/*;q=0.8"));
        Assert.Equal((HttpStatusCode.OK, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await application.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Keeps everything that is logged at any level.</summary>
    sealed class LogKeeper : ILoggerProvider, ILogger
    {
        readonly StringBuilder lines = new();

        public string Text
        {
            get
            {
                lock (lines) return lines.ToString();
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines) lines.AppendLine(formatter(state, exception)).AppendLine(exception?.ToString());
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
