using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace CivicSense.OpenData;

/// <summary>How long one request may take: the node to begin its answer, and the reader to take it.</summary>
/// <remarks>
/// Until the answer has begun, what works on it sees <see cref="HttpContext.RequestAborted"/> when the time is over, and the client is told
/// to come again. After that the connection is cut, so that nobody takes half an answer for the whole. Kestrel's own bound is a pace, 240
/// bytes a second, and would let an answer of a page's size take hours.
/// </remarks>
sealed class AnswerDeadline : IHttpRequestTimeoutFeature, IDisposable
{
    /// <summary>Until an answer begins. What the node does for one is bounded in rows too; this is for a node that is overloaded.</summary>
    public static readonly TimeSpan LongestWork = TimeSpan.FromSeconds(20);

    /// <summary>
    /// From then on, for all that is made in memory: the largest page, 10,000 entries of the ledger, is 8 MB, or 13 kB a second.
    /// </summary>
    public static readonly TimeSpan LongestReading = TimeSpan.FromMinutes(10);

    /// <summary>When to come again where the node was too slow.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    readonly HttpContext context;
    readonly CancellationToken disconnected;
    readonly CancellationTokenSource over;
    readonly CancellationTokenSource ended;
    readonly CancellationTokenRegistration cut;
    TimeSpan reading = LongestReading;
    bool isDisabled;

    /// <summary>Starts the time of a request.</summary>
    public AnswerDeadline(HttpContext context, TimeProvider time)
    {
        (this.context, disconnected) = (context, context.RequestAborted);
        over = new CancellationTokenSource(LongestWork, time);
        ended = CancellationTokenSource.CreateLinkedTokenSource(disconnected, over.Token);
        cut = over.Token.UnsafeRegister(static state => ((AnswerDeadline)state!).CutIfBegun(), this);
        context.RequestAborted = ended.Token;
        context.Features.Set(this);
        context.Features.Set<IHttpRequestTimeoutFeature>(this);
        context.Response.OnStarting(static state => ((AnswerDeadline)state).Begin(), this);
    }

    /// <summary>Why a request ends whose time was over before its answer began; null where that is not so.</summary>
    public static ProblemException? Problem(HttpContext context)
    {
        if (context.Features.Get<AnswerDeadline>() is not { over.IsCancellationRequested: true } deadline || context.Response.HasStarted)
            return null;
        // This short answer is still wanted.
        context.RequestAborted = deadline.disconnected;
        return new ProblemException(
            StatusCodes.Status503ServiceUnavailable, "The node is too busy to answer this in time. Try again later, or ask for less.")
        {
            RetryAfter = Pause,
        };
    }

    /// <summary>Gives the reader of this answer another time than <see cref="LongestReading"/>. To be called before it begins.</summary>
    public static void Allow(HttpContext context, TimeSpan reading) =>
        context.Features.GetRequiredFeature<AnswerDeadline>().reading = reading;

    CancellationToken IHttpRequestTimeoutFeature.RequestTimeoutToken => over.Token;

    /// <summary>For a connection that becomes something else, with bounds of its own.</summary>
    void IHttpRequestTimeoutFeature.DisableTimeout()
    {
        isDisabled = true;
        over.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the time. What was left unanswered gets no empty answer.</summary>
    public void Dispose()
    {
        // An answer without a body begins after this.
        isDisabled = true;
        cut.Dispose();
        if (over.IsCancellationRequested && !context.Response.HasStarted) context.Abort();
        context.RequestAborted = disconnected;
        ended.Dispose();
        over.Dispose();
    }

    Task Begin()
    {
        if (!isDisabled) over.CancelAfter(reading);
        return Task.CompletedTask;
    }

    void CutIfBegun()
    {
        if (context.Response.HasStarted) context.Abort();
    }
}

/// <summary>Puts an <see cref="AnswerDeadline"/> around each request.</summary>
sealed class AnswerDeadlineMiddleware(RequestDelegate next, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        using var deadline = new AnswerDeadline(context, time);
        await next(context);
    }
}
