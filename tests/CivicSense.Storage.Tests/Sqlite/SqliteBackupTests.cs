namespace CivicSense.Storage.Tests;

/// <summary>What a backup or a restore leaves behind, on the way and where it fails. BackupTests (end to end) do both beside a node.</summary>
public sealed class SqliteBackupTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    string DatabasePath => folder.File("node.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Copy_of_an_open_database_holds_what_was_committed_and_stands_alone()
    {
        await using var store = new SqliteStore(DatabasePath);
        await store.Vault.CommitAsync(new[] { Samples.Contribution(1, Samples.Window) }, Cancel);
        Directory.CreateDirectory(folder.File("copies"));

        SqliteBackup.Write(DatabasePath, folder.File("copies/node.db"));

        Assert.Equal(["node.db"], Names("copies"));
        await using var copy = new SqliteStore(folder.File("copies/node.db"));
        Assert.Equal([Samples.Contribution(1, Samples.Window)], await copy.Vault.ReadContributionsAsync(Cancel));
    }

    [Fact]
    public async Task Copy_of_what_is_no_database_leaves_nothing_behind()
    {
        await File.WriteAllTextAsync(DatabasePath, "This is no database, and is longer than the header of one. "
            + "" + new string('x', 100), Cancel);
        Directory.CreateDirectory(folder.File("copies"));

        Assert.Throws<UnusableDatabaseException>(() => SqliteBackup.Write(DatabasePath, folder.File("copies/node.db")));

        Assert.Empty(Names("copies"));
    }

    [Fact]
    public async Task Copy_into_a_folder_that_is_not_there_says_so()
    {
        await new SqliteStore(DatabasePath).DisposeAsync();

        var refusal = Assert.Throws<UnusableDatabaseException>(() => SqliteBackup.Write(DatabasePath, folder.File("nowhere/node.db")));

        Assert.Contains("cannot be written", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_that_cannot_take_the_place_of_the_database_leaves_no_second_copy_of_the_vault()
    {
        await new SqliteStore(DatabasePath).DisposeAsync();
        SqliteBackup.Write(DatabasePath, folder.File("copy.db"));
        Directory.CreateDirectory(folder.File("place/node.db-wal"));

        var refusal = Assert.Throws<UnusableDatabaseException>(
            () => SqliteBackup.Restore(folder.File("copy.db"), folder.File("place/node.db")));

        Assert.Contains("cannot be replaced", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["node.db-wal", "node.db.lock"], Names("place"));
    }

    IEnumerable<string> Names(string inside) =>
        Directory.EnumerateFileSystemEntries(folder.File(inside)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
