using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary>An answer that is complete in memory: at most a page of rows.</summary>
sealed class PublicResult(ReadOnlyMemory<byte> body, string contentType, string? tag, string cacheControl) : IResult
{
    /// <summary>For what may change with the next release.</summary>
    public const string Live = "public, max-age=60";

    /// <summary>For what has been released completely and cannot change.</summary>
    public const string Settled = "public, max-age=86400";

    /// <summary>For what is fixed for ever: what was published at an instant.</summary>
    public const string Immutable = "public, max-age=31536000, immutable";

    public string? Link { get; init; }

    public bool VariesByAccept { get; init; }

    public int StatusCode { get; init; } = StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.CacheControl = cacheControl;
        if (VariesByAccept) response.Headers.Append("Vary", "Accept");
        if (tag is not null)
        {
            response.Headers.ETag = tag;
            if (EntityTag.IsHeldBy(httpContext.Request, tag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }
        response.StatusCode = StatusCode;
        if (Link is not null) response.Headers.Link = Link;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
