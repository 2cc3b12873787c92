using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace CivicSense.Stewardship;

/// <summary>Writes an answer that concerns one person only: nobody keeps it, frames it or passes it on.</summary>
static class PrivateAnswer
{
    // Nothing but the node's own style sheet and icon; no script at all.
    const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <remarks>The relaxed encoder is safe: these documents are never put into HTML, and are served with their type and nosniff.</remarks>
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Answers with a document of JSON.</summary>
    public static Task WriteJsonAsync<T>(PrivateRequest request, T document) =>
        WriteAsync(request, JsonSerializer.SerializeToUtf8Bytes(document, Json), "application/json; charset=utf-8");

    /// <summary>Answers with a page.</summary>
    public static Task WritePageAsync(PrivateRequest request, string page) =>
        WriteAsync(request, Encoding.UTF8.GetBytes(page), "text/html; charset=utf-8");

    /// <summary>Answers with problem details (RFC 9457).</summary>
    public static Task WriteProblemAsync(PrivateRequest request, string title, string detail) => WriteAsync(
        request,
        JsonSerializer.SerializeToUtf8Bytes(
            new { type = "about:blank", title, status = request.Context.Response.StatusCode, detail }, Json),
        "application/problem+json; charset=utf-8");

    static Task WriteAsync(PrivateRequest request, byte[] body, string contentType)
    {
        var context = request.Context;
        var response = context.Response;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.Vary = request.VariesByLanguage ? "Accept, Accept-Language, Authorization" : "Accept, Authorization";
        headers.ContentLanguage = request.Words.Language.Code;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["X-Robots-Tag"] = "noindex";
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
