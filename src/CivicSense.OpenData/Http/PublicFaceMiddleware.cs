using System.Data.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>What holds for every answer: security headers, CORS, and problem details wherever there is no other body.</summary>
sealed class PublicFaceMiddleware(RequestDelegate next, RequestPace pace, ILogger<PublicFaceMiddleware> logger)
{
    /// <summary>
    /// Nothing but this node's own files, and the pictures of the map's background where one is configured; nothing inline.
    /// </summary>
    public static string ContentSecurityPolicy(OpenDataOptions options) =>
        $"default-src 'none'; style-src 'self'; img-src 'self' data: {options.MapTileSource}; script-src 'self'; "
        + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(static state => SetHeaders((HttpContext)state), context);
        if (HttpMethods.IsOptions(context.Request.Method) && IsForOtherSites(context.Request.Path))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            context.Response.Headers.Allow = "GET, HEAD, OPTIONS";
            return;
        }

        var problem = await FindProblemAsync(context);
        if (problem is null || context.Response.HasStarted)
            return;
        if (context.Response.StatusCode != problem.Status)
            context.Response.Clear();
        if (WantsPage(context.Request))
            await ProblemPage.WriteAsync(context, problem);
        else
            await ProblemWriter.WriteAsync(context, problem);
    }

    async Task<ProblemException?> FindProblemAsync(HttpContext context)
    {
        try
        {
            // A load balancer may ask as often as it likes.
            if (!Begins(context.Request.Path, "/healthz"))
                pace.Count(context);
            await next(context);
            return Describe(context);
        }
        catch (ProblemException problem)
        {
            return problem;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return AnswerDeadline.Problem(context);
        }
        catch (BadHttpRequestException exception)
        {
            return new ProblemException(exception.StatusCode, "The request could not be read.");
        }
        catch (Exception exception) when (exception is DbException or IOException or TimeoutException or OperationCanceledException)
        {
            LogMessages.DataUnavailable(logger, exception);
            return new ProblemException(StatusCodes.Status503ServiceUnavailable, ProblemException.DataUnavailable);
        }
        catch (Exception exception)
        {
            LogMessages.RequestFailed(logger, exception);
            return new ProblemException(
                StatusCodes.Status500InternalServerError, "The node failed to answer; its steward finds the reason in the log.");
        }
    }

    /// <summary>The problem behind a status that something else in the pipeline set without a body.</summary>
    static ProblemException? Describe(HttpContext context)
    {
        var response = context.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentType is not null || response.ContentLength > 0)
            return null;
        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound =>
                ProblemException.NotFound("There is nothing at this address. The API is described at /openapi/v1.json."),
            StatusCodes.Status405MethodNotAllowed =>
                new ProblemException(response.StatusCode, "This node is read only here: use GET or HEAD."),
            var status => new ProblemException(status, "The request could not be answered."),
        };
    }

    static Task SetHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.TryAdd("Content-Security-Policy",
            ContentSecurityPolicy(context.RequestServices.GetRequiredService<IOptions<OpenDataOptions>>().Value));
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("Referrer-Policy", "no-referrer");
        // The same answer in another coding is not the same bytes (RFC 9110, section 8.8.1).
        if (headers.ContentEncoding.Count > 0 && headers.ETag is [['"', ..] strong])
            headers.ETag = "W/" + strong;
        if (IsForOtherSites(context.Request.Path))
        {
            headers.TryAdd("Access-Control-Allow-Origin", "*");
            headers.TryAdd("Access-Control-Allow-Methods", "GET, HEAD");
            headers.TryAdd("Access-Control-Allow-Headers", "Accept, If-None-Match, If-Range, Range");
            headers.TryAdd("Access-Control-Expose-Headers",
                "Accept-Ranges, Content-Length, Content-Range, ETag, Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
                    + "Retry-After");
            headers.TryAdd("Cross-Origin-Resource-Policy", "cross-origin");
        }
        return Task.CompletedTask;
    }

    // As the routes do, which answer at /API too.
    static bool IsApi(PathString path) =>
        Begins(path, "/api") || Begins(path, "/openapi") || Begins(path, "/healthz") || Begins(path, "/sta") || Begins(path, "/ogc");

    static bool Begins(PathString path, string segment) => path.StartsWithSegments(segment, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether scripts of other sites may read what is here.</summary>
    static bool IsForOtherSites(PathString path) => IsApi(path) || Begins(path, "/datasets");

    /// <summary>Whether a person with a browser is asking: only browsers name text/html.</summary>
    static bool WantsPage(HttpRequest request) =>
        !IsApi(request.Path) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Puts <see cref="PublicFaceMiddleware"/> in front of the pipeline, where also unknown paths and methods pass.</summary>
sealed class PublicFaceStartupFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        // Around the compression too, whose last bytes a reader may not take.
        app.UseMiddleware<AnswerDeadlineMiddleware>();
        // What answers a household's secret is never compressed beside it.
        app.UseWhen(
            context => !IsPrivate(context.Request.Path), branch => branch.UseResponseCompression());
        app.UseMiddleware<PublicFaceMiddleware>();
        next(app);
    };

    static bool IsPrivate(PathString path) => path.StartsWithSegments("/my", StringComparison.OrdinalIgnoreCase)
        || LanguageCatalogue.All.Any(language => path.StartsWithSegments($"/{language.Code}/my", StringComparison.OrdinalIgnoreCase));
}
