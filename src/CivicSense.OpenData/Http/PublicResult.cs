using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;

namespace CivicSense.OpenData;

/// <summary>An answer that is complete in memory: at most a page of rows.</summary>
sealed class PublicResult(ReadOnlyMemory<byte> body, string contentType, string? tag, string cacheControl) : IResult
{
    readonly string? tag = tag;

    /// <summary>For what may change with the next release.</summary>
    public const string Live = "public, max-age=60";

    /// <summary>For what has been released completely and cannot change.</summary>
    public const string Settled = "public, max-age=86400";

    /// <summary>For what is fixed for ever: what was published at an instant.</summary>
    public const string Immutable = "public, max-age=31536000, immutable";

    /// <summary>For what tells where somebody is.</summary>
    const string NotKept = "no-store";

    public ReadOnlyMemory<byte> Body { get; } = body;

    public string ContentType { get; } = contentType;

    public string CacheControl { get; } = cacheControl;

    /// <summary>What the body is compressed with, by its name in HTTP; null where it is not.</summary>
    public string? Coding { get; private init; }

    public string? Link { get; init; }

    /// <summary>Where the next page of the list begins; null on the last, and for what is no list.</summary>
    public string? NextCursor { get; init; }

    public bool VariesByAccept { get; init; }

    /// <summary>Whether the body lies in an array of <see cref="ArrayPool{T}.Shared"/>.</summary>
    public bool IsRented { get; init; }

    public int StatusCode { get; init; } = StatusCodes.Status200OK;

    /// <summary>The same answer, compressed.</summary>
    /// <remarks>The same answer in another coding is not the same bytes, so the tag is a weak one (RFC 9110, section 8.8.1).</remarks>
    public PublicResult As(string coding, ReadOnlyMemory<byte> coded) =>
        new(coded, ContentType, tag is ['"', ..] ? "W/" + tag : tag, CacheControl)
        {
            Coding = coding, Link = Link, VariesByAccept = VariesByAccept, StatusCode = StatusCode,
        };

    /// <summary>
    /// Gives a rented array back. This answer must not be used any more; without it, the array is collected like any other.
    /// </summary>
    public void Return()
    {
        if (IsRented && MemoryMarshal.TryGetArray(Body, out var rented))
            ArrayPool<byte>.Shared.Return(rented.Array!);
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.CacheControl = AnswerCache.NamesPlace(httpContext.Request) ? NotKept : CacheControl;
        if (VariesByAccept) response.Headers.Append("Vary", "Accept");
        response.Headers.Append("Vary", "Accept-Encoding");
        if (tag is not null)
        {
            response.Headers.ETag = tag;
            if (EntityTag.IsHeldBy(httpContext.Request, tag))
            {
                // The compression gives a tag only to what has a body, and a 304 has that of its 200 (RFC 9110, section 15.4.5).
                if (tag is ['"', ..] && IsCompressedOnItsWay(httpContext)) response.Headers.ETag = "W/" + tag;
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }
        response.StatusCode = StatusCode;
        if (Link is not null) response.Headers.Link = Link;
        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        if (Coding is not null) response.Headers.ContentEncoding = Coding;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await httpContext.RequestServices.GetRequiredService<AnswerRoom>().SendAsync(httpContext, Body);
    }

    bool IsCompressedOnItsWay(HttpContext context)
    {
        var compression = context.RequestServices.GetRequiredService<IResponseCompressionProvider>();
        if (HttpMethods.IsHead(context.Request.Method) || !compression.CheckRequestAcceptsCompression(context))
            return false;
        context.Response.ContentType = ContentType;
        var isCompressed = compression.ShouldCompressResponse(context) && compression.GetCompressionProvider(context) is not null;
        context.Response.Headers.Remove("Content-Type");
        return isCompressed;
    }
}
