using System.Globalization;
using System.Net;
using System.Text.Json;

namespace CivicSense.Node.RemoteLedger;

/// <summary>Asks another node's public API and trusts it in nothing: every wait, every answer and every list has an end.</summary>
/// <param name="client">A client of <see cref="CreateClient"/>.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="tell">Called every ten seconds or so with the number of answers that were read.</param>
sealed class RemoteNode(HttpClient client, TimeProvider time, Action<int> tell)
{
    /// <summary>The largest answer. A full page of the API has about 4 MB.</summary>
    const int LargestAnswer = 32 * 1024 * 1024;

    /// <summary>The most pages of a list: ten million values, of one hour or of ten years' activity.</summary>
    const int MostPages = 1000;

    const int LongestLink = 2000;

    /// <summary>How often in a row one request is made again.</summary>
    const int MostAttempts = 20;

    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    static readonly TimeSpan BetweenTold = TimeSpan.FromSeconds(10);

    int answers;
    long lastTold = time.GetTimestamp();

    /// <summary>A client that follows nothing by itself and takes in no more than the largest answer, within 100 seconds.</summary>
    public static HttpClient CreateClient(Uri node) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = node,
            MaxResponseContentBufferSize = LargestAnswer,
        };

    /// <summary>The text at an address; null if there is nothing.</summary>
    /// <exception cref="UserErrorException">The node does not answer, or not as a node does.</exception>
    public async Task<string?> FindTextAsync(string address, CancellationToken cancellationToken)
    {
        using var answer = await GetAsync(address, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        Require(answer, address);
        return await answer.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>Reads something of the JSON document at an address.</summary>
    /// <exception cref="UserErrorException">The node does not answer, or not as a node does.</exception>
    public async Task<T> ReadAsync<T>(string address, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        using var answer = await GetAsync(address, cancellationToken);
        Require(answer, address);
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            return read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or OverflowException or ArgumentException)
        {
            throw new UserErrorException(
                $"What {client.BaseAddress} answers at {PathOf(address)} is not what a CivicSense node answers there.");
        }
    }

    /// <summary>Reads the first rows of a list, page by page.</summary>
    /// <exception cref="UserErrorException">The node does not answer, or not as a node does.</exception>
    public async Task<List<T>> ReadRowsAsync<T>(string address, int limit, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        var next = address;
        for (var pages = 0; next is not null && rows.Count < limit; pages++)
        {
            var before = rows.Count;
            if (pages == MostPages)
                throw Endless(address);
            var link = await ReadAsync(
                next,
                page =>
                {
                    rows.AddRange(page.GetProperty("items").EnumerateArray().Take(limit - rows.Count).Select(read));
                    return page.GetProperty("next").GetString();
                },
                cancellationToken);
            if (link is not null && rows.Count == before)
                throw Endless(address);
            next = link is null ? null : Follow(address, link);
        }
        return rows;
    }

    /// <summary>The refusal of values that belong to another time than the one asked for.</summary>
    public UserErrorException OfAnotherTime(string address) =>
        new($"{client.BaseAddress} answers at {PathOf(address)} with values of another time than the one that was asked for.");

    /// <summary>The refusal of a list that does not end.</summary>
    public UserErrorException Endless(string address) =>
        new($"{client.BaseAddress} answers at {PathOf(address)} with a list without an end.");

    // Only the query is taken: a node may have an address that it alone knows of, and nobody else is asked, nor for anything else.
    string Follow(string address, string link)
    {
        var query = link.IndexOf('?', StringComparison.Ordinal);
        return query >= 0 && link.Length <= LongestLink
            ? address[..address.IndexOf('?', StringComparison.Ordinal)] + link[query..]
            : throw Endless(address);
    }

    /// <summary>A node that is asked too fast says when to come again (RFC 9110, section 10.2.3).</summary>
    async Task<HttpResponseMessage> GetAsync(string address, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var answer = await SendAsync(address, cancellationToken);
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
            {
                answers++;
                Tell();
                return answer;
            }
            var asked = answer.Headers.RetryAfter;
            var pause = asked?.Delta ?? asked?.Date - time.GetUtcNow() ?? ShortestPause;
            answer.Dispose();
            if (pause > LongestPause)
            {
                throw new UserErrorException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{client.BaseAddress} asks to wait for {pause.TotalMinutes:0} minutes. Try again then."));
            }
            await Task.Delay(pause < ShortestPause ? ShortestPause : pause, time, cancellationToken);
        }
        throw new UserErrorException(
            $"{client.BaseAddress} has said {MostAttempts} times in a row that it is asked too fast. Try again later.");
    }

    async Task<HttpResponseMessage> SendAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync(address, cancellationToken);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new UserErrorException(
                $"What {client.BaseAddress} answers at {PathOf(address)} is larger than {LargestAnswer / (1024 * 1024)} MB. "
                    + "Is it a CivicSense node?");
        }
        catch (Exception exception)
            when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new UserErrorException($"{client.BaseAddress} cannot be read: {exception.Message}");
        }
    }

    void Require(HttpResponseMessage answer, string address)
    {
        if (answer.IsSuccessStatusCode)
            return;
        if (answer.Headers.Location is { } location && Uri.TryCreate(client.BaseAddress, location, out var target))
        {
            throw new UserErrorException(
                $"{client.BaseAddress} sends on to {target.GetLeftPart(UriPartial.Path)}. If that is the node, give its address.");
        }
        throw new UserErrorException(
            $"{client.BaseAddress} answers at {PathOf(address)} with HTTP {(int)answer.StatusCode}. Is it a CivicSense node?");
    }

    void Tell()
    {
        if (time.GetElapsedTime(lastTold) < BetweenTold)
            return;
        lastTold = time.GetTimestamp();
        tell(answers);
    }

    static string PathOf(string address) => "/" + address.Split('?')[0];
}
