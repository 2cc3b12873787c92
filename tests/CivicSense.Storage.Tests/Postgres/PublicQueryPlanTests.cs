using System.Globalization;
using System.Text.Json;
using CivicSense.Commons;
using Npgsql;

namespace CivicSense.Storage.Tests;

public sealed class PostgresPublicQueryPlanTests : PublicQueryPlanContract
{
    protected override ValueTask<PostgresStore> CreateAsync() => PostgresStore.CreateAsync();
}

public sealed class TimescalePublicQueryPlanTests : PublicQueryPlanContract
{
    protected override ValueTask<PostgresStore> CreateAsync() => TimescaleStore.CreateAsync();
}

/// <summary>
/// What the public side asks of three years of months is answered from the months that are meant, along an index. The plans are those that
/// the server makes for the statements as they are sent.
/// </summary>
public abstract class PublicQueryPlanContract
{
    const int Years = 3;
    const int Areas = 4;

    static readonly DateTimeOffset Begin = new(2023, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly DateTimeOffset End = Begin.AddYears(Years);
    static readonly HourWindow March = HourWindow.Containing(new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero));
    static readonly Area Place = Area.Parse("0313131310");

    // Most months that a call may look into: those that it asks about, one more where they do not begin with a chunk, one for the first or
    // last.
    static readonly (string Method, int Months, Func<ICommons, Task> Call)[] Questions =
    [
        (nameof(ICommons.FindPlanAsync), 0, async commons => await commons.FindPlanAsync(new PrivacyDay(new DateOnly(2024, 3, 1)), Cancel)),
        (nameof(ICommons.FindLatestPlanAsync), 0, async commons => await commons.FindLatestPlanAsync(Cancel)),
        (nameof(ICommons.ReadMeasurementsAsync), 2, async commons => await commons.ReadMeasurementsAsync(Hours(24), Cancel)),
        (nameof(ICommons.ReadMeasurementsAsync), 3, async commons =>
            await commons.ReadMeasurementsAsync(Hours(24) with { Within = Place }, Cancel)),
        (nameof(ICommons.ReadMeasurementsAsync), 2, async commons => await commons.ReadMeasurementsAsync(
            new MeasurementQuery { From = March, Limit = 100, After = (March, Place, Quantity.Pm25) }, Cancel)),
        (nameof(ICommons.ReadMeasurementsAsync), 2, async commons => await commons.ReadMeasurementsAsync(
            new MeasurementQuery { Quantity = Quantity.Pm25, Limit = 100 }, Cancel)),
        (nameof(ICommons.ReadActivityAsync), 0, async commons => await commons.ReadActivityAsync(Day(0), Day(7), Cancel)),
        (nameof(ICommons.ReadEstimatesAsync), 2, async commons => await commons.ReadEstimatesAsync(Estimates(Resolution.Hour, 30), Cancel)),
        (nameof(ICommons.ReadEstimatesAsync), 13, async commons =>
            await commons.ReadEstimatesAsync(Estimates(Resolution.Day, 365), Cancel)),
        // As of an instant each of them twice: the estimates, and what they were before.
        (nameof(ICommons.ReadEstimatesAsync), 4, async commons => await commons.ReadEstimatesAsync(
            Estimates(Resolution.Hour, 30) with { AsOf = March.Start.AddDays(20) }, Cancel)),
        (nameof(ICommons.ReadEstimateRevisionsAsync), 4, async commons => await commons.ReadEstimateRevisionsAsync(Revisions(30), Cancel)),
        (nameof(ICommons.ReadEstimateRevisionsAsync), 4, async commons => await commons.ReadEstimateRevisionsAsync(
            Revisions(30) with { After = (March.Start.AddDays(3), null) }, Cancel)),
        (nameof(ICommons.ReadRevisionHistoryAsync), 0, async commons => await commons.ReadRevisionHistoryAsync(Cancel)),
        (nameof(ICommons.ReadLatestEstimatesAsync), 0, async commons => await commons.ReadLatestEstimatesAsync(Resolution.Hour, Cancel)),
        (nameof(ICommons.ReadReferenceValuesAsync), 0, async commons => await commons.ReadReferenceValuesAsync(March, March.Next, Cancel)),
        (nameof(ICommons.ReadModelVersionsAsync), 0, async commons => await commons.ReadModelVersionsAsync(Cancel)),
        (nameof(ICommons.ReadVersionAsync), 0, async commons => await commons.ReadVersionAsync(Cancel)),
        (nameof(ICommons.ReadLedgerAsync), 0, async commons => await commons.ReadLedgerAsync(5_000, 100, Cancel)),
        (nameof(ICommons.ReadLedgerSummaryAsync), 0, async commons => await commons.ReadLedgerSummaryAsync(Cancel)),
    ];

    // Read from end to end by those who want all of them: one row a day, or a few rows in all.
    static readonly HashSet<string> ReadAsAWhole = ["plan", "latest_estimate", "model_version", "revision_history", "version"];

