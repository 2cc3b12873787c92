using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CivicSense.Commons;
using CivicSense.FirmwareSim;
using CivicSense.Ingestion;
using CivicSense.Node.Hosting;
using CivicSense.Node.Settings;
using CivicSense.Release;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Node.Demo;

/// <summary>Runs a neighbourhood through a real node: real MQTT connections on loopback, real releases, event time for a clock.</summary>
sealed class DemoRun(DemoOptions options, TimeProvider time, TextWriter output)
{
    /// <summary>Runs until the last hour is released, and then, unless asked to end there, until it is stopped.</summary>
    /// <exception cref="UserErrorException">Something that was asked for cannot be done; the message says what to do.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var settings = Settings();
        var source = OpenSource(TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone));
        using var folder = DemoFolder.Create(options.Data);
        settings = settings with { Data = folder.Path };

        await using var database = new DataFolder(folder.Path).Open(runsNode: true, NullLogger.Instance);
        await EnrolAsync(database.Vault, source, cancellationToken);
        var clock = new EventClock(HourWindow.Containing(source.Start).Start);
        await using var node = await NodeHost.StartAsync(settings, database, clock, LogLevel.Warning, cancellationToken);
        var connection = new FleetConnection("127.0.0.1", node.MqttPort);

        await Console.Error.WriteLineAsync(
            $"{source.Devices.Count} devices publish to mqtt://localhost:{node.MqttPort}. Watch it fill: "
                + $"http://localhost:{node.HttpPort}/");
        if (settings.References.Length > 0)
            await Console.Error.WriteLineAsync(
                $"{settings.References.Length} official stations of the archive's folder 'reference' are taken in too.");
        await DemoProgress.RunAsync(source, progress => source.RunAsync(connection, progress, cancellationToken));
        clock.AdvanceTo(source.End + settings.ReleaseOptions.Lateness);
        await ReleasedAsync(node, clock, cancellationToken);

        if (options.Once)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(
                await SummariseAsync(node, database.Commons, settings, watch, cancellationToken), DemoSummaryContext.Default.DemoSummary));
            return 0;
        }
        if (source is Fleet { Devices: [var sensor, ..] })
        {
            await output.WriteLineAsync(
                $"One sensor's own page: http://localhost:{node.HttpPort}/my/device  (user name {sensor.Name}, password {sensor.Secret})");
        }
        await output.WriteLineAsync($"Ready: http://localhost:{node.HttpPort}/  (Ctrl-C stops)");
        return await GoOnAsync(node, source, connection, cancellationToken);
    }

    NodeSettings Settings()
    {
        var settings = new NodeSettings
        {
            Neighbourhood = options.Replay is null ? "Demo neighbourhood" : "Replayed neighbourhood",
            Notice = Notice.OfProgram(options.Replay is null ? "demo.simulated" : "demo.replayed"),
            TimeZone = options.TimeZone,
            Http = new HttpSettings { Address = "127.0.0.1", Port = options.Port },
            // The simulated sensors send a week in seconds.
            Mqtt = new MqttSettings
            {
                Address = "127.0.0.1", Port = options.MqttPort, Limits = new MqttLimitSettings { PublishRate = 0 },
            },
            Clock = ClockMode.Event,
            References = options.Replay is null ? [] : DemoReferences.Find(options.Replay),
            Release = new ReleaseSettings { Shares = options.Replay is null ? null : DemoShares.OfArchive },
        };
        SettingsFile.Check(settings, "demo");
        return settings;
    }

    IReadingSource OpenSource(TimeZoneInfo zone)
    {
        if (options.Replay is not null)
        {
            try
            {
                return SensorCommunityArchive.Open(options.Replay);
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                throw new UserErrorException($"--replay: {exception.Message}");
            }
        }

        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        return new Fleet(new FleetOptions
        {
            Devices = options.Devices,
            Seed = options.Seed,
            Start = Midnight(today.AddDays(-options.Days)),
            // Whole days where the run ends with them; up to now where it goes on live.
            End = options.Once ? Midnight(today) : now,
            TimeZone = zone,
        });

        DateTimeOffset Midnight(DateTime date) => new DateTimeOffset(date, zone.GetUtcOffset(date)).ToUniversalTime();
    }

    static async Task EnrolAsync(IVault vault, IReadingSource source, CancellationToken cancellationToken) =>
        await vault.EnrolAsync(
            [
                .. source.Devices.Select(device => new EnrolmentRequest(
                    device.OwnerName, device.Name, Area.FromPosition(device.Latitude, device.Longitude),
                    DeviceSecret.Hash(Encoding.UTF8.GetBytes(device.Secret)))),
            ],
            cancellationToken);

    async Task ReleasedAsync(NodeHost node, EventClock clock, CancellationToken cancellationToken)
    {
        while (node.Schedule.NextDue <= clock.GetUtcNow() || node.Schedule.IsReleasing)
        {
            if (node.Stopping.IsCancellationRequested)
                throw new UserErrorException("The node has stopped by itself; the lines above say why.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancellationToken);
        }
    }

    async Task<int> GoOnAsync(NodeHost node, IReadingSource source, FleetConnection connection, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var live = source is Fleet fleet ? fleet.RunLiveAsync(connection, time, null, stop.Token) : Task.CompletedTask;
        try
        {
            return await node.WaitForShutdownAsync(cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await live.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static async Task<DemoSummary> SummariseAsync(
        NodeHost node, ICommons commons, NodeSettings settings, Stopwatch watch, CancellationToken cancellationToken)
    {
        var ledger = await commons.ReadLedgerSummaryAsync(cancellationToken);
        var rho = settings.ReleaseOptions.Rho;
        var epsilon = new PrivacyLossTable().Rows(rho).First(row => row is { Days: 1, Adjacency: "absent" }).Epsilon;
        var refused = node.Statistics.Snapshot()
            .Where(entry => entry.Key != ReadingOutcome.Accepted && entry.Value > 0)
            .ToDictionary(entry => JsonNamingPolicy.CamelCase.ConvertName(entry.Key.ToString()), entry => entry.Value);
        return new DemoSummary(
            node.Statistics.Accepted, node.Statistics.Refused, refused, node.Statistics.Messages, node.Schedule.Progress.Windows,
            node.Schedule.Progress.Keys, rho, Math.Round(epsilon, 4), ledger.Entries, ledger.Head,
            Math.Round(watch.Elapsed.TotalSeconds, 1));
    }
}
