using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>
/// Answers with a list to its end: what saves a file does not follow the link to a next page. Thread-safe.
/// </summary>
/// <remarks>
/// The pages are read one after another, each when the one before is on its way, so that a list takes no more memory than a page. Only so
/// many are read at a time, and for so long. Where a list cannot be finished the connection is cut: the client sees that its file is not
/// whole.
/// </remarks>
sealed class WholeLists(IOptions<OpenDataOptions> options) : IDisposable
{
    /// <summary>Lists that are read at a time.</summary>
    public const int MostAtOnce = 4;

    /// <summary>
    /// Lists of those that one address reads, so that nobody keeps the others out. Not where all addresses are a proxy's, which is where
    /// <see cref="OpenDataOptions.RequestsPerSecond"/> is 0.
    /// </summary>
    public const int MostOfOneAddress = 2;

    /// <summary>Pages of a list: 5 million rows. More than that is in the data sets, month by month.</summary>
    public const int MostPages = 500;

    /// <summary>
    /// From the first page to the last: 5 million rows of CSV are 820 MB, which is 4 Mbit a second, and less where they are compressed.
    /// </summary>
    public static readonly TimeSpan LongestReading = TimeSpan.FromMinutes(30);

    static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    readonly SemaphoreSlim making = new(1);
    readonly AddressShares places = new(MostAtOnce, options.Value.RequestsPerSecond == 0 ? MostAtOnce : MostOfOneAddress);

    /// <summary>Answers with all pages together.</summary>
    /// <param name="request">Asks for the first page.</param>
    /// <param name="page">Makes a page.</param>
    public async ValueTask<IResult> AnswerAsync(ResourceRequest request, Func<ResourceRequest, ValueTask<IResult>> page)
    {
        if (!places.TryTake(request.Address)) throw Busy();
        try
        {
            // What fits into a page, or is no list at all, is answered as ever.
            var first = await page(request);
            return first is PublicResult { NextCursor: not null } part ? new Answer(this, part, request, page) : first;
        }
        finally
        {
            places.Return(request.Address);
        }
    }

    public void Dispose() => making.Dispose();

    static ProblemException Busy() => new(
        StatusCodes.Status503ServiceUnavailable,
        "As many whole lists are being read as can be at a time, or as one address may read. Come again, or read page by page.")
    {
        RetryAfter = Pause,
    };

    sealed class Answer(
        WholeLists owner, PublicResult first, ResourceRequest request, Func<ResourceRequest, ValueTask<IResult>> page) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            if (!owner.places.TryTake(request.Address)) throw Busy();
            try
            {
                AnswerDeadline.Allow(httpContext, LongestReading);
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
                owner.places.Return(request.Address);
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
                part = (PublicResult)await MakeAsync(next, context.RequestAborted);
            }
        }

        /// <summary>
        /// One page of all lists is made at a time. Readers on fast lines would otherwise have all processors, and visitors would wait.
        /// </summary>
        async ValueTask<IResult> MakeAsync(string cursor, CancellationToken cancellationToken)
        {
            await owner.making.WaitAsync(cancellationToken);
            try
            {
                return await page(request.At(cursor));
            }
            finally
            {
                owner.making.Release();
            }
        }

        /// <summary>The names of the columns stand at the beginning of the file only.</summary>
        ReadOnlyMemory<byte> WithoutHeader(ReadOnlyMemory<byte> body) =>
            request.Format == Format.Csv ? body[(body.Span.IndexOf((byte)'\n') + 1)..] : body;
    }
}