    protected abstract ValueTask<PostgresStore> CreateAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_question_of_the_public_side_is_asked() => Assert.Equal(
        typeof(ICommons)
            .GetMethods().Concat(typeof(IReleasedData).GetMethods()).Select(method => method.Name).Order(StringComparer.Ordinal),
        Questions.Select(question => question.Method).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public async Task Each_question_looks_into_few_months_and_finds_its_rows_along_an_index()
    {
        await using var store = await CreateAsync();
        await FillAsync(store);
        await ReadAsync(store, async explain =>
        {
            foreach (var (method, months, call) in Questions)
            {
                var answered = await explain(call);
                Assert.NotEmpty(answered);
                foreach (var (question, parts) in answered)
                {
                    Assert.True(parts.All(part => part.Kind != "Seq Scan" || ReadAsAWhole.Contains(part.Table!)), $"{method}: {question}");
                    Assert.True(parts.Where(part => IsOfAMonth(part.Table!)).DistinctBy(part => part.Table).Count() <= months,
                        $"{method}: {question}");
                }
            }
        });
    }

    [Fact]
    public async Task A_month_of_an_area_is_read_from_the_index_alone()
    {
        await using var store = await CreateAsync();
        await FillAsync(store);
        await store.QueryAsync<object>("VACUUM commons.estimate");
        await ReadAsync(store, async explain =>
        {
            foreach (var query in new[] { Estimates(Resolution.Hour, 30), Estimates(Resolution.Day, 365) })
            {
                var (question, parts) = Assert.Single(await explain(async commons => await commons.ReadEstimatesAsync(query, Cancel)));
                // What brings chunks together bears the name of the whole table.
                var months = parts.Where(part => IsOfAMonth(part.Table!)).ToArray();
                Assert.NotEmpty(months);
                Assert.True(months.All(part => part is { Kind: "Index Only Scan", Fetches: 0 }), question);
            }
        }, WithoutBitmapsInWebAssembly(store));
    }

    /// <summary>
    /// PostgreSQL in WebAssembly reckons with no page that everybody may see, whatever <c>relallvisible</c> says: to its planner the index
    /// alone costs what index and table cost together, and a bitmap less. Without bitmaps it shows that the index is enough.
    /// </summary>
    static string[] WithoutBitmapsInWebAssembly(PostgresStore store) => store.NoSecondConnection is null ? [] : ["enable_bitmapscan"];

    /// <summary>Does some work with the plans of what is asked: each statement with its plan, and what of the plan read a table.</summary>
    static async Task ReadAsync(
        PostgresStore store, Func<Func<Func<ICommons, Task>, Task<List<(string Question, PlanPart[] Parts)>>>, Task> work,
        params string[] off)
    {
        await using var pool =
            PostgresPool.Create(store.ConnectionString, PostgresRole.Public, assumesRole: store.NoSecondConnection is null);
        await using var commons = new PostgresCommons(pool);
        List<(string Sql, NpgsqlParameter[] Parameters)> asked = [];
        pool.Reading = (sql, parameters) => asked.Add((sql, parameters));
        try
        {
            foreach (var setting in off)
                await pool.UseAsync(connection => ExecuteAsync(connection, $"SET {setting} = off"), Cancel);
            await work(async call =>
            {
                asked.Clear();
                await call(commons);
                List<(string, PlanPart[])> answered = [];
                foreach (var (sql, parameters) in asked.ToArray())
                {
                    var plan = (await pool.UseAsync(connection => ExplainAsync(connection, sql, parameters), Cancel)).RootElement;
                    answered.Add((
                        $"{sql}\n{plan}",
                        [.. plan[0].GetProperty("Plan").Read().Where(part => part.Loops > 0 && part.Table is not null)]));
                }
                return answered;
            });
        }
        finally
        {
            // TimescaleDB in WebAssembly has one session for all.
            foreach (var setting in (string[])["plan_cache_mode", "default_transaction_read_only", "statement_timeout", .. off])
                await pool.UseAsync(connection => ExecuteAsync(connection, $"RESET {setting}"), Cancel);
        }
    }

    static MeasurementQuery Hours(int count) => new() { From = March, Until = new HourWindow(March.Index + count), Limit = 1_000 };

    static EstimateQuery Estimates(Resolution resolution, int days) =>
        new(Place, Quantity.Pm25, resolution, March.Start, March.Start.AddDays(days), 1_000);

    static EstimateRevisionQuery Revisions(int days) =>
        new(Place, Quantity.Pm25, Resolution.Hour, March.Start, March.Start.AddDays(days), 1_000);

    static PrivacyDay Day(int number) => new(DateOnly.FromDateTime(March.Start.UtcDateTime).AddDays(number));

    static bool IsOfAMonth(string table) =>
        table.StartsWith("estimate_", StringComparison.Ordinal) || table.StartsWith("superseded_estimate_", StringComparison.Ordinal)
        || table.StartsWith("measurement_", StringComparison.Ordinal) || table.StartsWith("_hyper_", StringComparison.Ordinal);

    static async Task<JsonDocument> ExplainAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters)
    {
        // EXPLAIN of the statement itself would know the parameters; this is the plan of the prepared statement, as a node has it.
        var types = string.Join(", ", parameters.Select(parameter => TypeOf(parameter.Value!)));
        var values = string.Join(", ", parameters.Select(parameter => Literal(parameter.Value!)));
        await ExecuteAsync(connection, $"PREPARE question {(types.Length > 0 ? $"({types})" : "")} AS {sql}");
        try
        {
            await using var command = new NpgsqlCommand(
                $"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE question {(values.Length > 0 ? $"({values})" : "")}", connection);
            return JsonDocument.Parse((string)(await command.ExecuteScalarAsync(Cancel))!);
        }
        finally
        {
            await ExecuteAsync(connection, "DEALLOCATE question");
        }
    }

