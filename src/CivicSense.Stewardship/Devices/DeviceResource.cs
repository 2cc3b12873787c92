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

    readonly DevicePage page = new(options);

    /// <summary>Answers a request of any method.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await DecideAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
        catch (VaultUnavailableException)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "Not available now",
                "The node cannot read its data at the moment. Try again in a minute.");
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            // The message or the stack of an unexpected error could hold anything.
            logger.PageFailed(exception.GetType().Name);
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, "Something went wrong", "The node failed to answer.");
        }
    }

    Task DecideAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "Read only", "This page is read only: use GET or HEAD.");
        }
        // Before the question for the secret, which would be sent in the clear.
        if (!options.AllowPlainHttp && !Transport.IsConfidential(context))
        {
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "Not over an open connection",
                "This page shows what one household measures, so it is only served over an encrypted connection. "
                + "Use the address with https. If there is none, ask your steward to give the node a certificate "
                + "(http.certificate in its settings, see docs/steward.md).");
        }
        return BasicCredentials.Read(context.Request.Headers.Authorization) is { } credentials
            ? AnswerAsync(context, credentials)
            : ChallengeAsync(context);
    }

    async Task AnswerAsync(HttpContext context, BasicCredentials credentials)
    {
        var decision = await signIn.SignInAsync(credentials, Transport.NetworkOf(context), context.RequestAborted);
        if (!decision.MayTryAgainNow)
        {
            context.Response.Headers.RetryAfter = "60";
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "Too many attempts", "Wait a minute, then try again.");
        }
        else if (decision.Device is null)
        {
            await ChallengeAsync(context);
        }
        else if (await report.ReadAsync(decision.Device, context.RequestAborted) is var view && PageNegotiation.WantsPage(context.Request))
        {
            await PrivateAnswer.WritePageAsync(context, page.Draw(view));
        }
        else
        {
            await PrivateAnswer.WriteJsonAsync(context, view);
        }
    }

    Task ChallengeAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"My device\", charset=\"UTF-8\"";
        return RefuseAsync(context, StatusCodes.Status401Unauthorized, "Sign in",
            "Give the name of your device as user name, and its secret as password: both were shown when it was enrolled.");
    }

    Task RefuseAsync(HttpContext context, int status, string title, string detail)
    {
        context.Response.StatusCode = status;
        if (!PageNegotiation.WantsPage(context.Request))
            return PrivateAnswer.WriteProblemAsync(context, title, detail);
        var main = new HtmlContentBuilder().Add($"<h1>{title}</h1><p>{detail}</p>");
        return PrivateAnswer.WritePageAsync(context, PageFrame.Around(options, title, main));
    }
}
