using System.Globalization;
using System.Text.Json;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Storage;
using CivicSense.Tests;
using Npgsql;

namespace CivicSense.EndToEnd.Tests.Commands;

/// <summary>
/// Backup and restore of a PostgreSQL, by a login that owns the database and is no superuser. What a restored node does about its fence:
/// <see cref="Faults.BackupFaultTests"/>.
/// </summary>
public sealed class PostgresBackupTests : IAsyncLifetime
{
    readonly TemporaryFolder folder = new();
    readonly List<string> databases = [];
    PostgresServer server = null!;
    string owner = "";
    string database = "";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    string Backup => folder.File("node.dump");

    public async ValueTask InitializeAsync()
    {
        server = await PostgresServer.GetAsync();
        Assert.SkipWhen(
            await server.HasTimescaleAsync(), "With TimescaleDB only a superuser restores, into an empty database: TimescaleBackupTests.");
        var missing = await PostgresBackup.FindMissingAsync(await server.ReadMajorAsync(), Cancel);
        Assert.SkipWhen(missing is not null, missing ?? "");
        owner = string.Create(CultureInfo.InvariantCulture, $"backup_owner_{Environment.ProcessId}_{TimeProvider.System.GetTimestamp()}");
        await server.ExecuteAsync($"CREATE ROLE {owner} LOGIN");
        foreach (var role in new[] { "civicsense_ingest", "civicsense_release", "civicsense_public" })
        {
            await server.ExecuteAsync($"""
                DO $$ BEGIN CREATE ROLE {role} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
                GRANT {role} TO {owner} WITH ADMIN OPTION
                """);
        }
        database = await CreateDatabaseAsync();
        await CommandResult.SucceedsAsync("db", "migrate", "--connection", database);
        await Enrolment.AddAsync(Configure(database), "balcony", "The Millers");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var each in databases) await server.DropDatabaseAsync(each);
        folder.Dispose();
    }

    [Fact]
    public async Task Backup_makes_a_node_in_an_empty_database_with_the_rights_of_the_roles()
    {
        await CommandResult.SucceedsAsync("backup", Backup, "--config", Configure(database));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Backup));
        Assert.Equal([Backup], Directory.GetFiles(folder.Path, "node.dump*"));
        await CommandResult.FailsAsync("is there already", "backup", Backup, "--connection", database);

        var other = await CreateDatabaseAsync();
        var restored = await CommandResult.SucceedsAsync("restore", Backup, "--connection", other);

        Assert.Contains("The ledger is whole: 0 entries", restored.Output, StringComparison.Ordinal);
        // As the node's own login, which is a member of the roles and nothing else.
        var node = owner + "_node";
        await server.ExecuteAsync($"CREATE ROLE {node} LOGIN IN ROLE civicsense_ingest, civicsense_release, civicsense_public");
        var configuration = Configure(As(node, other));
        var export = await CommandResult.SucceedsAsync("owner", "export", "The Millers", "--config", configuration);
        Assert.Contains("balcony", export.Output, StringComparison.Ordinal);
        await CommandResult.SucceedsAsync("ledger", "verify", "--config", configuration);
        await using (await NodeProcess.RunNodeAsync(configuration))
            await CommandResult.FailsAsync("is in use", "restore", Backup, "--replace", "--connection", other);
        await CommandResult.FailsAsync("does not own", "backup", folder.File("another.dump"), "--config", configuration);
        Assert.False(File.Exists(folder.File("another.dump")));
    }

    [Fact]
    public async Task Restored_backup_replaces_what_was_there_only_where_that_is_said()
    {
        await CommandResult.SucceedsAsync("backup", Backup, "--connection", database);
        await Enrolment.AddAsync(Configure(database), "garden", "The Smiths");

        await CommandResult.FailsAsync("--replace", "restore", Backup, "--connection", database);
        Assert.Equal(["balcony", "garden"], await DevicesAsync());
        await CommandResult.SucceedsAsync("restore", Backup, "--replace", "--connection", database);
        Assert.Equal(["balcony"], await DevicesAsync());
        Assert.Equal(0L, await AskAsync("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '%before%'"));
    }

    [Fact]
    public async Task What_is_no_whole_backup_of_a_node_changes_nothing()
    {
        await CommandResult.SucceedsAsync("backup", Backup, "--connection", database);
        var bytes = await File.ReadAllBytesAsync(Backup, Cancel);
        bytes.AsSpan(bytes.Length / 2).Fill(0x5A);
        await File.WriteAllBytesAsync(folder.File("damaged.dump"), bytes, Cancel);
        await File.WriteAllBytesAsync(folder.File("half.dump"), bytes[..(bytes.Length / 3)], Cancel);
        folder.Write("text.dump", "a shopping list");
        folder.Write("empty.dump", "");
        await DumpAsync("--schema=public", "foreign.dump");

        foreach (var name in new[] { "damaged.dump", "half.dump", "text.dump", "empty.dump", "foreign.dump", "nowhere.dump" })
            await CommandResult.FailsAsync(name, "restore", folder.File(name), "--replace", "--connection", database);

        Assert.Equal(["balcony"], await DevicesAsync());
    }

    [Fact]
    public async Task Backup_that_somebody_has_made_by_hand_of_the_whole_database_will_do()
    {
        await DumpAsync("", "node.dump");
        var other = await CreateDatabaseAsync();

        await CommandResult.SucceedsAsync("restore", Backup, "--connection", other);

        Assert.Contains(
            "balcony", (await CommandResult.SucceedsAsync("owner", "export", "The Millers", "--config", Configure(other))).Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_whose_ledger_is_not_whole_is_not_taken_and_what_was_there_is_put_back()
    {
        await ExecuteAsync("INSERT INTO commons.ledger (sequence, hash, document) VALUES (1, 'none', 'no entry')");
        await CommandResult.SucceedsAsync("backup", Backup, "--connection", database);
        await ExecuteAsync("DELETE FROM commons.ledger");

        var refused = await NodeProcess.RunAsync("restore", Backup, "--replace", "--connection", database);

        Assert.True(refused.ExitCode == 2 && refused.Output.Contains("Not restored", StringComparison.Ordinal), refused.ToString());
        Assert.Equal(0L, await AskAsync("SELECT count(*) FROM commons.ledger"));
        Assert.Equal(["balcony"], await DevicesAsync());
    }

    [Fact]
    public async Task Restoring_that_was_cut_off_is_put_back_by_the_next()
    {
        await CommandResult.SucceedsAsync("backup", Backup, "--connection", database);
        await ExecuteAsync("""
            ALTER SCHEMA vault RENAME TO vault_before_restore; ALTER SCHEMA commons RENAME TO commons_before_restore;
            CREATE SCHEMA vault; CREATE SCHEMA commons
            """);
        await CommandResult.FailsAsync("--replace", "restore", Backup, "--connection", database);
        Assert.Equal(["balcony"], await DevicesAsync());
    }

    [Fact]
    public async Task Backup_of_a_newer_program_is_refused_and_what_was_there_is_put_back()
    {
        await ExecuteAsync("INSERT INTO commons.migration (version, name, checksum) VALUES (1000, 'of tomorrow', 'x')");
        await DumpAsync("", "node.dump");
        await ExecuteAsync("DELETE FROM commons.migration WHERE version = 1000");

        await CommandResult.FailsAsync("knows only", "restore", Backup, "--replace", "--connection", database);

        Assert.Equal(["balcony"], await DevicesAsync());
    }

    async Task<string> CreateDatabaseAsync()
    {
        var created = await server.CreateDatabaseAsync();
        databases.Add(created);
        await server.ExecuteAsync($"ALTER DATABASE {new NpgsqlConnectionStringBuilder(created).Database} OWNER TO {owner}");
        return As(owner, created);
    }

    static string As(string login, string connection) =>
        new NpgsqlConnectionStringBuilder(connection) { Username = login, Pooling = false }.ConnectionString;

    string Configure(string connection) =>
        Configuration.Write(folder, $$"""   "postgres": { "connection": {{JsonSerializer.Serialize(connection)}} } """);

    async Task DumpAsync(string arguments, string file)
    {
        var settings = new NpgsqlConnectionStringBuilder(database);
        await Faults.MortalPostgres.RunShellAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"'{PostgresPrograms.Find()!.Program("pg_dump")}' -h {settings.Host} -p {settings.Port} -U {settings.Username} ")
            + $"-Fc {arguments} -f '{folder.File(file)}' {settings.Database}");
    }

    async Task<List<string>> DevicesAsync()
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand("SELECT name FROM vault.device ORDER BY name", connection);
        await using var row = await command.ExecuteReaderAsync(Cancel);
        var names = new List<string>();
        while (await row.ReadAsync(Cancel)) names.Add(row.GetString(0));
        return names;
    }

    async Task<object?> AskAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancel);
    }

    Task ExecuteAsync(string sql) => Faults.MortalPostgres.ExecuteAsync(database, sql);
}
