using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary>
/// Answers with a list to its end: what saves a file does not follow the link to a next page. Thread-safe.
/// </summary>
/// <remarks>
/// The pages are read one after another, each when the one before is on its way, so that a list takes no more memory than a page. Only so
/// many are read at a time. Where a list cannot be finished the connection is cut: the client sees that its file is not whole.
/// </remarks>
sealed class WholeLists : IDisposable
{
    /// <summary>Lists that are read at a time.</summary>
    public const int MostAtOnce = 4;

    /// <summary>Pages of a list: 5 million rows. More than that is in the data sets, month by month.</summary>
    public const int MostPages = 500;

    static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    readonly SemaphoreSlim places = new(MostAtOnce);

    /// <summary>Answers with all pages together.</summary>
    /// <param name="request">Asks for the first page.</param>
    /// <param name="page">Makes a page.</param>
    public async ValueTask<IResult> AnswerAsync(ResourceRequest request, Func<ResourceRequest, ValueTask<IResult>> page)
    {
        if (!await places.WaitAsync(0, request.Aborted)) throw Busy();
        try
        {
            // What fits into a page, or is no list at all, is answered as ever.
            var first = await page(request);
            return first is PublicResult { NextCursor: not null } part ? new Answer(this, part, request, page) : first;
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose() => places.Dispose();

    static ProblemException Busy() => new(
        StatusCodes.Status503ServiceUnavailable, "Others are reading whole lists at the moment. Come again, or read page by page.")
    {
        RetryAfter = Pause,
    };

    sealed class Answer(
        WholeLists owner, PublicResult first, ResourceRequest request, Func<ResourceRequest, ValueTask<IResult>> page) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            if (!await owner.places.WaitAsync(0, httpContext.RequestAborted)) throw Busy();
            try
            {
                var response = httpContext.Response;
                response.Headers.CacheControl = first.CacheControl;
                response.Headers.Append("Vary", "Accept, Accept-Encoding");
                response.ContentType = first.ContentType;
                if (!HttpMethods.IsHead(httpContext.Request.Method)) await WriteAsync(httpContext);
            }
            catch when (httpContext.Response.HasStarted)
            {
                httpContext.Abort();
                throw;
            }
            finally
            {
                owner.places.Release();
            }
        }

        async Task WriteAsync(HttpContext context)
        {
            var part = first;
            for (var pages = 1; ; pages++)
            {
                await context.Response.Body.WriteAsync(pages == 1 ? part.Body : WithoutHeader(part.Body), context.RequestAborted);
                part.Return();
                if (part.NextCursor is not { } next) return;
                if (pages == MostPages)
                {
                    context.Abort();
                    return;
                }
                part = (PublicResult)await page(request.At(next));
            }
        }

        /// <summary>The names of the columns stand at the beginning of the file only.</summary>
        ReadOnlyMemory<byte> WithoutHeader(ReadOnlyMemory<byte> body) =>
            request.Format == Format.Csv ? body[(body.Span.IndexOf((byte)'\n') + 1)..] : body;
    }
}
