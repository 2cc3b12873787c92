using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.EndToEnd.Tests.Durability;

/// <summary>
/// The disk of a running node fills up, once while readings come and once while an hour is due; then there is room again.
/// </summary>
public sealed class FullDiskTests : IDisposable
{
    static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    readonly TemporaryFolder folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Full_disk_stops_acknowledgements_and_releases_and_with_room_again_nothing_is_missing()
    {
        using var disk = SmallDisk.Mount(folder.File("data"), "8m");
        var configuration = Configuration.Write(folder, $""" "clock": "event", "eventStart": "{Start:yyyy-MM-ddTHH:mm:ssZ}" """);
        var devices = new List<Enrolment>();
        for (var i = 0; i < 5; i++)
            devices.Add(await Enrolment.AddAsync(configuration, $"device-{i}", $"household {i}"));
        await using var node = await NodeProcess.RunNodeAsync(configuration);
        var publishers = devices.Select(device => new PersistentPublisher(device, () => Task.FromResult(node.MqttPort))).ToList();
        await PublishAsync(publishers, 0, 5);

        Fill(disk);
        var waiting = PublishAsync(publishers, 5, 200);
        await node.SaysAsync("Readings cannot be stored now");
        Assert.False(waiting.IsCompleted, "What is not on the disk was acknowledged.");
        MakeRoom(disk);
        await waiting.WaitAsync(NodeProcess.Patience, Cancel);
        Assert.Equal(Acknowledged(publishers), await StoredAsync());

        // The first message of this makes the hour before due, and the release waits for what cannot be stored.
        await PublishAsync(publishers, 3600, 3605);
        Fill(disk);
        var closing = PublishAsync(publishers, 4300, 4305);
        await node.SaysAsync("Readings cannot be stored now", times: 2);
        Assert.False(closing.IsCompleted, "What is not on the disk was acknowledged.");
        Assert.DoesNotContain(await LedgerAsync(), entry => entry.Content.Window is not null);
        MakeRoom(disk);
        await closing.WaitAsync(NodeProcess.Patience, Cancel);
        await ReleasedAsync(HourWindow.Containing(Start));

        Assert.Equal(
            Acknowledged(publishers).Where(one => one.Contains("T11", StringComparison.Ordinal)), await StoredAsync());
        var verified = await CommandResult.SucceedsAsync("ledger", "verify", "--data", folder.File("data"));
        foreach (var publisher in publishers) await publisher.DisposeAsync();
        node.Signal("TERM");
        Assert.Equal(0, (await node.ExitAsync()).ExitCode);
    }

    static Task PublishAsync(List<PersistentPublisher> publishers, int from, int until) => Task.WhenAll(publishers.Select(publisher =>
        publisher.PublishAsync(
            [.. Enumerable.Range(from, until - from).Select(second => new TestMessage(Start.AddSeconds(second), 4, 10))], Cancel)));

    /// <summary>To the last byte, however the file system counts.</summary>
    static void Fill(SmallDisk disk)
    {
        using var ballast =
            new FileStream(Path.Combine(disk.Path, "ballast"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) ballast.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    static void MakeRoom(SmallDisk disk) => File.Delete(Path.Combine(disk.Path, "ballast"));

    static List<string> Acknowledged(List<PersistentPublisher> publishers) =>
    [
        .. publishers.SelectMany(
            publisher => publisher.Acknowledged.Select(entry => Line(publisher.Name, entry.Key.Quantity, entry.Key.Window, entry.Value)))
            .Order(StringComparer.Ordinal),
    ];

    async Task<List<string>> StoredAsync()
    {
        await using var database = Open();
        var devices = (await database.Vault.ReadDevicesAsync(Cancel)).ToDictionary(device => device.Id, device => device.Name);
        return
        [
            .. (await database.Vault.ReadContributionsAsync(Cancel))
                .Select(held => Line(devices[held.DeviceId], held.Quantity, held.Window, new Tally(held.Count, held.Sum, held.LastTime)))
                .Order(StringComparer.Ordinal),
        ];
    }

    static string Line(string device, Quantity quantity, HourWindow window, Tally tally) =>
        FormattableString.Invariant($"{device} {quantity.Id} {window.Start:s} {tally}");

    async Task ReleasedAsync(HourWindow window)
    {
        using var limit = new CancellationTokenSource(NodeProcess.Patience);
        while ((await LedgerAsync()).All(entry => entry.Content.Window != window))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
    }

    async Task<IReadOnlyList<LedgerEntry>> LedgerAsync()
    {
        var commons = SqliteNodeDatabase.OpenCommonsReadOnly(Path.Combine(folder.File("data"), "civicsense.db"));
        await using var closing = (IAsyncDisposable)commons;
        return await commons.ReadLedgerAsync(0, int.MaxValue, Cancel);
    }

    SqliteNodeDatabase Open() => SqliteNodeDatabase.Open(
        new SqliteOptions { Path = Path.Combine(folder.File("data"), "civicsense.db"), RunsNode = false }, TimeProvider.System,
        NullLogger.Instance);
}
