using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Durability;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>
/// What may happen to the node of one file. A full disk, a clock that is set and the end at any moment are in
/// <see cref="Durability.FullDiskTests"/>, <see cref="Durability.ClockTests"/> and <see cref="Durability.KillTests"/>.
/// </summary>
public sealed class SqliteFaultTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Second_process_is_refused_while_the_first_lives_and_not_a_moment_longer()
    {
        var configuration = Configuration.Write(folder);
        await using var first = await NodeProcess.RunNodeAsync(configuration);
        var second = await NodeProcess.RunAsync("run", "--config", configuration);
        Assert.True(second.ExitCode == 1 && second.Errors.Contains("Another process already uses the database", StringComparison.Ordinal),
            second.ToString());
        first.Signal("STOP");
        var third = await NodeProcess.RunAsync("run", "--config", configuration);
        Assert.True(third.ExitCode == 1, third.ToString());
        await first.KillAsync();
        await using var fourth = await NodeProcess.RunNodeAsync(configuration);
        fourth.Signal("TERM");
        Assert.Equal(0, (await fourth.ExitAsync()).ExitCode);
    }

    [Fact]
    public async Task File_system_that_turns_read_only_holds_up_readings_and_releases_and_loses_nothing()
    {
        var start = new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);
        var configuration = Configuration.Write(folder, $""" "clock": "event", "eventStart": "{start:yyyy-MM-ddTHH:mm:ssZ}" """);
        var devices = new List<Enrolment>();
        for (var i = 0; i < 5; i++)
            devices.Add(await Enrolment.AddAsync(configuration, $"device-{i}", $"household {i}"));
        await using var node = await NodeProcess.RunNodeAsync(configuration);
        var publishers = devices.Select(device => new PersistentPublisher(device, () => Task.FromResult(node.MqttPort))).ToList();
        await PublishAsync(0);

        Task waiting;
        await using (await ReadOnlyAsync(node))
        {
            waiting = PublishAsync(600);
            await node.SaysAsync("Readings cannot be stored now");
            Assert.False(waiting.IsCompleted, "What is not on the disk was acknowledged.");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
        }
        await waiting;
        await PublishAsync(1200);

        // The hour before is due, and cannot be released until what belongs to it can be stored.
        await using (await ReadOnlyAsync(node))
        {
            waiting = PublishAsync(4300);
            await node.SaysAsync("Readings cannot be stored now", times: 2);
            Assert.False(waiting.IsCompleted, "What is not on the disk was acknowledged.");
        }
        await waiting;
        await PublishAsync(4400);
        await node.SaysAsync("Readings are stored again", times: 2);
        await FaultScene.UntilAsync(async () => await ReleasedAsync(HourWindow.Containing(start)), () => node.Errors);
        foreach (var publisher in publishers) await publisher.DisposeAsync();
        node.Signal("TERM");
        Assert.Equal(0, (await node.ExitAsync()).ExitCode);

        await using var database = Open();
        Assert.Equal(
            publishers.Sum(publisher =>
                publisher.Acknowledged.Where(entry => entry.Key.Window > HourWindow.Containing(start)).Sum(entry => entry.Value.Sum)),
            (await database.Vault.ReadContributionsAsync(TestContext.Current.CancellationToken)).Sum(held => held.Sum));
        var verified = await CommandResult.SucceedsAsync("ledger", "verify", "--data", folder.File("data"));

        Task PublishAsync(int second) => Task.WhenAll(publishers.Select(publisher => publisher.PublishAsync(
            [.. Enumerable.Range(second, 20).Select(i => new TestMessage(start.AddSeconds(i), 4, 10))],
            TestContext.Current.CancellationToken)));
    }

    /// <summary>
    /// What the kernel answers to a process with open files when the file system has had to become read-only. No mount can be made so while
    /// somebody writes, so strace gives the answers.
    /// </summary>
    async Task<Stracer> ReadOnlyAsync(NodeProcess node)
    {
        var database = Path.Combine(folder.File("data"), "civicsense.db");
        return await Stracer.AttachAsync(
            node.Id, "-f", "-P", database, "-P", database + "-wal", "-P", database + "-journal",
            "-e", "inject=pwrite64,write,pwritev,ftruncate,fallocate:error=EROFS");
    }

    async Task<bool> ReleasedAsync(HourWindow window)
    {
        await using var database = Open();
        return (await database.Commons.ReadLedgerAsync(0, int.MaxValue, TestContext.Current.CancellationToken))
            .Any(entry => entry.Content.Window == window);
    }

    SqliteNodeDatabase Open() => SqliteNodeDatabase.Open(
        new SqliteOptions { Path = Path.Combine(folder.File("data"), "civicsense.db"), RunsNode = false }, TimeProvider.System,
        NullLogger.Instance);
}
