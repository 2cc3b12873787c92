using System.Text;
using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary>What a person with a browser sees instead of problem details.</summary>
static class ProblemPage
{
    public static Task WriteAsync(HttpContext context, ProblemException problem)
    {
        var path = context.Request.Path;
        var request = new PageRequest(context,
            LanguageCatalogue.All.FirstOrDefault(
                language => path.StartsWithSegments("/" + language.Code, StringComparison.OrdinalIgnoreCase)))
        {
            // Nothing may be there in another language either.
            IsTranslated = false,
        };
        var words = request.Words;
        var status = LanguageCatalogue.Original.Has($"problem.{problem.Status}.title") ? problem.Status : problem.Status < 500 ? 400 : 500;
        var title = words[$"problem.{status}.title"];
        var main = new Html()
            .Append($"<h1>{title}</h1><p>{(problem.IsInPageLanguage ? problem.Message : words[$"problem.{status}.text"])}</p>");
        main.Append($"<p><a href=\"{request.Link("/")}\">{words["problem.home"]}</a></p>");
        var body = Encoding.UTF8.GetBytes(PageFrame.Around(request, "", title, main).ToString());
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentLanguage = words.Language.Code;
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
