using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CivicSense.Benchmarks.Archive;

/// <summary>Fills an SQLite file with an archive, straight in SQL.</summary>
static class SqliteArchive
{
    /// <summary>Hour by hour, as a node writes: the pages of the tree are as full as a node's.</summary>
    public static void Fill(string path, ArchiveShape shape)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; BEGIN");
        Execute(connection,
            "CREATE TEMP TABLE place (area TEXT PRIMARY KEY) WITHOUT ROWID; CREATE TEMP TABLE kind (quantity INTEGER PRIMARY KEY)");
        foreach (var area in shape.Areas)
            Execute(connection, $"INSERT INTO place VALUES ('{area.QuadKey}')");
        foreach (var quantity in ArchiveShape.Quantities)
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO kind VALUES ({quantity.Ordinal})"));
        Execute(connection, Series("hour", shape.Days * 24, 3_600_000));
        Execute(connection, Series("day", shape.Days, 86_400_000));
        Execute(connection, "CREATE TEMP TABLE step AS SELECT 0 AS resolution, * FROM hour UNION ALL SELECT 1, * FROM day ORDER BY start");
        Execute(connection, $"""
            INSERT INTO estimate ({ArchiveShape.Columns}) SELECT area, quantity, resolution, start, until, {ArchiveShape.Values}
            FROM step CROSS JOIN place CROSS JOIN kind
            """);
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO latest_estimate (resolution, area, quantity, start, until, value, standard_error, lower, upper, status)
            SELECT resolution, area, quantity, start, until, value, standard_error, lower, upper, 0
            FROM estimate WHERE (area, quantity) IN (SELECT area, quantity FROM place, kind)
                AND resolution = 0 AND start = {shape.End.AddHours(-1).ToUnixTimeMilliseconds()}
            """));
        Execute(connection, "COMMIT");
    }

    static string Series(string name, int count, int milliseconds)
    {
        var begin = ArchiveShape.Begin.ToUnixTimeMilliseconds();
        return string.Create(CultureInfo.InvariantCulture, $"""
            CREATE TEMP TABLE {name} AS WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < {count - 1})
            SELECT {begin} + n * {milliseconds} AS start, {begin} + (n + 1) * {milliseconds} AS until FROM number
            """);
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
