using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CivicSense.Stewardship;

/// <summary><c>/my/device</c>: one device, for whoever has its name and secret. A page or JSON.</summary>
sealed class DeviceResource(DeviceSignIn signIn, DeviceReport report, StewardshipOptions options, ILogger<DeviceResource> logger)
{
    /// <summary>The address. The device is named by who signs in, never by the address.</summary>
    public const string Path = "/my/device";

    /// <summary>Answers a request of any method.</summary>
    /// <param name="context">The request.</param>
    /// <param name="language">The language of its address; null where that has none.</param>
    public async Task AnswerAsync(HttpContext context, Language? language)
    {
        var request = new PrivateRequest(context, options, language);
        try
        {
            await DecideAsync(request);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
        catch (VaultUnavailableException)
        {
            await RefuseAsync(request, StatusCodes.Status503ServiceUnavailable, "unavailable");
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            // The message or the stack of an unexpected error could hold anything.
            logger.PageFailed(exception.GetType().Name);
            await RefuseAsync(request, StatusCodes.Status500InternalServerError, "failed");
        }
    }

    Task DecideAsync(PrivateRequest request)
    {
        var context = request.Context;
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return RefuseAsync(request, StatusCodes.Status405MethodNotAllowed, "readOnly");
        }
        // Before the question for the secret, which would be sent in the clear.
        if (!options.AllowPlainHttp && !Transport.IsConfidential(context))
            return RefuseAsync(request, StatusCodes.Status403Forbidden, "open");
        return BasicCredentials.Read(context.Request.Headers.Authorization) is { } credentials
            ? AnswerAsync(request, credentials)
            : ChallengeAsync(request);
    }

    async Task AnswerAsync(PrivateRequest request, BasicCredentials credentials)
    {
        var context = request.Context;
        var decision = await signIn.SignInAsync(credentials, Transport.NetworkOf(context), context.RequestAborted);
        if (!decision.MayTryAgainNow)
        {
            context.Response.Headers.RetryAfter = "60";
            await RefuseAsync(request, StatusCodes.Status429TooManyRequests, "paced");
        }
        else if (decision.Device is null)
        {
            await ChallengeAsync(request);
        }
        else if (await report.ReadAsync(decision.Device, request.Words, context.RequestAborted) is var view
            && PageNegotiation.WantsPage(context.Request))
        {
            await PrivateAnswer.WritePageAsync(request, new DevicePage(request, options).Draw(view));
        }
        else
        {
            await PrivateAnswer.WriteJsonAsync(request, view);
        }
    }

    Task ChallengeAsync(PrivateRequest request)
    {
        // In one language: a browser knows by it that the secret it was given is meant.
        request.Context.Response.Headers.WWWAuthenticate = "Basic realm=\"My device\", charset=\"UTF-8\"";
        return RefuseAsync(request, StatusCodes.Status401Unauthorized, "signIn");
    }

    Task RefuseAsync(PrivateRequest request, int status, string problem)
    {
        var (title, detail) = (request.Words[$"device.problem.{problem}.title"], request.Words[$"device.problem.{problem}.text"]);
        request.Context.Response.StatusCode = status;
        if (!PageNegotiation.WantsPage(request.Context.Request))
            return PrivateAnswer.WriteProblemAsync(request, title, detail);
        var main = new HtmlContentBuilder().Add($"<h1>{title}</h1><p>{detail}</p>");
        return PrivateAnswer.WritePageAsync(request, PageFrame.Around(request, options, title, main));
    }
}
