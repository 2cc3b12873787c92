using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>What a person with a browser sees instead of problem details.</summary>
static class ProblemPage
{
    public static Task WriteAsync(HttpContext context, ProblemException problem)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<OpenDataOptions>>().Value;
        var main = new Html().Append($"<h1>{problem.Title}</h1><p>{problem.Message}</p><p><a href=\"/\">To the first page</a></p>");
        var body = Encoding.UTF8.GetBytes(PageFrame.Around(options, "", problem.Title, main).ToString());
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
