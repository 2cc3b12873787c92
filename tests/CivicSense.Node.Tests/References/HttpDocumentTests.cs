using System.Net;
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
            if (context.Request.Headers.IfNoneMatch == "\"7\"" && context.Request.Headers.IfModifiedSince == "Sun, 22 Nov 2026 13:00:00 GMT")
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
        Uri address;
        await using (var server = await StationServer.StartAsync((_, _) => Task.CompletedTask))
            address = server.Address;
        Assert.Equal("The server cannot be reached.", await RefusalAsync(address));
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
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
    public async Task A_redirect_is_followed_within_the_scheme_and_not_out_of_it()
    {
        await using var server = await StationServer.StartAsync(async (context, _) =>
        {
            switch (context.Request.Path.Value)
            {
                case "/hours.csv":
                    context.Response.Redirect("/moved.csv");
                    break;
                case "/round.csv":
                    context.Response.Redirect("/round.csv");
                    break;
                case "/out.csv":
                    context.Response.Redirect("ftp://127.0.0.1/hours.csv?key=secret");
                    break;
                case "/tls.csv":
                    context.Response.Redirect("https://127.0.0.1/hours.csv");
                    break;
                default:
                    await context.Response.WriteAsync("moved");
                    break;
            }
        });

        Assert.Equal("moved", await ReadAsync(new HttpDocument(server.Address, client, TimeProvider.System)));
        Assert.Contains("begins with ftp:, not http:", await RefusalAsync(new Uri(server.Address, "/out.csv")), StringComparison.Ordinal);
        Assert.Contains("begins with https:, not http:", await RefusalAsync(new Uri(server.Address, "/tls.csv")), StringComparison.Ordinal);
        Assert.Contains("more than 5 times", await RefusalAsync(new Uri(server.Address, "/round.csv")), StringComparison.Ordinal);
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
}
