using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CivicSense.Audit.Tests.Replay;

/// <summary>Everything that stands in some tables of the database, as text that is equal exactly where the stored values are.</summary>
sealed record DatabaseText(IReadOnlyDictionary<string, TableText> Tables)
{
    /// <summary>Whether a table is private is told by its name, so a table that is added later is compared without further ado.</summary>
    public static bool IsPrivate(string table) => table.StartsWith("vault_", StringComparison.Ordinal);

    public static DatabaseText Read(string path, Func<string, bool> wanted)
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ConnectionString);
        connection.Open();
        var tables = new SortedDictionary<string, TableText>(StringComparer.Ordinal);
        var names = Query(connection, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").Rows.Select(row => row[0]);
        foreach (var name in names.Where(wanted))
            tables.Add(name, Query(connection, $"SELECT * FROM \"{name}\""));
        return new DatabaseText(tables);
    }

    static TableText Query(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names come from the database's own catalogue.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<string[]>();
        while (reader.Read())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => Text(reader.GetValue(column)))]);
        return new TableText([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)], rows);
    }

    static string Text(object value) => value switch
    {
        double number => string.Create(CultureInfo.InvariantCulture, $"{BitConverter.DoubleToInt64Bits(number):x16}={number:R}"),
        byte[] bytes => Convert.ToHexString(bytes),
        DBNull => "(null)",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}

/// <summary>One table.</summary>
sealed record TableText(string[] Columns, IReadOnlyList<string[]> Rows)
{
    /// <summary>The column of a row, or null where the table has none of that name.</summary>
    public long? Number(string[] row, string column)
    {
        var index = Array.IndexOf(Columns, column);
        return index < 0 ? null : long.Parse(row[index], CultureInfo.InvariantCulture);
    }

    public IEnumerable<string> Lines(Func<string[], bool> wanted) => Rows.Where(wanted).Select(row => string.Join(" | ", row));
}
