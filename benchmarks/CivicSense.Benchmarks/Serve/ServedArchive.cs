using System.Globalization;
using CivicSense.Benchmarks.Archive;
using CivicSense.Commons;
using CivicSense.Estimation;
using CivicSense.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CivicSense.Benchmarks.Serve;

/// <summary>
/// Fills what a node serves: the archive, its plans and ledger, in a file the noisy sums too, and a month of the whole neighbourhood,
/// which the first page draws.
/// </summary>
static class ServedArchive
{
    /// <summary>How many areas it has beside those of the archive: the whole neighbourhood.</summary>
    public const int AreasAdded = 1;

    /// <summary>Fills the file in a data folder if it is not there.</summary>
    public static async Task PrepareFileAsync(string folder, ArchiveShape shape)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "civicsense.db");
        if (File.Exists(path))
            return;
        await SqliteNodeDatabase.Open(new SqliteOptions { Path = path }, TimeProvider.System, NullLogger.Instance).DisposeAsync();
        SqliteArchive.Fill(path, shape);
        await using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var transaction = connection.BeginTransaction();
        var ledger = new ServedLedger(shape, ClockMode.Event);
        foreach (var plan in ledger.Plans())
        {
            Add(connection, "INSERT INTO plan (day, rho, hash, document) VALUES ($1, $2, $3, $4)",
                DayNumber(plan), plan.Rho.ToString(CultureInfo.InvariantCulture), PlanDocument.Hash(plan), PlanDocument.Write(plan));
        }
        foreach (var entry in ledger.Entries())
        {
            Add(connection, "INSERT INTO ledger (sequence, hash, document) VALUES ($1, $2, $3)",
                entry.Content.Sequence, entry.Hash, entry.Document);
        }
        Add(connection, "CREATE TEMP TABLE place (area TEXT PRIMARY KEY) WITHOUT ROWID");
        foreach (var area in shape.Areas)
            Add(connection, "INSERT INTO place VALUES ($1)", area.QuadKey);
        Add(connection, Measurements, ServedLedger.FirstWindowEntry, ArchiveShape.FirstWindow.Index, shape.Days * 24);
        Add(connection, "UPDATE vault_state SET released_through = $1", HourWindow.Containing(shape.End.AddHours(-1)).Index);
        Add(connection, Whole("estimate", ""), Root(shape), shape.Areas[0].QuadKey, MonthAgo(shape));
        Add(connection, Whole("latest_estimate", ""), Root(shape), shape.Areas[0].QuadKey, MonthAgo(shape));
        transaction.Commit();
    }

    /// <summary>Fills a database if nothing has been released in it.</summary>
    public static async Task PrepareAsync(string postgres, ArchiveShape shape, CancellationToken cancellationToken)
    {
        await PostgresMigration.MigrateAsync(postgres, NullLogger.Instance, cancellationToken);
        await using var source = NpgsqlDataSource.Create(postgres + ";Command Timeout=0");
        await using (var asked = source.CreateCommand("SELECT EXISTS (SELECT FROM commons.ledger)"))
        {
            if (await asked.ExecuteScalarAsync(cancellationToken) is true)
                return;
        }
        await using (var archive = await Archive.PostgresArchive.OpenAsync(postgres, shape, cancellationToken))
        {
            if (await archive.IsEmptyAsync(cancellationToken))
                await archive.FillAsync(cancellationToken);
        }
        var ledger = new ServedLedger(shape, ClockMode.Wall);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await AddAsync("INSERT INTO commons.plan VALUES ($1, $2, $3, $4, $5, $6, $7)", ledger.Plans().Select(plan => (object[])
        [
            DayNumber(plan), plan.FirstWindow.Index, plan.LastWindow.Index, plan.Rho, plan.Sigma * plan.Sigma, PlanDocument.Hash(plan),
            PlanDocument.Write(plan),
        ]));
        await AddAsync("INSERT INTO commons.ledger VALUES ($1, $2, $3)", ledger.Entries().Select(entry => (object[])
            [entry.Content.Sequence, entry.Hash, entry.Document]));
        object[] whole = [Root(shape), shape.Areas[0].QuadKey, MonthAgo(shape)];
        await AddAsync(Whole("estimate", "commons."), [whole]);
        await AddAsync(Whole("latest_estimate", "commons."), [whole]);
        await transaction.CommitAsync(cancellationToken);

        async Task AddAsync(string sql, IEnumerable<object[]> rows)
        {
            foreach (var row in rows)
            {
                await using var command = new NpgsqlCommand(sql, connection);
                foreach (var value in row)
                    command.Parameters.Add(new NpgsqlParameter { Value = value });
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        }
    }

    /// <summary>The numbers of one area for the whole, of the last month.</summary>
    static string Whole(string table, string schema) => $"""
        INSERT INTO {schema}{table} (area, quantity, resolution, start, until, value, standard_error, lower, upper, status)
        SELECT $1, quantity, resolution, start, until, value, standard_error, lower, upper, status FROM {schema}{table} WHERE area = $2 AND start >= $3
        """;

    /// <summary>
    /// A noisy sum for each hour, area and quantity: sixteen digits in the baselines, and sums as large as those of a few owners.
    /// </summary>
    static string Measurements => $"""
        INSERT INTO measurement (window, area, quantity, value, baseline, ledger_sequence)
        WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < $3 - 1)
        SELECT $2 + n, area, kind.value, CAST(4000000 * sin(n * 7 + kind.value) AS INTEGER), 12 + sin(n * 0.1 + kind.value), $1 + n
        FROM number CROSS JOIN place CROSS JOIN json_each('[{Ordinals}]') AS kind
        """;

    static string Ordinals => string.Join(',', ArchiveShape.Quantities.Select(quantity => quantity.Ordinal).Order());

    static string Root(ArchiveShape shape) => AreaTree.Build(shape.Areas).Nodes[0].Area.QuadKey;

    static long MonthAgo(ArchiveShape shape) => shape.End.AddDays(-30).ToUnixTimeMilliseconds();

    static int DayNumber(ReleasePlan plan) => plan.Day.Date.DayNumber - new DateOnly(1970, 1, 1).DayNumber;

    static void Add(SqliteConnection connection, string sql, params ReadOnlySpan<object> values)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"${i + 1}"), values[i]);
        command.ExecuteNonQuery();
    }
}
