using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Durability;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.EndToEnd.Tests.Commands;

/// <summary>A backup is taken from a running node, and put back after the node has gone on.</summary>
public sealed class BackupTests : IDisposable
{
    static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    readonly TemporaryFolder folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    string Data => folder.File("data");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Restored_backup_releases_no_hour_again_and_the_node_goes_on_with_the_next_day()
    {
        var configuration = Configuration.Write(folder, $""" "clock": "event", "eventStart": "{Start:yyyy-MM-ddTHH:mm:ssZ}" """);
        await using var node = new MortalNode(configuration);
        var publishers = new List<PersistentPublisher>();
        for (var i = 0; i < 5; i++)
            publishers.Add(new PersistentPublisher(
                await Enrolment.AddAsync(configuration, $"device-{i}", $"household {i}"), node.PortAsync));
        await node.StartAsync();
        await PublishHoursAsync(publishers, 0, 3);
        await ReleasedAsync(Start.AddHours(2));

        var file = folder.File("backup.db");
        await CommandResult.SucceedsAsync("backup", file, "--data", Data);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await CommandResult.FailsAsync("is there already", "backup", file, "--data", Data);
        var atBackup = await ContributionsAsync(file);
        Assert.NotEmpty(atBackup);
        await PublishHoursAsync(publishers, 3, 6);
        await ReleasedAsync(Start.AddHours(5));
        var published = new ReleasedSoFar();
        await using (var database = Open()) await published.LookAsync(database.Commons);

        await CommandResult.FailsAsync("--replace", "restore", file, "--data", Data);
        await CommandResult.FailsAsync("Another process already uses the database", "restore", file, "--replace", "--data", Data);
        await node.Process!.KillAsync();
        await CommandResult.SucceedsAsync("restore", file, "--replace", "--data", Data);
        Assert.Equal(atBackup, await ContributionsAsync(Path.Combine(Data, "civicsense.db")));

        await using var successor = await NodeProcess.RunNodeAsync(configuration);
        Assert.Contains("older than its fence", successor.Errors, StringComparison.Ordinal);
        await using (var database = Open())
        {
            var ledger = await database.Commons.ReadLedgerAsync(0, int.MaxValue, Cancel);
            Assert.Equal(LedgerEntryKind.Restored, ledger[^1].Content.Kind);
            var state = await StateAsync(database);
            Assert.True(state >= HourWindow.Containing(Start.AddHours(5)), $"It would release {state} again.");
        }
        await CommandResult.SucceedsAsync("ledger", "verify", "--data", Data);
        foreach (var publisher in publishers) await publisher.DisposeAsync();
    }

    [Fact]
    public async Task Damaged_file_and_one_that_is_no_backup_change_nothing()
    {
        var configuration = Configuration.Write(folder);
        await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        var backup = folder.File("backup.db");
        await CommandResult.SucceedsAsync("backup", backup, "--data", Data);
        var bytes = await File.ReadAllBytesAsync(backup, Cancel);
        bytes.AsSpan(bytes.Length / 2).Fill(0x5A);
        await File.WriteAllBytesAsync(folder.File("damaged.db"), bytes, Cancel);
        folder.Write("text.db", "a shopping list");
        folder.Write("empty.db", "");

        foreach (var name in new[] { "damaged.db", "text.db", "empty.db", "nowhere.db" })
            await CommandResult.FailsAsync(name, "restore", folder.File(name), "--replace", "--data", Data);

        await using var database = Open();
        Assert.Equal("balcony", Assert.Single(await database.Vault.ReadDevicesAsync(Cancel)).Name);
    }

    [Fact]
    public async Task Backup_makes_a_node_in_an_empty_folder()
    {
        var configuration = Configuration.Write(folder);
        await Enrolment.AddAsync(configuration, "balcony", "The Millers");
        await CommandResult.SucceedsAsync("backup", folder.File("backup.db"), "--data", Data);

        await CommandResult.SucceedsAsync("restore", folder.File("backup.db"), "--data", folder.File("other"));

        var export = await CommandResult.SucceedsAsync("owner", "export", "The Millers", "--data", folder.File("other"));
        Assert.Contains("balcony", export.Output, StringComparison.Ordinal);
    }

    static async Task PublishHoursAsync(List<PersistentPublisher> publishers, int from, int until)
    {
        for (var hour = from; hour <= until; hour++)
        {
            await Task.WhenAll(publishers.Select(publisher => publisher.PublishAsync(
                [.. Enumerable.Range(1, 5).Select(i => new TestMessage(Start.AddHours(hour).AddMinutes(11 * i), 4 + i, 10))], Cancel)));
        }
    }

    async Task ReleasedAsync(DateTimeOffset time)
    {
        using var limit = new CancellationTokenSource(NodeProcess.Patience);
        await using var database = Open();
        while (!(await StateAsync(database) >= HourWindow.Containing(time)))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
    }

    static async Task<HourWindow?> StateAsync(SqliteNodeDatabase database)
    {
        await using var transaction = await database.Releases.BeginAsync(Cancel);
        return transaction.State.ReleasedThrough;
    }

    static async Task<List<string>> ContributionsAsync(string path)
    {
        await using var database = SqliteNodeDatabase.Open(
            new SqliteOptions { Path = path, RunsNode = false }, TimeProvider.System, NullLogger.Instance);
        return [.. (await database.Vault.ReadContributionsAsync(Cancel)).Select(held => held.ToString())];
    }

    SqliteNodeDatabase Open() => SqliteNodeDatabase.Open(
        new SqliteOptions { Path = Path.Combine(Data, "civicsense.db"), RunsNode = false }, TimeProvider.System, NullLogger.Instance);
}
