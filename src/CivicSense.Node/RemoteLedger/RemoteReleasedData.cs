using System.Globalization;
using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.Node.RemoteLedger;

/// <summary>
/// Reads what another node has released through its public API (docs/open-data.md), believing nothing but the documents themselves.
/// </summary>
/// <remarks>
/// One request after the other. Reads the ledger first: activity is asked for by the days that the ledger names. Throws
/// <see cref="UserErrorException"/> where the node does not answer as one does.
/// </remarks>
sealed class RemoteReleasedData(RemoteNode node) : IReleasedData
{
    /// <summary>The most that the API gives at once.</summary>
    const int LargestPage = 10_000;

    /// <summary>The API answers for about ten years at once.</summary>
    const int DaysAtOnce = 3_000;

    /// <summary>No ledger has more: there are not as many hours in the years that the API knows.</summary>
    const int MostEntries = 3_000_000;

    static readonly PrivacyDay FirstDay = new(new DateOnly(1970, 1, 1));
    static readonly PrivacyDay LastDay = new(new DateOnly(2199, 12, 31));
    static readonly HourWindow Earliest = HourWindow.Containing(DateTimeOffset.UnixEpoch);
    static readonly HourWindow Latest = HourWindow.Containing(new DateTimeOffset(2199, 12, 31, 0, 0, 0, TimeSpan.Zero));

    PrivacyDay? firstDay;
    PrivacyDay? lastDay;

    /// <inheritdoc/>
    /// <exception cref="FormatException">What the node sent is no plan.</exception>
    public async ValueTask<ReleasePlan?> FindPlanAsync(PrivacyDay day, CancellationToken cancellationToken) =>
        await node.FindTextAsync($"api/v1/plan/document?day={day}", cancellationToken) is { } text ? PlanDocument.Read(text) : null;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NoisyMeasurement>> ReadMeasurementsAsync(
        MeasurementQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var from = query.From < Earliest ? Earliest : query.From;
        var until = query.Until > Latest ? Latest : query.Until;
        var address = string.Create(
            CultureInfo.InvariantCulture,
            $"api/v1/measurements?from={Instant(from)}&to={Instant(until)}&limit={Math.Min(query.Limit, LargestPage)}");
        var rows = await node.ReadRowsAsync(address, query.Limit, Measurement, cancellationToken);
        return rows.TrueForAll(row => row.Window >= from && row.Window < until) ? rows : throw node.OfAnotherTime(address);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<NoisyActivity>> ReadActivityAsync(
        PrivacyDay from, PrivacyDay until, CancellationToken cancellationToken)
    {
        var all = new List<NoisyActivity>();
        // A day more on either side, in which there should be nothing.
        var start = Later(from, firstDay is { } first && first > FirstDay ? new PrivacyDay(first.Date.AddDays(-1)) : FirstDay);
        var end = Earlier(until, lastDay is { } last && last.Next < LastDay ? last.Next.Next : LastDay);
        while (start < end)
        {
            var stop = new PrivacyDay(start.Date.AddDays(Math.Min(DaysAtOnce, end.Date.DayNumber - start.Date.DayNumber)));
            var address = $"api/v1/activity?from={start}&to={stop}&limit={LargestPage}";
            var rows = await node.ReadRowsAsync(address, int.MaxValue, Activity, cancellationToken);
            if (!rows.TrueForAll(row => row.Day >= start && row.Day < stop))
                throw node.OfAnotherTime(address);
            all.AddRange(rows);
            start = stop;
        }
        return all;
    }

    /// <inheritdoc/>
    /// <exception cref="FormatException">What the node sent is no ledger entry.</exception>
    public async ValueTask<IReadOnlyList<LedgerEntry>> ReadLedgerAsync(long afterSequence, int limit, CancellationToken cancellationToken)
    {
        var address = string.Create(
            CultureInfo.InvariantCulture, $"api/v1/ledger?after={afterSequence}&limit={Math.Min(limit, LargestPage)}");
        if (afterSequence > MostEntries)
            throw node.Endless(address);
        var documents = await node.ReadRowsAsync(address, limit, row => row.GetProperty("document").GetString() ?? "", cancellationToken);
        var entries = documents.ConvertAll(LedgerEntry.Read);
        foreach (var entry in entries)
        {
            var (day, window) = (entry.Content.Day, entry.Content.Window);
            if (day < FirstDay || day >= LastDay || window < Earliest || window >= Latest)
                throw new FormatException("The entry is of a time that the API does not know.");
            firstDay = firstDay is { } first && first < day ? first : day;
            lastDay = lastDay is { } last && last > day ? last : day;
        }
        return entries;
    }

    /// <inheritdoc/>
    public async ValueTask<LedgerSummary> ReadLedgerSummaryAsync(CancellationToken cancellationToken) => await node.ReadAsync(
        "api/v1/ledger?limit=1",
        page =>
        {
            var totals = page.GetProperty("totals");
            return new LedgerSummary(
                totals.GetProperty("entries").GetInt64(), totals.GetProperty("head").GetString() ?? "",
                totals.GetProperty("days").GetInt32(),
                totals.GetProperty("rhoSpent").GetDecimal());
        },
        cancellationToken);

    static NoisyMeasurement Measurement(JsonElement row) => new(
        HourWindow.Containing(row.GetProperty("window").GetDateTimeOffset()), AreaOf(row),
        Quantity.TryFind(row.GetProperty("quantity").GetString() ?? "", out var quantity)
            ? quantity
            : throw new FormatException("There is a quantity that this program does not know."),
        row.GetProperty("value").GetInt64(), row.GetProperty("baseline").GetDouble(), row.GetProperty("ledgerSequence").GetInt64());

    static NoisyActivity Activity(JsonElement row) => new(
        PrivacyDay.Parse(row.GetProperty("day").GetString() ?? ""), AreaOf(row), row.GetProperty("value").GetInt64(),
        row.GetProperty("ledgerSequence").GetInt64());

    static Area AreaOf(JsonElement row) =>
        row.GetProperty("area").GetString() is { } key ? key == "world" ? default : Area.Parse(key) : default;

    static string Instant(HourWindow window) => window.Start.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    static PrivacyDay Later(PrivacyDay left, PrivacyDay right) => left > right ? left : right;

    static PrivacyDay Earlier(PrivacyDay left, PrivacyDay right) => left < right ? left : right;
}
