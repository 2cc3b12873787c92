using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CivicSense.Node.Tests.References;

/// <summary>A real web server on a loopback port of its own, that answers as the test says.</summary>
sealed class StationServer : IAsyncDisposable
{
    readonly WebApplication application;

    StationServer(WebApplication application) => this.application = application;

    /// <summary>What is answered; the argument is the number of the request, from 1.</summary>
    public required Func<HttpContext, int, Task> Answer { get; set; }

    public int Requests { get; private set; }

    public Uri Address => new(application.Urls.First() + "/hours.csv?key=secret");

    public static async Task<StationServer> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var built = builder.Build();
        var server = new StationServer(built) { Answer = answer };
        built.Run(context => server.Answer(context, ++server.Requests));
        await built.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await application.StopAsync(atOnce.Token);
        await application.DisposeAsync();
    }
}
