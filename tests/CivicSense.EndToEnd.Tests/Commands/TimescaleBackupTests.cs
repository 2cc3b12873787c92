using System.Text.Json;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Tests;
using Npgsql;

namespace CivicSense.EndToEnd.Tests.Commands;

/// <summary>Backup and restore of a whole database with TimescaleDB, by a superuser. What the build can compress is compressed.</summary>
public sealed class TimescaleBackupTests : IAsyncLifetime
{
    // Months of estimates, the older ones compressed by the policy where there is one; what some were before; hours of contributions.
    const string Fill = """
        INSERT INTO commons.estimate SELECT '031313131' || area, 0, 0, hour * 3600000, hour * 3600000 + 3600000, sin(hour), 1, 0, 2, 0, hour * 3600000
            FROM generate_series(490000::bigint, 493000) AS hour CROSS JOIN generate_series(0, 3) AS area;
        UPDATE commons.estimate SET value = value + 1, published_at = published_at + 1, status = 1 WHERE start < 490100::bigint * 3600000;
        INSERT INTO vault.contribution SELECT hour, 1, 0, '', 1, 1, hour * 3600000 + 1
            FROM generate_series(492000::bigint, 493000) AS hour;
        """;

    const string Compress =
        "SELECT count(public.compress_chunk(chunk)) FROM public.show_chunks('commons.estimate', older_than => 1767225600000) AS chunk";

    const string Summary = """
        SELECT concat_ws(' ',
            (SELECT concat_ws(' ', count(*), sum(round(value * 1e6)), sum(published_at)) FROM commons.estimate),
            (SELECT concat_ws(' ', count(*), sum(published_until)) FROM commons.superseded_estimate),
            (SELECT count(*) FROM vault.contribution), (SELECT count(*) FROM commons.measurement_by_day), (SELECT count(*) FROM commons.measurement_by_week),
            (SELECT string_agg(format('%s: %s of %s', hypertable_name, compressed, chunks), ', ' ORDER BY hypertable_name) FROM (
                SELECT hypertable_name, count(*) AS chunks, count(*) FILTER (WHERE is_compressed) AS compressed
                FROM timescaledb_information.chunks GROUP BY hypertable_name) AS divided),
            (SELECT string_agg(proc_name || ' ' || hypertable_name, ', ' ORDER BY job_id) FROM timescaledb_information.jobs WHERE job_id >= 1000))
        """;

    readonly TemporaryFolder folder = new();
    readonly List<string> databases = [];
    PostgresServer server = null!;
    string database = "";

    string Backup => folder.File("node.dump");

