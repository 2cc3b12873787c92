using CivicSense.Commons;
using CivicSense.Tests;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CivicSense.Storage.Tests;

public sealed class PostgresMigrationTests : IAsyncLifetime
{
    PostgresServer server = null!;
    string connectionString = "";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await PostgresServer.GetAsync();
        connectionString = await server.CreateDatabaseAsync();
    }

    public async ValueTask DisposeAsync() => await server.DropDatabaseAsync(connectionString);

    [Fact]
    public async Task Database_that_was_never_prepared_is_not_opened_and_says_what_to_do()
    {
        var refusal = await Assert.ThrowsAsync<UnusableDatabaseException>(OpenAsync);

        Assert.Contains("civicsense db migrate", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await PostgresMigration.ReadStatusAsync(connectionString, Cancel)).Version);
    }

    [Fact]
    public async Task Each_step_is_applied_once()
    {
        Assert.Equal(PostgresSchema.Steps.Count, await MigrateAsync());
        Assert.Equal(0, await MigrateAsync());

        var status = await PostgresMigration.ReadStatusAsync(connectionString, Cancel);
        Assert.Equal((PostgresSchema.Steps.Count, PostgresSchema.Steps.Count), (status.Version, status.KnownVersion));
        await (await OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Right_that_no_role_is_to_have_any_more_is_taken_away()
    {
        await MigrateAsync();
        await ExecuteAsync("GRANT SELECT ON commons.measurement TO civicsense_release; "
            + "GRANT SELECT (name) ON vault.owner TO civicsense_public");

        await MigrateAsync();

        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var left = new NpgsqlCommand("""
            SELECT has_table_privilege('civicsense_release', 'commons.measurement', 'SELECT')
                OR has_any_column_privilege('civicsense_public', 'vault.owner', 'SELECT')
            """, connection);
        Assert.Equal(false, await left.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task Several_that_migrate_at_once_wait_for_each_other()
    {
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrateAsync()));

        Assert.Equal(PostgresSchema.Steps.Count, applied.Sum());
    }

    [Fact]
    public async Task Failing_step_leaves_the_version_before_it()
    {
        await MigrateAsync();
        PostgresStep[] steps =
            [.. PostgresSchema.Steps, new("bad", _ => "CREATE TABLE commons.half (id integer); CREATE TABLE commons.half (id integer)")];

        await Assert.ThrowsAsync<UnusableDatabaseException>(
            () => PostgresMigration.MigrateAsync(connectionString, steps, NullLogger.Instance, Cancel));

        Assert.Equal(PostgresSchema.Steps.Count, (await PostgresMigration.ReadStatusAsync(connectionString, Cancel)).Version);
        await (await OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Sessions_of_devices_from_before_they_were_divided_are_those_of_the_process_without_a_name()
    {
        var before = PostgresSchema.Steps.TakeWhile(step => step.Name != "sessions of processes").ToList();
        await PostgresMigration.MigrateAsync(connectionString, before, NullLogger.Instance, Cancel);
        await ExecuteAsync("""
            INSERT INTO vault.owner (name) VALUES ('a');
            INSERT INTO vault.device (owner_id, name, place, secret_hash) VALUES (1, 'a-1', '0', decode(repeat('00', 32), 'hex'));
            INSERT INTO vault.mqtt_session (device_id, client_id, state) VALUES (1, 'kept', '\x01')
            """);
        await MigrateAsync();

        foreach (var (name, kept) in new (string, string[])[] { ("", ["kept"]), ("east", []) })
        {
            await using var database = await PostgresNodeDatabase.OpenAsync(
                new PostgresOptions { ConnectionString = connectionString, IngestNode = name }, NullLogger.Instance, Cancel);
            Assert.Equal(kept, (await database.DeviceSessions.ReadAsync(Cancel)).Select(session => session.ClientId));
        }
    }

    [Fact]
    public async Task History_of_an_older_database_begins_with_the_first_estimate_that_is_written()
    {
        var before = PostgresSchema.Steps.TakeWhile(step => step.Name != "estimate revisions").ToList();
        await PostgresMigration.MigrateAsync(connectionString, before, NullLogger.Instance, Cancel);
        var live = Samples.Estimate(Samples.North, Samples.Window, 10);
        // The chunks of TimescaleDB come by themselves.
        if (!await server.HasTimescaleAsync())
            await ExecuteAsync("SELECT vault.add_months('estimate', ARRAY[date '2026-06-01'])");
        await ExecuteAsync($"""
            INSERT INTO commons.estimate VALUES ('{Samples.North.QuadKey}', 0, 0, {live.Start.ToUnixTimeMilliseconds()},
                {live.End.ToUnixTimeMilliseconds()}, 10, 0.5, 9, 11, 0)
            """);
        await MigrateAsync();

        await using var database = await OpenAsync();
        var migrated = await database.Commons.ReadRevisionHistoryAsync(Cancel);
        var query = new EstimateRevisionQuery(Samples.North, Quantity.Pm25, Resolution.Hour, live.Start, live.End, 10);
        Assert.Equal(migrated.Now, migrated.Begins);
        Assert.Equal([new EstimateRevision(live, null, null)], await database.Commons.ReadEstimateRevisionsAsync(query, Cancel));
        var final = live with { Value = 12, Status = EstimateStatus.Final };
        Assert.True(await database.ReleaseLease.TakeAsync((await database.ReleaseLease.ReadAsync(Cancel)).Token, Cancel));
        await database.Estimates.WriteAsync([final], Cancel);

        var begins = (await database.Commons.ReadRevisionHistoryAsync(Cancel)).Begins;
        Assert.InRange(begins!.Value, migrated.Now, migrated.Now.AddHours(1));
        Assert.Equal(
            [new EstimateRevision(live, null, begins), new EstimateRevision(final, begins, null)],
            await database.Commons.ReadEstimateRevisionsAsync(query, Cancel));
    }

    [Fact]
    public async Task Newer_database_is_refused()
    {
        await PostgresMigration.MigrateAsync(
            connectionString, [.. PostgresSchema.Steps, new("later", _ => "CREATE TABLE commons.later (id integer)")],
            NullLogger.Instance, Cancel);

        var refusal = await Assert.ThrowsAsync<DatabaseNewerException>(OpenAsync);
        Assert.Equal(PostgresSchema.Steps.Count + 1, refusal.DatabaseVersion);
        await Assert.ThrowsAsync<DatabaseNewerException>(MigrateAsync);
    }

    [Fact]
    public async Task Step_that_was_another_one_is_refused()
    {
        await MigrateAsync();
        await ExecuteAsync("UPDATE commons.migration SET checksum = 'x' WHERE version = 2");

        var refusal = await Assert.ThrowsAsync<UnusableDatabaseException>(OpenAsync);
        Assert.Contains("Step 2", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnusableDatabaseException>(MigrateAsync);
    }

    [Fact]
    public async Task Schema_of_another_program_is_refused_and_left_as_it_is()
    {
        await ExecuteAsync("CREATE SCHEMA vault; CREATE TABLE vault.recipe (id integer)");

        var refusal = await Assert.ThrowsAsync<UnusableDatabaseException>(MigrateAsync);

        Assert.Contains("another program", refusal.Message, StringComparison.Ordinal);
        await ExecuteAsync("SELECT * FROM vault.recipe");
    }

    [Fact]
    public async Task Login_that_may_not_make_roles_is_told_what_to_ask_for()
    {
        // Roles belong to the server, not to a database: another one has made them here, whichever test ran before.
        var another = await server.CreateDatabaseAsync();
        await PostgresMigration.MigrateAsync(another, NullLogger.Instance, Cancel);
        await server.DropDatabaseAsync(another);
        var login = new NpgsqlConnectionStringBuilder(connectionString).Database + "_owner";
        await server.ExecuteAsync($"CREATE ROLE {login} LOGIN PASSWORD 'x'");
        try
        {
            await server.ExecuteAsync($"GRANT ALL ON DATABASE {new NpgsqlConnectionStringBuilder(connectionString).Database} TO {login}");
            var limited = new NpgsqlConnectionStringBuilder(connectionString) { Username = login, Password = "x" }.ConnectionString;

            var refusal = await Assert.ThrowsAsync<UnusableDatabaseException>(
                () => PostgresMigration.MigrateAsync(limited, NullLogger.Instance, Cancel));

            Assert.Contains($"GRANT civicsense_public TO \"{login}\"", refusal.Message, StringComparison.Ordinal);
            foreach (var role in PostgresRole.All)
                await server.ExecuteAsync($"GRANT {role.Name} TO {login}");
            Assert.Equal(PostgresSchema.Steps.Count, await PostgresMigration.MigrateAsync(limited, NullLogger.Instance, Cancel));
        }
        finally
        {
            await server.DropDatabaseAsync(connectionString);
            await server.ExecuteAsync($"DROP ROLE {login}");
        }
    }

    [Fact]
    public async Task Server_that_is_not_there_is_named()
    {
        var refusal = await Assert.ThrowsAsync<UnusableDatabaseException>(
            () => PostgresMigration.ReadStatusAsync(
                "Host=127.0.0.1;Port=1;Database=civicsense;Username=node;Password=very-secret", Cancel));

        Assert.Contains("cannot be reached", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Absence_of_the_extension_is_said_once_in_the_log()
    {
        await MigrateAsync();
        var log = new KeptLog();
        await using var database =
            await PostgresNodeDatabase.OpenAsync(new PostgresOptions { ConnectionString = connectionString }, log, Cancel);
        var expected = (await PostgresMigration.ReadStatusAsync(connectionString, Cancel)).Timescale is null ? 1 : 0;

        Assert.Equal(expected, log.Lines.Count(line => line.Contains("extension timescaledb is not installed", StringComparison.Ordinal)));
    }

    Task<int> MigrateAsync() => PostgresMigration.MigrateAsync(connectionString, NullLogger.Instance, Cancel);

    Task<PostgresNodeDatabase> OpenAsync() =>
        PostgresNodeDatabase.OpenAsync(new PostgresOptions { ConnectionString = connectionString }, NullLogger.Instance, Cancel);

    async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    sealed class KeptLog : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
