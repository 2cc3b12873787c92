using CivicSense.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CivicSense.Storage.Tests;

public sealed class PostgresCatalogueTests : CatalogueContract
{
    protected override ValueTask<PostgresStore> CreateAsync() => PostgresStore.CreateAsync();

    [Fact]
    public async Task Migration_of_an_ordinary_owner_says_what_is_left_and_the_one_of_a_superuser_does_it()
    {
        var server = await PostgresServer.GetAsync();
        var connectionString = await server.CreateDatabaseAsync();
        var database = new NpgsqlConnectionStringBuilder(connectionString).Database!;
        var login = database + "_ordinary";
        await server.ExecuteAsync($"CREATE ROLE {login} LOGIN CREATEROLE PASSWORD 'x'; ALTER DATABASE {database} OWNER TO {login}");
        try
        {
            var owner = new NpgsqlConnectionStringBuilder(connectionString) { Username = login, Password = "x" }.ConnectionString;
            foreach (var role in PostgresRole.All)
            {
                await server.ExecuteAsync($"""
                    DO $$ BEGIN CREATE ROLE {role.Name} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$;
                    GRANT {role.Name} TO {login}
                    """);
            }
            await PostgresMigration.MigrateAsync(owner, NullLogger.Instance, Cancel);
            var advice = Assert.Single((await PostgresMigration.ReadStatusAsync(owner, Cancel)).Disclosures);
            Assert.Contains("Let a superuser run 'civicsense db migrate' once", advice, StringComparison.Ordinal);
            await using (var connection = new NpgsqlConnection(connectionString + ";Pooling=false"))
            {
                await connection.OpenAsync(Cancel);
                await using var temporary = new NpgsqlCommand(
                    "SELECT has_database_privilege('public', current_database(), 'TEMPORARY')", connection);
                Assert.Equal(false, await temporary.ExecuteScalarAsync(Cancel));
            }

            Assert.Equal(0, await PostgresMigration.MigrateAsync(connectionString, NullLogger.Instance, Cancel));

            Assert.Empty((await PostgresMigration.ReadStatusAsync(owner, Cancel)).Disclosures);
            // The owner is the one who backs up and upgrades: nothing is taken from it.
            await using var owning = new NpgsqlConnection(owner + ";Pooling=false");
            await owning.OpenAsync(Cancel);
            await using var look = new NpgsqlCommand("""
                SELECT count(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_stat_all_tables t ON t.relid = c.oid
                WHERE t.schemaname = 'vault' AND c.reltuples >= -1 AND t.n_live_tup >= 0
                """, owning);
            Assert.NotEqual(0L, await look.ExecuteScalarAsync(Cancel));
            Assert.Equal(0, await PostgresMigration.MigrateAsync(owner, NullLogger.Instance, Cancel));
        }
        finally
        {
            await server.DropDatabaseAsync(connectionString);
            await server.ExecuteAsync($"DROP ROLE {login}");
        }
    }
}

public sealed class TimescaleCatalogueTests : CatalogueContract
{
    protected override ValueTask<PostgresStore> CreateAsync() => TimescaleStore.CreateAsync();
}

