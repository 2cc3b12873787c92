using Npgsql;

namespace CivicSense.Storage.Tests;

public sealed class PostgresGrantsTests : GrantsContract
{
    protected override ValueTask<PostgresStore> CreateAsync() => PostgresStore.CreateAsync();
}

public sealed class TimescaleGrantsTests : GrantsContract
{
    protected override ValueTask<PostgresStore> CreateAsync() => TimescaleStore.CreateAsync();
}

/// <summary>
/// DESIGN section 2, rule 3: what each role may do, and that the public one cannot read the vault. Tried on whatever the catalogue lists,
/// so that what a later version adds is tried as well.
/// </summary>
public abstract class GrantsContract
{
    // Tables and views of a schema, and the chunks, compressed chunks and materialisations that belong to it.
    const string RelationsOf = """
        SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = '{0}' ORDER BY 1
        """;

    protected abstract ValueTask<PostgresStore> CreateAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Public_role_cannot_read_or_change_anything_of_the_vault()
    {
        await using var store = await CreateFilledAsync();
        var relations = await store.QueryAsync<string>(Relations("vault"));
        relations.AddRange(await ChunksOfVaultAsync(store));
        Assert.Contains("vault.contribution", relations);
        await using var connection = await ConnectAsync(store, "civicsense_public");

        foreach (var relation in relations)
        {
            await RefusedAsync(connection, $"SELECT * FROM {relation}");
            await RefusedAsync(connection, $"SELECT count(*) FROM {relation}");
            await RefusedAsync(connection, $"SELECT 1 FROM {relation} LIMIT 1");
            await RefusedAsync(connection, $"DELETE FROM {relation}");
            await RefusedAsync(connection, $"INSERT INTO {relation} DEFAULT VALUES");
            await RefusedAsync(connection, $"TRUNCATE {relation}");
        }
    }

    [Fact]
    public async Task Public_role_cannot_call_any_function_of_the_vault()
    {
        await using var store = await CreateFilledAsync();
        // With arguments of the right types, so that only the right to call it is missing.
        var calls = await store.QueryAsync<string>("""
            SELECT format('%I.%I(%s)', n.nspname, p.proname, coalesce((
                SELECT string_agg(format('NULL::%s', type::regtype), ', ' ORDER BY place)
                FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS argument (type, place)), ''))
            FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'vault'
            """);
        Assert.NotEmpty(calls);
        await using var connection = await ConnectAsync(store, "civicsense_public");

        foreach (var call in calls)
            await RefusedAsync(connection, $"SELECT {call}");
    }

    [Fact]
    public async Task Public_role_reads_the_commons_and_changes_nothing_there()
    {
        await using var store = await CreateFilledAsync();
        string[] readable =
        [
            "plan", "measurement", "activity", "ledger", "estimate", "latest_estimate", "reference_value", "model_version", "migration",
            "measurement_by_day", "measurement_by_week", "superseded_estimate", "revision_history", "version",
        ];
        var relations = await store.QueryAsync<string>(Relations("commons"));
        await using var connection = await ConnectAsync(store, "civicsense_public");

        foreach (var table in readable)
            await ExecuteAsync(connection, $"SELECT count(*) FROM commons.{table}");
        foreach (var relation in relations)
        {
            await RefusedAsync(connection, $"INSERT INTO {relation} DEFAULT VALUES", "55000", "0A000");
            await RefusedAsync(connection, $"DELETE FROM {relation}", "55000", "0A000");
            await RefusedAsync(connection, $"TRUNCATE {relation}", "42809");
        }
        await RefusedAsync(connection, "UPDATE commons.measurement SET value = 0");
        await RefusedAsync(connection, "CREATE TABLE commons.mine (id integer)");
    }

