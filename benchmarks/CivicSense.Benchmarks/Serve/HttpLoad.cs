using System.Collections.Concurrent;
using System.Net;

namespace CivicSense.Benchmarks.Serve;

/// <summary>One request.</summary>
/// <param name="Address">Path and query.</param>
/// <param name="Tag">The entity tag of what the client holds; null for nothing.</param>
readonly record struct Asked(string Address, string? Tag = null);

/// <summary>
/// Sends requests at fixed times, whether or not those before have been answered, and takes gzip. A latency counts from when the request
/// should have been sent to the last byte of its answer, so that a stall of a second shows in all the requests of that second.
/// </summary>
sealed class HttpLoad : IDisposable
{
    readonly int rate;
    readonly HttpMessageInvoker client;
    readonly Uri address;

    public HttpLoad(Uri address, int rate)
    {
        (this.address, this.rate) = (address, rate);
        client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None, UseCookies = false, UseProxy = false, AllowAutoRedirect = false,
            MaxConnectionsPerServer = 128,
        });
    }

    public async Task<string> TagAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(new Asked(path), cancellationToken);
        return answer.Headers.ETag?.ToString()
            ?? throw new InvalidOperationException($"{path}: {answer.StatusCode} without an entity tag.");
    }

    public async Task<LoadResult> RunAsync(TimeSpan length, Func<Asked> ask, CancellationToken cancellationToken)
    {
        var count = (int)(length.TotalSeconds * rate);
        var result = new LoadResult(count);
        var running = new ConcurrentBag<Task>();
        var began = TimeProvider.System.GetTimestamp();
        // A thread of its own: a timer of the pool would wait behind the answers. That it sleeps up to a millisecond too long counts, too.
        var pacing = new Thread(() =>
        {
            for (var i = 0; i < count; i++)
            {
                var due = TimeSpan.FromSeconds((double)i / rate);
                while (TimeProvider.System.GetElapsedTime(began) < due)
                    Thread.Sleep(1);
                running.Add(OneAsync(i, due, ask()));
            }
        });
        pacing.Start();
        await Task.Run(pacing.Join, cancellationToken);
        await Task.WhenAll(running);
        return result;

        async Task OneAsync(int number, TimeSpan due, Asked asked)
        {
            await Task.Yield();
            try
            {
                using var answer = await SendAsync(asked, cancellationToken);
                var bytes = (await answer.Content.ReadAsByteArrayAsync(cancellationToken)).Length;
                result.Note(
                    number, TimeProvider.System.GetElapsedTime(began) - due, bytes,
                    answer.StatusCode == (asked.Tag is null ? HttpStatusCode.OK : HttpStatusCode.NotModified));
            }
            catch (HttpRequestException)
            {
                result.Note(number, TimeProvider.System.GetElapsedTime(began) - due, 0, isRight: false);
            }
        }
    }

    public void Dispose() => client.Dispose();

    Task<HttpResponseMessage> SendAsync(Asked asked, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, asked.Address));
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        if (asked.Tag is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", asked.Tag);
        return client.SendAsync(request, cancellationToken);
    }
}

/// <summary>What came of the requests.</summary>
sealed class LoadResult(int count)
{
    readonly double[] milliseconds = new double[count];
    bool isSorted;
    long bytes;
    int errors;

    public int Count => count;

    public long Bytes => bytes;

    public int Errors => errors;

    public void Note(int number, TimeSpan latency, int length, bool isRight)
    {
        milliseconds[number] = latency.TotalMilliseconds;
        Interlocked.Add(ref bytes, length);
        if (!isRight)
            Interlocked.Increment(ref errors);
    }

    /// <summary>The latency in milliseconds that this percentage of all requests stays within.</summary>
    public double Percentile(double percentage)
    {
        if (!isSorted)
            Array.Sort(milliseconds);
        isSorted = true;
        return milliseconds[Math.Clamp((int)Math.Ceiling(count * percentage / 100) - 1, 0, count - 1)];
    }
}
