using System.Net;
using System.Net.Sockets;
using CivicSense.Node.References;
using Microsoft.AspNetCore.Http;

namespace CivicSense.Node.Tests.References;

public sealed class HttpDocumentTests : IDisposable
{
    readonly HttpClient client = HttpDocument.CreateClient();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task A_document_that_has_not_changed_is_not_sent_again()
    {
        await using var server = await StationServer.StartAsync(async (context, _) =>
        {
            context.Response.Headers.ETag = "\"7\"";
            context.Response.Headers.LastModified = "Sun, 22 Nov 2026 13:00:00 GMT";
            if (context.Request.Headers.IfNoneMatch == "\"7\""
                && context.Request.Headers.IfModifiedSince == "Sun, 22 Nov 2026 13:00:00 GMT")
                context.Response.StatusCode = StatusCodes.Status304NotModified;
            else
                await context.Response.WriteAsync("time,pm");
        });
        var document = new HttpDocument(server.Address, client, TimeProvider.System);

        Assert.Equal("time,pm", await ReadAsync(document));
        Assert.Null(await ReadAsync(document));
        document.Forget();
        Assert.Equal("time,pm", await ReadAsync(document));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Unauthorized)]
    public async Task A_refusal_is_told_by_its_number(HttpStatusCode status)
    {
        await using var server = await StationServer.StartAsync((context, _) =>
        {
            context.Response.StatusCode = (int)status;
            return Task.CompletedTask;
        });
        Assert.Equal($"The server answered with HTTP {(int)status}.", await RefusalAsync(server.Address));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_without_the_address()
    {
        // Bound, so that nobody else can listen on it, and not listening.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Equal("The server cannot be reached.", await RefusalAsync(new Uri($"http://{taken.LocalEndPoint}/hours.csv?key=secret")));
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_given_up()
    {
        await using var server = await StationServer.StartAsync(async (context, _) =>
        {
            var megabyte = new byte[1024 * 1024];
            for (var written = 0; written <= HttpDocument.LargestSize; written += megabyte.Length)
                await context.Response.Body.WriteAsync(megabyte, context.RequestAborted);
        });
        Assert.Equal("The answer is larger than 8 MB. Ask for fewer days.", await RefusalAsync(server.Address));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_does_not_end_is_given_up_after_the_time_limit(bool begins)
    {
        var time = new ManualTimeProvider();
        await using var server = await StationServer.StartAsync(async (context, _) =>
        {
            if (begins)
            {
                await context.Response.WriteAsync("time,pm\n");
                await context.Response.Body.FlushAsync();
            }
            time.Advance(HttpDocument.TimeLimit);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        Assert.Equal("There was no complete answer within 30 seconds.", await RefusalAsync(server.Address, time));
    }

    [Fact]
    public async Task Who_gives_up_waiting_is_not_told_of_an_outage()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using var server = await StationServer.StartAsync(async (context, _) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        var document = new HttpDocument(server.Address, client, TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await document.OpenAsync(stop.Token));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_no_document()
    {
        await using var server = await StationServer.StartAsync(async (context, _) =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("time,pm\n");
            context.Abort();
        });
        Assert.Matches("broke|ended", await RefusalAsync(server.Address));
    }

    [Fact]
    public async Task A_redirect_is_followed_on_the_same_server_up_to_five_times()
    {
        await using var server = await StationServer.StartAsync(async (context, _) =>
        {
            if (context.Request.Path == "/moved.csv")
                await context.Response.WriteAsync("moved");
            else
                context.Response.Redirect(context.Request.Path == "/round.csv" ? "/round.csv" : "/moved.csv");
        });

        Assert.Equal("moved", await ReadAsync(new HttpDocument(server.Address, client, TimeProvider.System)));
        Assert.Contains("more than 5 times", await RefusalAsync(new Uri(server.Address, "/round.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_port_is_another_server_and_is_not_asked()
    {
        await using var other = await StationServer.StartAsync((context, _) => context.Response.WriteAsync("other"));
        await using var server = await StationServer.StartAsync((context, _) =>
        {
            context.Response.Redirect(other.Address.ToString());
            return Task.CompletedTask;
        });

        Assert.Contains("Configure the target", await RefusalAsync(server.Address), StringComparison.Ordinal);
        Assert.Equal(0, other.Requests);
    }

    [Theory]
    [InlineData("http://air.example/a", "https://air.example/b", true)]
    [InlineData("http://air.example:8080/a", "https://AIR.example/b", true)]
    [InlineData("https://air.example/a", "https://air.example:443/b", true)]
    [InlineData("https://air.example/a", "http://air.example/b", false)]
    [InlineData("https://air.example/a", "https://air.example:8443/b", false)]
    [InlineData("http://air.example/a", "https://air.example:8443/b", false)]
    [InlineData("https://air.example/a", "https://air.example.org/b?key=secret", false)]
    [InlineData("http://air.example/a", "http://127.0.0.1/b", false)]
    [InlineData("http://air.example/a", "ftp://air.example/b", false)]
    public async Task A_redirect_may_take_up_tls_and_leaves_neither_the_host_nor_tls(string from, string to, bool isFollowed)
    {
        using var redirecting = new HttpClient(new RedirectingHandler(new Uri(to)));
        var document = new HttpDocument(new Uri(from), redirecting, TimeProvider.System);
        if (isFollowed)
        {
            Assert.Equal("moved", await ReadAsync(document));
        }
        else
        {
            var refusal = await Assert.ThrowsAsync<ReferenceSourceException>(async () => await document.OpenAsync(Cancel));
            Assert.Equal("The server sends the node on to another server, or to one without TLS. Configure the target itself.",
                refusal.Message);
        }
    }

    async Task<string> RefusalAsync(Uri address, TimeProvider? time = null)
    {
        var document = new HttpDocument(address, client, time ?? TimeProvider.System);
        var refusal = await Assert.ThrowsAsync<ReferenceSourceException>(async () => await document.OpenAsync(Cancel));
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
        return refusal.Message;
    }

    static async Task<string?> ReadAsync(HttpDocument document)
    {
        await using var stream = await document.OpenAsync(Cancel);
        return stream is null ? null : await new StreamReader(stream).ReadToEndAsync(Cancel);
    }

    /// <summary>
    /// Sends every request on to one address and answers there: servers with TLS and names of their own cannot run in a test.
    /// </summary>
    sealed class RedirectingHandler(Uri target) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = request.RequestUri == target
                ? new HttpResponseMessage { Content = new StringContent("moved") }
                : new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = target } };
            return Task.FromResult(answer);
        }
    }
}
