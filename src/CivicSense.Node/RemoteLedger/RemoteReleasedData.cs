using System.Globalization;
using System.Net;
using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.Node.RemoteLedger;

/// <summary>Reads what another node has released through its public API (docs/open-data.md), believing nothing but the documents themselves.</summary>
/// <remarks>One request after the other. Reads the ledger first: activity is asked for by the days that the ledger names.</remarks>
sealed class RemoteReleasedData(HttpClient client, TimeProvider time) : IReleasedData
{
    /// <summary>The most that the API gives at once.</summary>
    const int LargestPage = 10_000;

    /// <summary>The API answers for about ten years at once.</summary>
    const int DaysAtOnce = 3_000;

    static readonly HourWindow Earliest = HourWindow.Containing(DateTimeOffset.UnixEpoch);
    static readonly HourWindow Latest = HourWindow.Containing(new DateTimeOffset(2199, 12, 31, 0, 0, 0, TimeSpan.Zero));

    PrivacyDay? firstDay;
    PrivacyDay? lastDay;

    /// <inheritdoc/>
    /// <exception cref="FormatException">What the node sent is no plan.</exception>
    public async ValueTask<ReleasePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken)
    {
        using var answer = await GetAsync($"api/v1/plan/document?day={day}", cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound
            ? null
            : PlanDocument.Read(await ReadTextAsync(answer, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NoisyMeasurement>> ReadMeasurementsAsync(MeasurementQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var from = query.From < Earliest ? Earliest : query.From;
        var until = query.Until > Latest ? Latest : query.Until;
        return await ReadRowsAsync(
            string.Create(CultureInfo.InvariantCulture, $"api/v1/measurements?from={Instant(from)}&to={Instant(until)}&limit={Math.Min(query.Limit, LargestPage)}"),
            query.Limit, Measurement, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NoisyActivity>> ReadActivityAsync(PrivacyDay from, PrivacyDay until, CancellationToken cancellationToken)
    {
        var all = new List<NoisyActivity>();
        // A day more on either side, in which there should be nothing.
        var start = firstDay is { } first && from < first ? new PrivacyDay(first.Date.AddDays(-1)) : from;
        var end = lastDay is { } last && until > last ? new PrivacyDay(last.Date.AddDays(2)) : until;
        while (start < end)
        {
            var stop = new PrivacyDay(start.Date.AddDays(Math.Min(DaysAtOnce, end.Date.DayNumber - start.Date.DayNumber)));
            all.AddRange(await ReadRowsAsync(
                $"api/v1/activity?from={start}&to={stop}&limit={LargestPage}", int.MaxValue, Activity, cancellationToken));
            start = stop;
        }
        return all;
    }

    /// <inheritdoc/>
    /// <exception cref="FormatException">What the node sent is no ledger entry.</exception>
    public async ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long afterSequence, int limit, CancellationToken cancellationToken)
    {
        var entries = await ReadRowsAsync(
            string.Create(CultureInfo.InvariantCulture, $"api/v1/ledger?after={afterSequence}&limit={Math.Min(limit, LargestPage)}"),
            limit, row => LedgerEntry.Read(row.GetProperty("document").GetString() ?? ""), cancellationToken);
        foreach (var entry in entries)
        {
            firstDay = firstDay is { } first && first < entry.Content.Day ? first : entry.Content.Day;
            lastDay = lastDay is { } last && last > entry.Content.Day ? last : entry.Content.Day;
        }
        return entries;
    }

    /// <inheritdoc/>
    public async ValueTask<LedgerSummary> ReadLedgerSummaryAsync(CancellationToken cancellationToken)
    {
        using var page = await ReadDocumentAsync("api/v1/ledger?limit=1", cancellationToken);
        return Understand(page, root =>
        {
            var totals = root.GetProperty("totals");
            return new LedgerSummary(
                totals.GetProperty("entries").GetInt64(), totals.GetProperty("head").GetString() ?? "", totals.GetProperty("days").GetInt32(),
                totals.GetProperty("rhoSpent").GetDecimal());
        });
    }

    static NoisyMeasurement Measurement(JsonElement row) => new(
        HourWindow.Containing(row.GetProperty("window").GetDateTimeOffset()), AreaOf(row),
        Quantity.TryFind(row.GetProperty("quantity").GetString() ?? "", out var quantity) ? quantity : throw new FormatException("There is a quantity that this program does not know."),
        row.GetProperty("value").GetInt64(), row.GetProperty("baseline").GetDouble(), row.GetProperty("ledgerSequence").GetInt64());

    static NoisyActivity Activity(JsonElement row) => new(
        PrivacyDay.Parse(row.GetProperty("day").GetString() ?? ""), AreaOf(row), row.GetProperty("value").GetInt64(),
        row.GetProperty("ledgerSequence").GetInt64());

    static Area AreaOf(JsonElement row) => row.GetProperty("area").GetString() is { } key ? key == "world" ? default : Area.Parse(key) : default;

    static string Instant(HourWindow window) => window.Start.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    async Task<List<T>> ReadRowsAsync<T>(string address, int limit, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        for (var next = address; next is not null && all.Count < limit;)
        {
            using var page = await ReadDocumentAsync(next, cancellationToken);
            next = Understand(page, root =>
            {
                all.AddRange(root.GetProperty("items").EnumerateArray().Take(limit - all.Count).Select(read));
                return root.GetProperty("next").GetString();
            });
            // A link may have the address that the node knows of itself; the one that was asked for is kept.
            if (next is not null)
                next = next[Math.Max(0, next.IndexOf("api/v1/", StringComparison.Ordinal))..];
        }
        return all;
    }

    async Task<JsonDocument> ReadDocumentAsync(string address, CancellationToken cancellationToken)
    {
        using var answer = await GetAsync(address, cancellationToken);
        try
        {
            return JsonDocument.Parse(await ReadTextAsync(answer, cancellationToken));
        }
        catch (JsonException)
        {
            throw NotUnderstood(address);
        }
    }

    static T Understand<T>(JsonDocument page, Func<JsonElement, T> read)
    {
        try
        {
            return read(page.RootElement);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("The node's answer does not have the members that it should have.", exception);
        }
    }

    async Task<string> ReadTextAsync(HttpResponseMessage answer, CancellationToken cancellationToken) => answer.IsSuccessStatusCode
        ? await answer.Content.ReadAsStringAsync(cancellationToken)
        : throw new UserErrorException($"{answer.RequestMessage!.RequestUri} answers {(int)answer.StatusCode}. Is {client.BaseAddress} a CivicSense node?");

    /// <summary>A node that is asked too fast says when to come again (RFC 9110, section 10.2.3).</summary>
    async Task<HttpResponseMessage> GetAsync(string address, CancellationToken cancellationToken)
    {
        while (true)
        {
            HttpResponseMessage answer;
            try
            {
                answer = await client.GetAsync(address, cancellationToken);
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new UserErrorException($"{client.BaseAddress} cannot be read: {exception.Message}");
            }
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
                return answer;
            var pause = answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
            answer.Dispose();
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    static UserErrorException NotUnderstood(string address) => new($"What the node answers at /{address} is no JSON. Is it a CivicSense node?");
}
