using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>Lets a test ask the public face without a socket: the whole pipeline, and answers as text.</summary>
sealed class MemoryServer : IServer
{
    Func<IFeatureCollection, Task> process = static _ => throw new InvalidOperationException("The server has not started.");

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        process = async features =>
        {
            var context = application.CreateContext(features);
            await application.ProcessRequestAsync(context);
            await features.GetRequiredFeature<Response>().StartAsync();
            application.DisposeContext(context, null);
        };
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The status, the headers and the body of an answer.</summary>
    public async Task<string> GetAsync(string address, string accept)
    {
        var parts = address.Split('?', 2);
        using var body = new MemoryStream();
        var request = new HttpRequestFeature
        {
            Method = "GET",
            Scheme = "http",
            Protocol = "HTTP/1.1",
            Path = parts[0],
            QueryString = parts.Length > 1 ? "?" + parts[1] : "",
            RawTarget = address,
        };
        request.Headers.Host = "node.test";
        request.Headers.Accept = accept;
        var response = new Response();
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(request);
        features.Set<IHttpResponseFeature>(response);
        features.Set(response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(body));
        await process(features);
        var headers = response.Headers.OrderBy(header => header.Key, StringComparer.Ordinal)
            .Select(header => $"{header.Key}: {header.Value}");
        return $"{response.StatusCode}\n{string.Join('\n', headers)}\n\n{Encoding.UTF8.GetString(body.ToArray())}";
    }

    public void Dispose()
    {
        // Nothing was opened.
    }

    /// <summary>Headers may still be added when the answer begins, and here that is only when it is read.</summary>
    sealed class Response : HttpResponseFeature
    {
        readonly Stack<(Func<object, Task> Callback, object State)> starting = new();

        public override void OnStarting(Func<object, Task> callback, object state) => starting.Push((callback, state));

        public async Task StartAsync()
        {
            while (starting.TryPop(out var next))
                await next.Callback(next.State);
        }
    }
}