    public async ValueTask InitializeAsync()
    {
        var found = await PostgresServer.FindTimescaleAsync();
        Assert.SkipWhen(
            found is null,
            $"Neither {PostgresServer.TimescaleVariable} nor {PostgresPrograms.TimescaleVariable} is set. "
            + "The server in WebAssembly has no connection for pg_dump.");
        server = found!;
        database = await CreateDatabaseAsync();
        await RunAsync(0, "db", "migrate", "--connection", database);
        await Enrolment.AddAsync(Configure(database), "balcony", "The Millers");
        await AskAsync(database, Fill);
        if (await IsCommunityAsync())
            await AskAsync(database, Compress);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var each in databases)
            await server.DropDatabaseAsync(each);
        folder.Dispose();
    }

    [Fact]
    public async Task Backup_makes_the_same_node_in_an_empty_database_and_it_runs()
    {
        await RunAsync(0, "backup", Backup, "--connection", database);
        var other = await CreateDatabaseAsync();

        var restored = await RunAsync(0, "restore", Backup, "--connection", other);

        Assert.Contains("The ledger is whole: 0 entries", restored.Output, StringComparison.Ordinal);
        var expected = await AskAsync(database, Summary);
        Assert.Contains(await IsCommunityAsync() ? "policy_compression estimate" : "estimate: 0 of 5", expected, StringComparison.Ordinal);
        Assert.Equal(expected, await AskAsync(other, Summary));
        var configuration = Configure(other);
        Assert.Contains(
            "balcony", (await RunAsync(0, "owner", "export", "The Millers", "--config", configuration)).Output, StringComparison.Ordinal);
        await using (await NodeProcess.RunNodeAsync(configuration))
            Assert.Contains("is in use", (await RunAsync(1, "restore", Backup, "--connection", other)).Errors, StringComparison.Ordinal);
        Assert.Contains(
            "empty database only", (await RunAsync(1, "restore", Backup, "--replace", "--connection", other)).Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_whose_ledger_is_not_whole_leaves_the_database_empty_for_another()
    {
        await RunAsync(0, "backup", Backup, "--connection", database);
        await AskAsync(database, "INSERT INTO commons.ledger (sequence, hash, document) VALUES (1, 'none', 'no entry')");
        await RunAsync(0, "backup", folder.File("broken.dump"), "--connection", database);
        var other = await CreateDatabaseAsync();

        Assert.Contains(
            "Not restored", (await RunAsync(2, "restore", folder.File("broken.dump"), "--connection", other)).ToString(),
            StringComparison.Ordinal);

        Assert.Equal("0", await AskAsync(other, "SELECT count(*) FROM timescaledb_information.hypertables"));
        await RunAsync(0, "restore", Backup, "--connection", other);
        Assert.Equal("12004", await AskAsync(other, "SELECT count(*) FROM commons.estimate"));
    }

    [Fact]
    public async Task Status_says_what_the_build_can_and_which_policies_failed()
    {
        var status = await RunAsync(0, "db", "status", "--connection", database);
        Assert.Contains("Extension  timescaledb 2.", status.Output, StringComparison.Ordinal);
        Assert.Equal(!await IsCommunityAsync(), status.Output.Contains("Apache build", StringComparison.Ordinal));
        Assert.SkipUnless(await IsCommunityAsync(), "The Apache build has no policies.");

        // As the scheduler notes it.
        await AskAsync(database, """
            INSERT INTO _timescaledb_internal.bgw_job_stat (job_id, last_start, last_finish, next_start, last_successful_finish, last_run_success, total_runs,
                total_duration, total_duration_failures, total_successes, total_failures, total_crashes, consecutive_failures, consecutive_crashes, flags)
            SELECT job_id, now(), now(), now() + interval '1 day', '-infinity', false, 1, '0', '0', 0, 1, 0, 1, 0, 0 FROM timescaledb_information.jobs
            WHERE proc_name = 'policy_retention' AND hypertable_name = 'contribution'
            ON CONFLICT (job_id) DO UPDATE SET last_run_success = false, last_finish = now(), next_start = now() + interval '1 day'
            """);

        status = await RunAsync(0, "db", "status", "--connection", database);
        Assert.Contains("scheduler failed to run: Retention Policy", status.Output, StringComparison.Ordinal);
        var report = await NodeProcess.RunAsync("doctor", "--config", Configure(database));
        Assert.Contains("scheduler failed to run: Retention Policy", report.Output, StringComparison.Ordinal);
    }

    async Task<bool> IsCommunityAsync() => await AskAsync(database, "SELECT current_setting('timescaledb.license')") == "timescale";

    async Task<string> CreateDatabaseAsync()
    {
        var created = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync()) { Pooling = false }.ConnectionString;
        databases.Add(created);
        return created;
    }

    string Configure(string connection) =>
        Configuration.Write(folder, $$"""   "postgres": { "connection": {{JsonSerializer.Serialize(connection)}} } """);

    static async Task<string> AskAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))?.ToString() ?? "";
    }

    static async Task<CommandResult> RunAsync(int exitCode, params string[] arguments)
    {
        var result = await NodeProcess.RunAsync(arguments);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        return result;
    }
}
