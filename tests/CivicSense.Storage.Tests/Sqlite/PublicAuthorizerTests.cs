using System.Globalization;
using Microsoft.Data.Sqlite;

namespace CivicSense.Storage.Tests;

/// <summary>DESIGN section 2, rule 3: the public connection cannot read the vault, whatever it is asked.</summary>
public sealed class PublicAuthorizerTests
{
    const int SqliteAuth = 23;

    public static TheoryData<string> VaultTables =>
    [
        "vault_owner", "vault_device", "vault_contribution", "vault_budget", "vault_active_owner", "vault_plan_device", "vault_state",
        "vault_mqtt_sessions", "vault_departed_device", "vault_departed_owner",
    ];

    [Theory]
    [MemberData(nameof(VaultTables))]
    public async Task Vault_table_cannot_be_read_in_any_way(string table)
    {
        await using var store = new SqliteStore();
        using var connection = store.Database.OpenPublicSession();

        foreach (var statement in new[]
        {
            "SELECT * FROM {0}",
            "SELECT count(*) FROM {0}",
            "SELECT 1 FROM {0} LIMIT 1",
            "SELECT rowid FROM {0}",
            "SELECT * FROM main.{0}",
            "SELECT * FROM \"{0}\"",
            "SELECT (SELECT count(*) FROM {0})",
            "SELECT * FROM (SELECT * FROM {0})",
            "WITH seen AS (SELECT * FROM {0}) SELECT * FROM seen",
            "SELECT sequence FROM ledger UNION ALL SELECT 1 FROM {0}",
            "SELECT sequence FROM ledger WHERE EXISTS (SELECT 1 FROM {0})",
            "SELECT l.sequence FROM ledger l, {0}",
            "SELECT sequence FROM ledger ORDER BY (SELECT count(*) FROM {0})",
            "DELETE FROM {0}",
            "INSERT INTO {0} DEFAULT VALUES",
            "DROP TABLE {0}",
            "CREATE TEMP VIEW seen AS SELECT * FROM {0}",
            "CREATE TEMP TABLE seen AS SELECT * FROM {0}",
            "EXPLAIN SELECT * FROM {0}",
        })
        {
            Refused(connection, string.Format(CultureInfo.InvariantCulture, statement, table));
            Refused(connection, string.Format(CultureInfo.InvariantCulture, statement, table.ToUpperInvariant()));
        }
    }

    [Fact]
    public async Task Every_vault_table_of_the_schema_is_tried_here()
    {
        await using var store = new SqliteStore();
        using var connection = store.Database.OpenPrivateSession();
        var tables = new List<string>();
        for (var row = connection.Prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'vault%' ORDER BY 1"); row.Step();)
            tables.Add(row.Text(0));

        Assert.Equal(VaultTables.Select(table => table.Data).Order(StringComparer.Ordinal), tables);
    }

    [Fact]
    public async Task View_over_the_vault_shows_nothing()
    {
        await using var store = new SqliteStore();
        using (var owner = new SqliteConnection($"Data Source={store.Path};Pooling=False"))
        {
            owner.Open();
            using var create = owner.CreateCommand();
            create.CommandText = "CREATE VIEW seen AS SELECT name FROM vault_owner";
            create.ExecuteNonQuery();
        }
        using var connection = store.Database.OpenPublicSession();

        Refused(connection, "SELECT * FROM seen");
    }

    [Fact]
    public async Task Nothing_but_reading_the_public_tables_is_allowed()
    {
        await using var store = new SqliteStore();
        using var connection = store.Database.OpenPublicSession();

        foreach (var statement in new[]
        {
            $"ATTACH DATABASE '{store.Path}' AS again",
            $"ATTACH DATABASE 'file:{store.Path}?mode=ro' AS again",
            "DETACH DATABASE main",
            "SELECT * FROM sqlite_schema",
            "SELECT * FROM sqlite_master",
            "SELECT * FROM sqlite_stat1",
            "SELECT * FROM dbstat",
            "SELECT * FROM sqlite_dbpage",
            "SELECT * FROM pragma_table_info('vault_owner')",
            "PRAGMA table_info(vault_owner)",
            "PRAGMA query_only = OFF",
            "PRAGMA journal_mode = DELETE",
            "VACUUM INTO '/tmp/copy.db'",
            "SELECT load_extension('x')",
            "SELECT readfile('/etc/passwd')",
            "DELETE FROM ledger",
            "UPDATE measurement SET value = 0",
            "INSERT INTO ledger VALUES (1, 'x', 'x')",
            "CREATE TABLE mine (id)",
            "CREATE TEMP TABLE mine (id)",
            "BEGIN IMMEDIATE",
            "REINDEX",
            "ANALYZE",
        })
            Refused(connection, statement);
    }

    [Fact]
    public async Task Public_tables_can_be_read()
    {
        await using var store = new SqliteStore();
        using var connection = store.Database.OpenPublicSession();

        foreach (var table in new[] { "plan", "measurement", "activity", "ledger", "estimate", "latest_estimate", "reference_value",
            "model_version" })
            Assert.Equal(0, connection.QueryNumber($"SELECT count(*) FROM {table}"));
    }

    [Fact]
    public async Task Public_side_opened_for_a_tool_reads_beside_a_running_node()
    {
        await using var store = new SqliteStore();
        await store.ReleaseAsync(async release =>
            await release.AppendLedgerAsync(Samples.Entry(1, Commons.LedgerEntry.Genesis), TestContext.Current.CancellationToken));

        var commons = SqliteNodeDatabase.OpenCommonsReadOnly(store.Path);
        await using var closing = (IAsyncDisposable)commons;

        Assert.Equal(1, (await commons.ReadLedgerSummaryAsync(TestContext.Current.CancellationToken)).Entries);
    }

    // Some statements name things that this build of SQLite does not have at all; that is no way in either.
    static void Refused(SqliteSession connection, string sql)
    {
        var outcome = Record.Exception(() =>
        {
            using var statement = new SqliteStatement(connection.Handle, sql);
            statement.Run();
        });
        Assert.True(outcome is SqliteException, $"Not refused: {sql}");
        var refusal = (SqliteException)outcome!;
        Assert.True(
            refusal.SqliteErrorCode == SqliteAuth || refusal.Message.Contains("no such", StringComparison.Ordinal)
                || refusal.Message.Contains("not authorized", StringComparison.Ordinal)
                    || refusal.Message.Contains("prohibited", StringComparison.Ordinal),
            $"{sql}: {refusal.Message}");
    }
}