    static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteNonQueryAsync(Cancel);
    }

    static string TypeOf(object value) => value switch { string => "text", short => "smallint", int => "integer", _ => "bigint" };

    static string Literal(object value) => value is string text ? $"'{text}'" : string.Create(CultureInfo.InvariantCulture, $"{value}");

    static async Task FillAsync(PostgresStore store)
    {
        var isPartitioned =
            (await store.QueryAsync<string>(
            "SELECT relkind::text FROM pg_catalog.pg_class WHERE oid = 'commons.estimate'::regclass"))[0] == "p";
        foreach (var table in isPartitioned ? ["estimate", "superseded_estimate", "measurement"] : Array.Empty<string>())
        {
            await store.QueryAsync<object>(string.Create(CultureInfo.InvariantCulture, $"""
                SELECT vault.add_months('{table}', array_agg(month::date))
                FROM generate_series('{Begin:yyyy-MM-dd}'::date, '{End:yyyy-MM-dd}'::date, interval '1 month') AS month
                """));
        }
        var (begin, end) = (Begin.ToUnixTimeMilliseconds(), End.ToUnixTimeMilliseconds());
        var areas = string.Join(',', Enumerable.Range(0, Areas).Select(digit => $"'031313131{digit}'"));
        await store.QueryAsync<object>(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO commons.estimate SELECT area, 0, resolution, start, start + length, 1, 1, 0, 2, 1, start + length + 172800000
            FROM (
                SELECT 0 AS resolution, start, 3600000 AS length FROM generate_series({begin}, {end} - 1, 3600000) AS start
                UNION ALL SELECT 1, start, 86400000 FROM generate_series({begin}, {end} - 1, 86400000) AS start) AS step
            CROSS JOIN unnest(ARRAY[{areas}]) AS area
            """));
        await store.QueryAsync<object>("""
            INSERT INTO commons.superseded_estimate
            SELECT area, quantity, resolution, start, published_at, until + 600000, until, 2, 2, 1, 3, 0 FROM commons.estimate
            """);
        await store.QueryAsync<object>(string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO commons.measurement SELECT hour, area, 0, 1, 1, 1, hour / 24, 1
            FROM generate_series({begin / 3_600_000}, {end / 3_600_000} - 1) AS hour CROSS JOIN unnest(ARRAY[{areas}]) AS area
            """));
        await store.QueryAsync<object>($"""
            INSERT INTO commons.activity SELECT day, area, 1, 1
            FROM generate_series({begin / 86_400_000}, {end / 86_400_000}) AS day CROSS JOIN unnest(ARRAY[{areas}]) AS area
            """);
        await store.QueryAsync<object>($"""
            INSERT INTO commons.reference_value SELECT 'station', 0, hour, 1, hour
            FROM generate_series({begin / 3_600_000}, {end / 3_600_000}) AS hour
            """);
        await store.QueryAsync<object>($"""
            INSERT INTO commons.ledger SELECT number, number::text, '{Samples.Entry(1, LedgerEntry.Genesis).Document}' FROM generate_series(1, 20000) AS number
            """);
        foreach (var table in new[] { "estimate", "superseded_estimate", "measurement", "activity", "reference_value", "ledger" })
            await store.QueryAsync<object>($"ANALYZE commons.{table}");
    }
}

/// <summary>One node of a plan of PostgreSQL in JSON.</summary>
/// <param name="Kind">What it does, such as Seq Scan.</param>
/// <param name="Table">What it reads; null for one that works on what others have read.</param>
/// <param name="Loops">How often it ran; 0 where it was found not to be needed.</param>
/// <param name="Fetches">How many rows of an index were looked up in the table all the same.</param>
sealed record PlanPart(string Kind, string? Table, double Loops, double Fetches);

static class PlanParts
{
    /// <summary>A node and all that are under it.</summary>
    public static IEnumerable<PlanPart> Read(this JsonElement node)
    {
        yield return new PlanPart(
            node.GetProperty("Node Type").GetString()!,
            node.TryGetProperty("Relation Name", out var table) ? table.GetString() : null,
            node.GetProperty("Actual Loops").GetDouble(),
            node.TryGetProperty("Heap Fetches", out var fetches) ? fetches.GetDouble() : 0);
        if (!node.TryGetProperty("Plans", out var children))
            yield break;
        foreach (var part in children.EnumerateArray().SelectMany(Read))
            yield return part;
    }
}
