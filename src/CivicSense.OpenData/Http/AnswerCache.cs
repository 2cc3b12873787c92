using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace CivicSense.OpenData;

/// <summary>
/// Keeps answers as they are sent, compressed and with their entity tags, until something public changes: between two releases everybody
/// who asks the same gets the same bytes. Thread-safe.
/// </summary>
/// <remarks>
/// Only for answers that depend on nothing but the commons, the options, the program and what is in the key. An answer that is put together
/// from several queries while a release is committed is put together again.
/// </remarks>
sealed class AnswerCache(IResponseCompressionProvider compression) : IDisposable
{
    /// <summary>
    /// What all answers together may take, in bytes. The newest month of 500 areas and 4 quantities takes 46 MB, compressed.
    /// </summary>
    public const int Capacity = 64 << 20;

    /// <summary>A longer address or answer is not worth a place.</summary>
    public const int LongestKey = 1_000;

    const int LongestBody = Capacity / 8;
    const int Attempts = 3;

    // What an entry takes beside its text and its body, roughly.
    const int Overhead = 1_000;

    readonly MemoryCache kept = new(new MemoryCacheOptions { SizeLimit = Capacity });
    readonly ConcurrentDictionary<string, TaskCompletionSource<Kept?>> beingMade = new(StringComparer.Ordinal);
    volatile string? newest;

    sealed record Kept(PublicResult Answer, KeyValuePair<string, StringValues>[] Headers);

    /// <summary>Answers from memory, or with what <paramref name="answer"/> makes.</summary>
    /// <param name="context">The request.</param>
    /// <param name="variant">What the answer depends on beside its address: the form or language, and the time as exactly as it
    /// does.</param>
    /// <param name="answer">Makes the answer. It may be called again, and sets headers of the response to the same each time.</param>
    public async Task<IResult> GetAsync(HttpContext context, string variant, Func<ValueTask<IResult>> answer)
    {
        var commons = context.RequestServices.GetRequiredService<ICommons>();
        var asked = Describe(context.Request, variant);
        if (asked.Length > LongestKey
            || NamesPlace(context.Request) || await commons.ReadVersionAsync(context.RequestAborted) is not { } version)
            return await answer();
        // The answers of the version before will not be asked for again.
        if (newest != version)
        {
            newest = version;
            kept.Clear();
        }
        var encoder = HttpMethods.IsHead(context.Request.Method) ? null : compression.GetCompressionProvider(context);
        var key = $"{version}\n{encoder?.EncodingName}\n{asked}";
        if (kept.TryGetValue<Kept>(key, out var known))
            return Serve(known!, context);

        var mine = new TaskCompletionSource<Kept?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = beingMade.GetOrAdd(key, mine);
        if (first != mine)
        {
            // Somebody makes it just now. Where that comes to nothing, it may be for a reason of theirs.
            return await first.Task.WaitAsync(context.RequestAborted) is { } made ? Serve(made, context) : await answer();
        }
        Kept? result = null;
        try
        {
            var (fresh, isSettled) = await MakeAsync(commons, version, answer, context.RequestAborted);
            if (fresh is not PublicResult { StatusCode: StatusCodes.Status200OK } whole)
                return fresh;
            result = new Kept(Encode(whole, encoder, context), [.. context.Response.Headers]);
            if (isSettled && result.Answer.Body.Length <= LongestBody)
                kept.Set(key, result, new MemoryCacheEntryOptions { Size = result.Answer.Body.Length + 2 * key.Length + Overhead });
            return result.Answer;
        }
        finally
        {
            beingMade.TryRemove(new(key, mine));
            mine.SetResult(result);
        }
    }

    public void Dispose() => kept.Dispose();

    static string Describe(HttpRequest request, string variant) =>
        $"{variant}\n{request.Scheme}://{request.Host}{request.PathBase.ToUriComponent()}{request.Path.ToUriComponent()}"
        + request.QueryString.Value;

    /// <summary>Where somebody is, perhaps: that is not kept, neither here nor on the way.</summary>
    public static bool NamesPlace(HttpRequest request) =>
        request.Query.ContainsKey("place") || request.Query.ContainsKey(QueryParameter.Point.Name);

    /// <summary>Makes an answer of one version, if changes leave time for it.</summary>
    static async Task<(IResult Answer, bool IsSettled)> MakeAsync(
        ICommons commons, string version, Func<ValueTask<IResult>> answer, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var made = await answer();
            var after = await commons.ReadVersionAsync(cancellationToken);
            if (after == version)
                return (made, attempt == 1);
            if (attempt == Attempts)
                return (made, false);
            version = after ?? "";
        }
    }

    static PublicResult Serve(Kept known, HttpContext context)
    {
        foreach (var (name, value) in known.Headers)
            context.Response.Headers[name] = value;
        return known.Answer;
    }

    PublicResult Encode(PublicResult whole, ICompressionProvider? encoder, HttpContext context)
    {
        if (encoder is null)
            return whole;
        context.Response.ContentType = whole.ContentType;
        var isCompressible = compression.ShouldCompressResponse(context);
        context.Response.Headers.Remove("Content-Type");
        if (!isCompressible)
            return whole;
        using var coded = new MemoryStream();
        using (var stream = encoder.CreateStream(coded))
            stream.Write(whole.Body.Span);
        var answer = whole.As(encoder.EncodingName, coded.ToArray());
        whole.Return();
        return answer;
    }
}
