using System.Globalization;
using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Mqtt;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.EndToEnd.Tests.Durability;

/// <summary>Somebody sets the machine's clock while the node runs. libfaketime does it to the node's process alone.</summary>
public sealed class ClockTests : IDisposable
{
    static readonly string[] Libraries =
    [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/faketime/libfaketimeMT.so.1", "/usr/lib64/faketime/libfaketimeMT.so.1",
    ];

    readonly TemporaryFolder folder = new();

    // In the middle of an hour and of a day, so that no window falls due and no plan while the test runs.
    readonly TimeSpan noon = TimeSpan.FromSeconds(Math.Ceiling(
        (TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddHours(12.5) - TimeProvider.System.GetUtcNow().UtcDateTime).TotalSeconds));

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Clock_that_jumps_ahead_and_back_costs_no_reading_and_releases_nothing_early()
    {
        var library = Libraries.FirstOrDefault(File.Exists);
        Assert.SkipWhen(library is null, "libfaketime is not installed.");
        SetClock(TimeSpan.Zero);
        var configuration = Configuration.Write(folder);
        var devices = new List<Enrolment>();
        for (var i = 0; i < 5; i++)
            devices.Add(await Enrolment.AddAsync(configuration, $"device-{i}", $"household {i}"));
        await using var node =
            NodeProcess.Start(AppContext.BaseDirectory, ["run", "--config", configuration], new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = library!,
            ["FAKETIME_TIMESTAMP_FILE"] = folder.File("faketime"),
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        });
        await node.ReadyAsync();
        var before = await LedgerLengthAsync();

        await PublishAsync(node, devices[0], seconds: 1);
        SetClock(TimeSpan.FromHours(3));
        await node.SaysAsync("has jumped ahead");
        // The sensor's own clock is right: a node that believed the jump would call this too late.
        await PublishAsync(node, devices[0], seconds: 2);
        SetClock(TimeSpan.Zero);
        await node.SaysAsync("is right again");
        await PublishAsync(node, devices[0], seconds: 3);
        SetClock(TimeSpan.FromHours(-3));
        SetClock(TimeSpan.Zero);
        await PublishAsync(node, devices[0], seconds: 4);

        Assert.Equal(before, await LedgerLengthAsync());
        // Not stopped properly: waiting for the end of a process goes by the clock that was set.
        await node.KillAsync();
        await using var database = Open();
        Assert.Equal(4, (await database.Vault.ReadContributionsAsync(Cancel)).Sum(held => held.Count));
    }

    // The file is read at each look at the clock, so it must never be half written.
    void SetClock(TimeSpan ahead)
    {
        var offset = (noon + ahead).TotalSeconds;
        var next = folder.Write("faketime.new", string.Create(CultureInfo.InvariantCulture, $"{offset:+0;-0;+0}\n"));
        File.Move(next, folder.File("faketime"), overwrite: true);
    }

    async Task PublishAsync(NodeProcess node, Enrolment device, int seconds)
    {
        await using var client = await MqttClient.ConnectAsync(device.ClientOptions(node.MqttPort), Cancel);
        var time = HourWindow.Containing(TimeProvider.System.GetUtcNow() + noon).Start.AddSeconds(seconds).ToUnixTimeSeconds();
        var payload = string.Create(CultureInfo.InvariantCulture, $$"""[{"bt":{{time}},"n":"pm2_5","u":"ug/m3","v":4.5}]""");
        await client.PublishAsync(device.TopicBytes, System.Text.Encoding.UTF8.GetBytes(payload), 1, cancellationToken: Cancel);
        await client.DrainAsync(Cancel);
    }

    async Task<long> LedgerLengthAsync()
    {
        await using var database = Open();
        return (await database.Commons.ReadLedgerSummaryAsync(Cancel)).Entries;
    }

    SqliteNodeDatabase Open() => SqliteNodeDatabase.Open(
        new SqliteOptions { Path = Path.Combine(folder.File("data"), "civicsense.db"), RunsNode = false }, TimeProvider.System,
        NullLogger.Instance);
}
