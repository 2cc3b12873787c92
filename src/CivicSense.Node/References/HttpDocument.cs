using System.Net;
using System.Net.Http.Headers;

namespace CivicSense.Node.References;

/// <summary>A document fetched over HTTP, with a limit on time and size. The address, which may hold a key, stands in no message.</summary>
/// <param name="address">Where it is, <c>http</c> or <c>https</c>.</param>
/// <param name="client">A client of <see cref="CreateClient"/>.</param>
/// <param name="time">The clock of the time limit.</param>
sealed class HttpDocument(Uri address, HttpClient client, TimeProvider time) : IReferenceDocument
{
    /// <summary>How long the whole answer may take.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    /// <summary>The largest document, after decompression: ten years of hourly values of several quantities.</summary>
    public const int LargestSize = 8 * 1024 * 1024;

    const int MostRedirects = 5;

    const string Broken = "The connection broke, or the answer was damaged.";

    EntityTagHeaderValue? tag;
    DateTimeOffset? modified;

    /// <summary>A client that follows nothing by itself and keeps no cookies.</summary>
    public static HttpClient CreateClient()
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(15),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("CivicSense");
        client.DefaultRequestHeaders.Accept.ParseAdd("text/csv, text/plain;q=0.9, */*;q=0.1");
        return client;
    }

    public async ValueTask<Stream?> OpenAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await FetchAsync(either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ReferenceSourceException($"There was no complete answer within {TimeLimit.TotalSeconds} seconds.", exception);
        }
        catch (HttpRequestException exception)
        {
            throw new ReferenceSourceException(Explain(exception.HttpRequestError), exception);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw new ReferenceSourceException(Broken, exception);
        }
    }

    public void Forget() => (tag, modified) = (null, null);

    async Task<Stream?> FetchAsync(CancellationToken cancellationToken)
    {
        using var response = await FollowAsync(cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotModified)
            return null;
        if (!response.IsSuccessStatusCode)
            throw new ReferenceSourceException($"The server answered with HTTP {(int)response.StatusCode}.");
        var document = await ReadAsync(response.Content, cancellationToken);
        (tag, modified) = (response.Headers.ETag, response.Content.Headers.LastModified);
        return document;
    }

    /// <summary>
    /// Redirects are followed on the same server only: an answer never decides whom the node talks to, or that it talks without TLS.
    /// </summary>
    async Task<HttpResponseMessage> FollowAsync(CancellationToken cancellationToken)
    {
        var next = address;
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, next);
            if (tag is not null)
                request.Headers.IfNoneMatch.Add(tag);
            request.Headers.IfModifiedSince = modified;
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location)
                return response;
            response.Dispose();
            var target = new Uri(next, location);
            if (!IsSameServer(next, target))
                throw new ReferenceSourceException(
                    "The server sends the node on to another server, or to one without TLS. Configure the target itself.");
            next = target;
        }
        throw new ReferenceSourceException($"The server sends the node on more than {MostRedirects} times.");
    }

    static bool IsSameServer(Uri from, Uri to)
    {
        var isSamePlace = from.Scheme == to.Scheme && from.Port == to.Port;
        var takesUpTls = from.Scheme == Uri.UriSchemeHttp && to.Scheme == Uri.UriSchemeHttps && to.IsDefaultPort;
        return from.IdnHost == to.IdnHost && (isSamePlace || takesUpTls);
    }

    static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    static async Task<MemoryStream> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var document = new MemoryStream();
        await using var source = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[64 * 1024];
        while (await source.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (document.Length + read > LargestSize)
                throw new ReferenceSourceException($"The answer is larger than {LargestSize / (1024 * 1024)} MB. Ask for fewer days.");
            document.Write(buffer, 0, read);
        }
        document.Position = 0;
        return document;
    }

    static string Explain(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "The server's name is not known.",
        HttpRequestError.ConnectionError => "The server cannot be reached.",
        HttpRequestError.SecureConnectionError => "The server's certificate is not accepted, or TLS failed.",
        HttpRequestError.ResponseEnded => "The connection ended before the answer was complete.",
        HttpRequestError.Unknown => Broken,
        _ => $"The request failed ({error}).",
    };
}
