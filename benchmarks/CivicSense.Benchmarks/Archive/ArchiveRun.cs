using System.Globalization;
using CivicSense.Commons;
using CivicSense.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Benchmarks.Archive;

/// <summary>An archive of hourly and daily estimates of 500 areas and four quantities, filled straight in SQL, and what visitors ask of it.</summary>
sealed class ArchiveRun(string path, int days, int queries, TextWriter output)
{
    const int Areas = 500;
    static readonly Quantity[] Quantities = [Quantity.Pm25, Quantity.Pm10, Quantity.No2, Quantity.Laeq];
    static readonly DateTimeOffset Begin = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly Area[] areas = [.. Enumerable.Range(0, Areas).Select(AreaOf).Order()];
    readonly Random random = new(1);

    DateTimeOffset End => Begin.AddDays(days);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await SqliteNodeDatabase.Open(new SqliteOptions { Path = path }, TimeProvider.System, NullLogger.Instance).DisposeAsync();
        var began = TimeProvider.System.GetTimestamp();
        var rows = Fill();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"archive of {days:N0} days: {rows:N0} estimates, {new FileInfo(path).Length / 1e6:N0} MB, {new FileInfo(path).Length / (double)rows:N1} bytes a row, "
            + $"filled in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:N0} s"));

        // Beside a node, so that every answer comes from the file.
        await using var database = SqliteNodeDatabase.Open(
            new SqliteOptions { Path = path, RunsNode = false }, TimeProvider.System, NullLogger.Instance);
        var commons = database.Commons;
        await MeasureAsync("latest of all areas", Areas * Quantities.Length, async () =>
            await commons.ReadLatestEstimatesAsync(Resolution.Hour, cancellationToken));
        await using (var node = SqliteNodeDatabase.Open(new SqliteOptions { Path = path }, TimeProvider.System, NullLogger.Instance))
        {
            await MeasureAsync("latest of all areas, in the node", Areas * Quantities.Length, async () =>
                await node.Commons.ReadLatestEstimatesAsync(Resolution.Hour, cancellationToken));
        }
        await MeasureAsync("one area's month by hour", 30 * 24, async () =>
            await commons.ReadEstimatesAsync(Query(Resolution.Hour, TimeSpan.FromDays(30)), cancellationToken));
        await MeasureAsync("one area's year by day", Math.Min(days, 365), async () =>
            await commons.ReadEstimatesAsync(Query(Resolution.Day, TimeSpan.FromDays(Math.Min(days, 365))), cancellationToken));
    }

    EstimateQuery Query(Resolution resolution, TimeSpan length)
    {
        var start = Begin.AddDays(random.Next(days - (int)length.TotalDays + 1));
        return new EstimateQuery(areas[random.Next(Areas)], Quantities[random.Next(Quantities.Length)], resolution, start, start + length, 10_000);
    }

    async Task MeasureAsync(string what, int rows, Func<Task<IReadOnlyList<Estimate>>> ask)
    {
        var times = new List<double>(queries);
        for (var i = -queries / 10; i < queries; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            var answer = await ask();
            var took = TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
            if (answer.Count != rows)
                throw new InvalidOperationException($"{answer.Count} rows instead of {rows}: {what}.");
            if (i >= 0)
                times.Add(took);
        }
        times.Sort();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what}, {rows:N0} rows: p50 {times[queries / 2]:N2} ms, p99 {times[queries * 99 / 100]:N2} ms, most {times[^1]:N2} ms"));
    }

    // Hour by hour, as a node writes: the pages of the tree are as full as a node's.
    long Fill()
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN");
        Execute(connection, "CREATE TEMP TABLE place (area TEXT PRIMARY KEY) WITHOUT ROWID; CREATE TEMP TABLE kind (quantity INTEGER PRIMARY KEY)");
        foreach (var area in areas)
            Execute(connection, $"INSERT INTO place VALUES ('{area.QuadKey}')");
        foreach (var quantity in Quantities)
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO kind VALUES ({quantity.Ordinal})"));
        Execute(connection, Series("hour", days * 24, 3_600_000));
        Execute(connection, Series("day", days, 86_400_000));
        Execute(connection, "CREATE TEMP TABLE step AS SELECT 0 AS resolution, * FROM hour UNION ALL SELECT 1, * FROM day ORDER BY start");
        // Sixteen digits, as estimates have them: shorter numbers would take less room than real ones.
        const string values = """
            12 + sin(start * 1e-8 + quantity), 1.1 + 0.1 * cos(start * 1e-8), 10 + sin(start * 1e-8), 14 + sin(start * 1e-8), 1
            """;
        Execute(connection, $"""
            INSERT INTO estimate SELECT area, quantity, resolution, start, until, {values}
            FROM step CROSS JOIN place CROSS JOIN kind
            """);
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO latest_estimate (resolution, area, quantity, start, until, value, standard_error, lower, upper, status)
            SELECT resolution, area, quantity, start, until, value, standard_error, lower, upper, 0
            FROM estimate WHERE (area, quantity) IN (SELECT area, quantity FROM place, kind)
                AND resolution = 0 AND start = {End.AddHours(-1).ToUnixTimeMilliseconds()}
            """));
        Execute(connection, "COMMIT");
        return (long)Areas * Quantities.Length * days * 25;
    }

    string Series(string name, int count, int milliseconds) => string.Create(CultureInfo.InvariantCulture, $"""
        CREATE TEMP TABLE {name} AS WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < {count - 1})
        SELECT {Begin.ToUnixTimeMilliseconds()} + n * {milliseconds} AS start, {Begin.ToUnixTimeMilliseconds()} + (n + 1) * {milliseconds} AS until FROM number
        """);

    static Area AreaOf(int number) => Area.FromPosition(50 + number / 25 * 0.02, 4 + number % 25 * 0.03);

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
