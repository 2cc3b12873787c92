using System.Globalization;
using System.Text.Json;
using CivicSense.Commons;

namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>One row of <c>/api/v1/measurements</c>.</summary>
readonly record struct PublicMeasurement(
    DateTimeOffset Window, string Area, Quantity Quantity, long Value, double Baseline, double NoiseSd, double Weight, double Cap);

/// <summary>
/// Everything that a node published about some days, as anybody can read it over HTTP. Nothing in it comes from inside the node.
/// </summary>
sealed record PublicRecord(
    IReadOnlyList<PublicMeasurement> Measurements, IReadOnlyDictionary<(string Area, DateOnly Day), long> Activity,
    long Grid, long ActivityWeight, double Pacing, IReadOnlyDictionary<Quantity, double> Parts,
    decimal Rho, double Delta, double Epsilon, double EpsilonBound)
{
    public static async Task<PublicRecord> ReadAsync(
        Uri address, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = address };
        var measurements = new List<PublicMeasurement>();
        // A date is the beginning of its privacy day; these nodes live by UTC.
        var days = FormattableString.Invariant($"limit=10000&from={from:yyyy-MM-dd}&to={to:yyyy-MM-dd}");
        await foreach (var row in RowsAsync(client, $"/api/v1/measurements?{days}", cancellationToken))
        {
            Assert.True(Quantity.TryFind(row.GetProperty("quantity").GetString()!, out var quantity));
            measurements.Add(new PublicMeasurement(
                row.GetProperty("window").GetDateTimeOffset(), row.GetProperty("area").GetString()!, quantity,
                row.GetProperty("value").GetInt64(), row.GetProperty("baseline").GetDouble(), row.GetProperty("noiseSd").GetDouble(),
                row.GetProperty("weight").GetDouble(), row.GetProperty("cap").GetDouble()));
        }

        var activity = new Dictionary<(string, DateOnly), long>();
        await foreach (var row in RowsAsync(client, $"/api/v1/activity?{days}", cancellationToken))
        {
            var day = DateOnly.ParseExact(row.GetProperty("day").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
            activity.Add((row.GetProperty("area").GetString()!, day), row.GetProperty("value").GetInt64());
        }

        using var plan = await GetAsync(client, "/api/v1/plan", cancellationToken);
        using var ledger = await GetAsync(client, "/api/v1/ledger?limit=1", cancellationToken);
        var totals = ledger.RootElement.GetProperty("totals");
        var oneDay = totals.GetProperty("ownerDays").EnumerateArray()
            .Single(row => row.GetProperty("days").GetInt32() == 1 && row.GetProperty("adjacency").GetString() == "absent");
        return new PublicRecord(
            measurements, activity,
            plan.RootElement.GetProperty("grid").GetInt64(), plan.RootElement.GetProperty("activityWeight").GetInt64(),
            plan.RootElement.GetProperty("pacing").GetDouble(), PartsOf(plan.RootElement),
            totals.GetProperty("rhoPerDay").GetDecimal(), totals.GetProperty("delta").GetDouble(),
            oneDay.GetProperty("epsilon").GetDouble(), oneDay.GetProperty("epsilonBound").GetDouble());
    }

    static Dictionary<Quantity, double> PartsOf(JsonElement plan)
    {
        var shares = new Dictionary<Quantity, double>();
        foreach (var planned in plan.GetProperty("quantities").EnumerateArray())
        {
            Assert.True(Quantity.TryFind(planned.GetProperty("quantity").GetString()!, out var quantity));
            shares.Add(quantity, planned.GetProperty("share").GetDouble());
        }
        return shares.ToDictionary(planned => planned.Key, planned => planned.Value / shares.Values.Sum());
    }

    static async IAsyncEnumerable<JsonElement> RowsAsync(
        HttpClient client, string address, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = (string?)address; next is not null;)
        {
            using var page = await GetAsync(client, next, cancellationToken);
            foreach (var row in page.RootElement.GetProperty("items").EnumerateArray())
                yield return row;
            next = page.RootElement.TryGetProperty("next", out var following) ? following.GetString() : null;
        }
    }

    static async Task<JsonDocument> GetAsync(HttpClient client, string address, CancellationToken cancellationToken)
    {
        await using var body = await client.GetStreamAsync(new Uri(address, UriKind.RelativeOrAbsolute), cancellationToken);
        return await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
    }
}