/// <summary>
/// What PostgreSQL tells everybody by itself. The number of rows of the vault, and the moments when it changes, are private: decision 0009.
/// </summary>
public abstract class CatalogueContract
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract ValueTask<PostgresStore> CreateAsync();

    static readonly string[] WhatTells =
    [
        "SELECT reltuples FROM pg_class", "SELECT relpages FROM pg_class", "SELECT * FROM pg_class",
        "SELECT n_live_tup FROM pg_stat_all_tables", "SELECT n_tup_upd FROM pg_stat_user_tables",
        "SELECT idx_scan FROM pg_stat_all_indexes",
        "SELECT heap_blks_hit FROM pg_statio_all_tables", "SELECT n_tup_ins FROM pg_stat_xact_all_tables",
        "SELECT tup_updated FROM pg_stat_database", "SELECT xact_commit FROM pg_stat_database", "SELECT calls FROM pg_stat_user_functions",
        "SELECT pg_relation_size(oid) FROM pg_class", "SELECT pg_total_relation_size(oid) FROM pg_class",
        "SELECT pg_table_size(oid) FROM pg_class", "SELECT pg_indexes_size(oid) FROM pg_class",
        "SELECT pg_database_size(oid) FROM pg_database", "SELECT pg_tablespace_size(oid) FROM pg_tablespace",
        "SELECT backend_xid FROM pg_stat_activity", "SELECT * FROM pg_locks", "SELECT pg_try_advisory_lock(1131832147, 1)",
        "SELECT pg_advisory_xact_lock(1131832147, 1)",
        "SELECT pg_current_wal_lsn()", "SELECT pg_current_wal_insert_lsn()", "SELECT txid_current()", "SELECT pg_current_snapshot()",
        "SELECT pg_xact_status('9'::xid8)", "SELECT age('9'::xid)", "SELECT pg_export_snapshot()", "SELECT lo_create(0)",
        "SELECT * FROM pg_control_checkpoint()",
    ];

    [Fact]
    public async Task Public_role_sees_neither_how_many_rows_the_vault_has_nor_when_they_change()
    {
        await using var store = await CreateAsync();

        foreach (var question in WhatTells)
            Assert.Equal((question, PostgresErrorCodes.InsufficientPrivilege), (question, await AskAsPublicAsync(store, question)));
    }

    [Fact]
    public async Task Public_role_sees_no_row_of_the_statistics_of_columns()
    {
        await using var store = await CreateAsync();
        await store.Vault.EnrolAsync([Samples.Request("a", "a-1")], Cancel);
        await store.QueryAsync<int>("ANALYZE vault.device");
        Assert.NotEqual(0, (await store.QueryAsync<long>("SELECT count(*) FROM pg_stats WHERE schemaname = 'vault'"))[0]);

        Assert.Equal("0", await AskAsPublicAsync(store, "SELECT count(*)::text FROM pg_stats WHERE schemaname = 'vault'"));
    }

    [Fact]
    public async Task Everybody_may_ask_for_nothing_more_than_that()
    {
        await using var store = await CreateAsync();

        Assert.Empty(await store.QueryAsync<string>("""
            SELECT proname::text FROM pg_proc WHERE has_function_privilege('public', oid, 'EXECUTE')
                AND (proname ~ '^pg_stat_get_' OR proname ~ '^pg_.*_size$' AND proname <> 'pg_column_size' OR proname ~ 'advisory')
            ORDER BY 1
            """));
        Assert.Empty(await store.QueryAsync<string>("""
            SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_extension e ON e.extname = 'timescaledb'
                JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e' AND d.refobjid = e.oid
            WHERE has_function_privilege('public', p.oid, 'EXECUTE') AND p.prokind = 'f'
                AND p.proname ~ '(_size|_stats|_statistics|row_count)$'
            """));
        Assert.Empty(await store.QueryAsync<string>("""
            SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                CROSS JOIN LATERAL aclexplode(c.relacl) AS granted WHERE n.nspname IN ('vault', 'commons') AND granted.grantee = 0
            """));
        Assert.Empty(await store.QueryAsync<string>("""
            SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname IN ('vault', 'commons') AND has_function_privilege('public', p.oid, 'EXECUTE')
            """));
        Assert.Empty(await store.QueryAsync<string>("SELECT defaclobjtype::text FROM pg_default_acl"));
        Assert.False((await store.QueryAsync<bool>("SELECT has_schema_privilege('public', 'public', 'CREATE')"))[0]);
    }

    /// <summary>The first value of the answer, or the code of the refusal.</summary>
    static async Task<string?> AskAsPublicAsync(PostgresStore store, string question)
    {
        await using var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var become = new NpgsqlCommand("SET ROLE civicsense_public", connection);
        await become.ExecuteNonQueryAsync(Cancel);
        try
        {
            await using var command = new NpgsqlCommand(question, connection);
            return (await command.ExecuteScalarAsync(Cancel))?.ToString();
        }
        catch (PostgresException exception)
        {
            return exception.SqlState;
        }
        finally
        {
            // On a server with one session the next connection would have it.
            await using var giveBack = new NpgsqlCommand("RESET ROLE", connection);
            await giveBack.ExecuteNonQueryAsync(Cancel);
        }
    }
}
