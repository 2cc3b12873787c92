using System.Globalization;
using System.Text;
using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Storage.Tests;

public sealed class SqliteNodeDatabaseTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string DatabasePath => folder.File("node.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Files_are_readable_by_their_owner_only()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }
        await using var store = new SqliteStore(DatabasePath);
        await store.Vault.EnsureOwnerAsync("a", TestContext.Current.CancellationToken);

        foreach (var file in Directory.GetFiles(folder.Path))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Second_use_of_the_same_file_is_refused_until_the_first_ends()
    {
        await using (new SqliteStore(DatabasePath))
        {
            var refusal = Assert.Throws<UnusableDatabaseException>(() => SqliteStore.Open(DatabasePath));
            Assert.Contains("Another process already uses the database", refusal.Message, StringComparison.Ordinal);
        }

        await SqliteStore.Open(DatabasePath).DisposeAsync();
    }

    [Fact]
    public async Task Newer_database_is_refused_and_left_as_it_is()
    {
        await SqliteStore.Open(DatabasePath).DisposeAsync();
        var newer = SqliteSchema.Steps.Count + 1;
        Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {newer}"));
        var before = await File.ReadAllBytesAsync(DatabasePath, TestContext.Current.CancellationToken);

        var refusal = Assert.Throws<DatabaseNewerException>(() => SqliteStore.Open(DatabasePath));
        Assert.Throws<DatabaseNewerException>(() => SqliteNodeDatabase.OpenCommonsReadOnly(DatabasePath));

        Assert.Equal((newer, SqliteSchema.Steps.Count), (refusal.DatabaseVersion, refusal.SupportedVersion));
        Assert.Contains("Start the newer program", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(DatabasePath, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Database_of_another_program_is_refused_and_left_as_it_is()
    {
        Execute("CREATE TABLE recipe (id)");
        var before = File.ReadAllBytes(DatabasePath);

        Assert.Throws<UnusableDatabaseException>(() => SqliteStore.Open(DatabasePath));

        Assert.Equal(before, File.ReadAllBytes(DatabasePath));
    }

    [Fact]
    public void File_that_is_no_database_is_refused()
    {
        File.WriteAllText(DatabasePath, string.Concat(Enumerable.Repeat("a shopping list\n", 1_000)), Encoding.UTF8);

        var refusal = Assert.Throws<UnusableDatabaseException>(() => SqliteStore.Open(DatabasePath));
        Assert.Contains("not an SQLite database", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<UnusableDatabaseException>(() => SqliteNodeDatabase.OpenCommonsReadOnly(DatabasePath));
    }

    [Fact]
    public async Task Damaged_database_is_refused()
    {
        await SqliteStore.Open(DatabasePath).DisposeAsync();
        using (var file = File.OpenHandle(DatabasePath, FileMode.Open, FileAccess.Write))
            RandomAccess.Write(file, Enumerable.Repeat((byte)0x5A, 3_900).ToArray(), fileOffset: 100);

        var refusal = Assert.Throws<UnusableDatabaseException>(() => SqliteStore.Open(DatabasePath));
        Assert.Contains("Restore it from a backup", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_folder_and_a_folder_as_path_are_explained()
    {
        var missing = Assert.Throws<UnusableDatabaseException>(() => SqliteStore.Open(folder.File("nowhere/node.db")));
        Assert.Contains("does not exist", missing.Message, StringComparison.Ordinal);

        var isFolder = Assert.Throws<UnusableDatabaseException>(() => SqliteStore.Open(folder.Path));
        Assert.Contains("is a folder", isFolder.Message, StringComparison.Ordinal);

        Assert.Throws<UnusableDatabaseException>(() => SqliteNodeDatabase.OpenCommonsReadOnly(DatabasePath));
    }

    [Fact]
    public async Task Read_only_folder_is_explained_and_a_copy_there_can_still_be_verified()
    {
        using var disk = SmallDisk.Mount(folder.File("disk"), "4m");
        var path = Path.Combine(disk.Path, "node.db");
        await SqliteStore.Open(path).DisposeAsync();
        disk.Remount("ro");

        var refusal = Assert.Throws<UnusableDatabaseException>(() => SqliteStore.Open(path));
        Assert.Contains("cannot be written", refusal.Message, StringComparison.Ordinal);
        var commons = SqliteNodeDatabase.OpenCommonsReadOnly(path);
        await using var closing = (IAsyncDisposable)commons;
        Assert.Equal(0, (await commons.ReadLedgerSummaryAsync(TestContext.Current.CancellationToken)).Entries);
    }

    [Fact]
    public async Task Disk_that_was_full_before_the_start_is_explained()
    {
        using var disk = SmallDisk.Mount(folder.File("disk"), "1m");
        var path = Path.Combine(disk.Path, "node.db");
        await SqliteStore.Open(path).DisposeAsync();
        disk.Fill();

        var refusal = Assert.Throws<UnusableDatabaseException>(() => SqliteStore.Open(path));

        Assert.Contains("full", refusal.Message, StringComparison.Ordinal);
        disk.MakeRoom();
        await SqliteStore.Open(path).DisposeAsync();
    }

    [Fact]
    public void Each_step_is_applied_once_and_in_order()
    {
        var file = new SqliteDatabaseFile(DatabasePath);
        file.CreateIfMissing();
        using var session = file.OpenWriter();
        string[] steps = ["CREATE TABLE a (x); INSERT INTO a VALUES (1)", "UPDATE a SET x = x + 1"];

        SqliteMigrator.Migrate(session, DatabasePath, steps[..1], NullLogger.Instance);
        Assert.Equal(1, session.QueryNumber("SELECT x FROM a"));
        SqliteMigrator.Migrate(session, DatabasePath, steps, NullLogger.Instance);
        SqliteMigrator.Migrate(session, DatabasePath, steps, NullLogger.Instance);

        Assert.Equal(2, session.QueryNumber("SELECT x FROM a"));
        Assert.Throws<DatabaseNewerException>(() => SqliteMigrator.Migrate(session, DatabasePath, steps[..1], NullLogger.Instance));
    }

    [Fact]
    public void Failing_step_leaves_the_version_before_it()
    {
        var file = new SqliteDatabaseFile(DatabasePath);
        file.CreateIfMissing();
        using var session = file.OpenWriter();

        Assert.Throws<SqliteException>(() => SqliteMigrator.Migrate(
            session, DatabasePath, ["CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE a (x)"], NullLogger.Instance));

        Assert.Equal(1, session.QueryNumber("PRAGMA user_version"));
        Assert.Equal(1, session.QueryNumber("SELECT count(*) FROM sqlite_schema"));
    }

    [Fact]
    public async Task Command_beside_the_node_sees_the_latest_estimates_of_the_node()
    {
        await using var store = new SqliteStore(DatabasePath);
        await using var beside = SqliteNodeDatabase.Open(
            new SqliteOptions { Path = DatabasePath, RunsNode = false }, TimeProvider.System, NullLogger.Instance);
        for (var hour = 0; hour < 3; hour++)
        {
            var estimate = Samples.Estimate(Samples.North, new HourWindow(Samples.Window.Index + hour), hour);
            await store.Estimates.WriteAsync([estimate], TestContext.Current.CancellationToken);
            Assert.Equal([estimate], await beside.Commons.ReadLatestEstimatesAsync(Resolution.Hour, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Public_queries_search_by_key_and_never_scan_or_sort()
    {
        await using var store = new SqliteStore(DatabasePath);
        using var session = store.Database.OpenPrivateSession();

        foreach (var query in new[]
        {
            "SELECT document FROM plan WHERE day = 1",
            "SELECT * FROM measurement WHERE (window, area, quantity) > (1, '', -1) AND window < 9 ORDER BY window, area, quantity LIMIT 9",
            "SELECT * FROM measurement WHERE window = 1 AND (area, quantity) > ('0', -1) AND area < '04' ORDER BY area, quantity LIMIT 9",
            "SELECT * FROM estimate WHERE area = '0' AND quantity = 1 AND resolution = 0 AND start >= 1 AND start < 9 ORDER BY start "
                + "LIMIT 9",
            "SELECT * FROM superseded_estimate WHERE area = '0' AND quantity = 1 AND resolution = 0 AND start >= 1 AND start < 9 "
                + "AND published_until > 5 AND (published_from IS NULL OR published_from <= 5) ORDER BY start LIMIT 9",
            "SELECT * FROM superseded_estimate WHERE area = '0' AND quantity = 1 AND resolution = 0 AND (start, published_until) > (1, "
            + "5) AND start < 9 "
                + "ORDER BY start, published_until LIMIT 9",
            "SELECT * FROM latest_estimate WHERE resolution = 0 ORDER BY area, quantity",
            "SELECT document FROM ledger WHERE sequence > 9 ORDER BY sequence LIMIT 9",
        })
        {
            using var row = new SqliteStatement(session.Handle, "EXPLAIN QUERY PLAN " + query);
            Assert.True(row.Step());
            Assert.StartsWith("SEARCH", row.Text(3), StringComparison.Ordinal);
            Assert.False(row.Step(), query);
        }
    }

    void Execute(string sql)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