    [Fact]
    public async Task Nobody_who_runs_a_node_may_change_what_has_been_released()
    {
        await using var store = await CreateFilledAsync();
        foreach (var role in new[] { "civicsense_ingest", "civicsense_release" })
        {
            await using var connection = await ConnectAsync(store, role);
            foreach (var table in new[] { "plan", "measurement", "activity", "ledger", "reference_value", "model_version" })
            {
                await RefusedAsync(connection, $"DELETE FROM commons.{table}");
                await RefusedAsync(connection, $"TRUNCATE commons.{table}");
            }
            await RefusedAsync(connection, "UPDATE commons.measurement SET value = 0");
            await RefusedAsync(connection, "UPDATE commons.ledger SET document = ''");
            await RefusedAsync(connection, "INSERT INTO commons.superseded_estimate SELECT * FROM commons.superseded_estimate");
            await RefusedAsync(connection, "UPDATE commons.superseded_estimate SET value = 0");
            await RefusedAsync(connection, "DELETE FROM commons.superseded_estimate");
        }
    }

    [Fact]
    public async Task Grants_of_the_catalogue_are_those_that_are_meant()
    {
        await using var store = await CreateAsync();

        var granted = await store.QueryAsync<string>("""
            SELECT format('%s: %s on %s.%s', grantee, string_agg(privilege_type, ' ' ORDER BY privilege_type), table_schema, table_name)
            FROM information_schema.role_table_grants
            WHERE grantee LIKE 'civicsense%' AND table_schema IN ('vault', 'commons')
            GROUP BY grantee, table_schema, table_name ORDER BY 1
            """);

        Assert.Equal(
            new[]
            {
                "civicsense_ingest: DELETE INSERT SELECT UPDATE on vault.mqtt_session",
                "civicsense_ingest: INSERT SELECT UPDATE on vault.contribution",
                "civicsense_ingest: INSERT SELECT on vault.device",
                "civicsense_ingest: INSERT SELECT on vault.owner",
                "civicsense_ingest: SELECT on commons.migration",
                "civicsense_ingest: SELECT on commons.plan",
                "civicsense_ingest: SELECT on vault.departed_device",
                "civicsense_ingest: SELECT on vault.ingest_process",
                "civicsense_ingest: SELECT on vault.plan_device",
                "civicsense_ingest: SELECT on vault.state",
                "civicsense_public: SELECT on commons.activity",
                "civicsense_public: SELECT on commons.estimate",
                "civicsense_public: SELECT on commons.latest_estimate",
                "civicsense_public: SELECT on commons.ledger",
                "civicsense_public: SELECT on commons.measurement",
                "civicsense_public: SELECT on commons.measurement_by_day",
                "civicsense_public: SELECT on commons.measurement_by_week",
                "civicsense_public: SELECT on commons.migration",
                "civicsense_public: SELECT on commons.model_version",
                "civicsense_public: SELECT on commons.plan",
                "civicsense_public: SELECT on commons.reference_value",
                "civicsense_public: SELECT on commons.revision_history",
                "civicsense_public: SELECT on commons.superseded_estimate",
                "civicsense_public: SELECT on commons.version",
                "civicsense_release: DELETE INSERT SELECT UPDATE on vault.budget",
                "civicsense_release: DELETE INSERT SELECT on vault.active_owner",
                "civicsense_release: DELETE INSERT SELECT on vault.plan_device",
                "civicsense_release: DELETE SELECT on vault.contribution",
                "civicsense_release: INSERT SELECT UPDATE on commons.estimate",
                "civicsense_release: INSERT SELECT UPDATE on commons.latest_estimate",
                "civicsense_release: INSERT on commons.activity",
                "civicsense_release: INSERT SELECT on commons.ledger",
                "civicsense_release: INSERT on commons.measurement",
                "civicsense_release: INSERT SELECT on commons.model_version",
                "civicsense_release: INSERT SELECT on commons.plan",
                "civicsense_release: INSERT SELECT on commons.reference_value",
                "civicsense_release: SELECT on commons.migration",
                "civicsense_release: SELECT on commons.revision_history",
                "civicsense_release: SELECT on vault.ingest_process",
                "civicsense_release: SELECT on vault.release_lease",
                "civicsense_release: SELECT on vault.state",
            }.Order(StringComparer.Ordinal),
            granted.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_role_can_do_its_own_work_with_its_own_rights_only()
    {
        await using var store = await CreateFilledAsync();
        var kind = await store.QueryAsync<string>(
            "SELECT relkind::text FROM pg_catalog.pg_class WHERE oid = 'vault.contribution'::regclass");
        await using (var ingest = await ConnectAsync(store, "civicsense_ingest"))
        {
            // A day of its own, so that a chunk or a partition has to be made with no right to make tables.
            if (kind is ["p"])
                await ExecuteAsync(ingest, "SELECT vault.add_months('contribution', ARRAY[date '2027-03-01'])");
            await ExecuteAsync(ingest, "INSERT INTO vault.contribution VALUES (501336, 1, 0, 'other', 1, 1, 1)");
            await RefusedAsync(ingest, "DELETE FROM vault.contribution");
            await RefusedAsync(ingest, "SELECT * FROM vault.budget");
            await RefusedAsync(ingest, "DELETE FROM vault.owner");
            await ExecuteAsync(ingest, "SELECT vault.delete_device('nobody')");
            await ExecuteAsync(ingest, "SELECT vault.register_ingest('east')");
            await RefusedAsync(ingest, "UPDATE vault.ingest_process SET closed_through = 0");
            await RefusedAsync(ingest, "DELETE FROM vault.ingest_process");
        }
        await using var release = await ConnectAsync(store, "civicsense_release");
        await ExecuteAsync(release, "DELETE FROM vault.contribution");
        await RefusedAsync(release, "SELECT * FROM vault.owner");
        await RefusedAsync(release, "SELECT vault.delete_owner('nobody')");
        await RefusedAsync(release, "SELECT vault.stop_ingest('east', 1)");
        await RefusedAsync(release, "SELECT secret_hash FROM vault.device");
        await RefusedAsync(release, "INSERT INTO vault.contribution VALUES (501336, 1, 0, '', 1, 1, 1)");
    }

    async Task<PostgresStore> CreateFilledAsync()
    {
        var store = await CreateAsync();
        await store.Vault.EnrolAsync([Samples.Request("a", "a-1")], Cancel);
        await store.Vault.CommitAsync(
            new[] { Samples.Contribution(1, Samples.Window), Samples.Contribution(1, Samples.Window.Next) }, Cancel);
        await store.ReleaseAsync(async release =>
        {
            await release.WritePlanAsync(Samples.PrivatePlan(Samples.Day), Cancel);
            await release.WriteMeasurementsAsync([Samples.Measurement(Samples.Window, Samples.North, Commons.Quantity.Pm25)], Cancel);
        });
        await store.Estimates.WriteAsync([Samples.Estimate(Samples.North, Samples.Window, 3)], Cancel);
        return store;
    }

    static string Relations(string schema) => RelationsOf.Replace("{0}", schema, StringComparison.Ordinal);

    /// <summary>Where the rows of a hypertable really lie.</summary>
    static async Task<List<string>> ChunksOfVaultAsync(PostgresStore store)
    {
        var hasExtension =
            (await store.QueryAsync<bool>("SELECT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'timescaledb')"))[0];
        if (!hasExtension)
            return [];
        var chunks = await store.QueryAsync<string>("""
            SELECT format('%I.%I', chunk_schema, chunk_name) FROM timescaledb_information.chunks WHERE hypertable_schema = 'vault'
            """);
        Assert.NotEmpty(chunks);
        return chunks;
    }

    static async Task<RoleConnection> ConnectAsync(PostgresStore store, string role)
    {
        var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        var limited = new RoleConnection(connection);
        await ExecuteAsync(limited, $"SET ROLE {role}");
        return limited;
    }

    static async Task ExecuteAsync(RoleConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection.Connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    /// <summary>42501 is insufficient_privilege; the others say that this kind of relation cannot be changed by anybody.</summary>
    static async Task RefusedAsync(RoleConnection connection, string sql, params string[] orBecause)
    {
        var outcome = await Record.ExceptionAsync(() => ExecuteAsync(connection, sql));
        Assert.True(outcome is PostgresException, $"Not refused: {sql}");
        var state = ((PostgresException)outcome!).SqlState;
        Assert.True(state == PostgresErrorCodes.InsufficientPrivilege || orBecause.Contains(state), $"{sql}: {outcome.Message}");
    }

    /// <summary>A connection that gives its role back: on a server with one session the next one would have it.</summary>
    sealed record RoleConnection(NpgsqlConnection Connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await ExecuteAsync(this, "RESET ROLE");
            await Connection.DisposeAsync();
        }
    }
}
