using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using CivicSense.Commons;
using CivicSense.Ingestion;
using CivicSense.Mqtt;
using CivicSense.Node.Hosting;
using CivicSense.Node.Settings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Audit.Tests.BlackBox;

/// <summary>A whole node with a neighbourhood that publishes to it over MQTT; what came of it is read back over HTTP.</summary>
static class AttackedNode
{
    /// <summary>A release takes milliseconds; a node that finishes none in all this time has stopped working.</summary>
    static readonly TimeSpan LongestWaitForARelease = TimeSpan.FromSeconds(30);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Runs the neighbourhood's days through a node and returns everything that the node published.</summary>
    /// <param name="neighbourhood">Who measures.</param>
    /// <param name="rho">The node's privacy parameter.</param>
    /// <param name="shares">The released quantities; null for the node's default.</param>
    /// <param name="logLevel">The least level that the node logs, to standard error.</param>
    /// <param name="beforeStop">Called when everything has been published and the node still runs.</param>
    public static async Task<PublicRecord> RunAsync(
        AttackedNeighbourhood neighbourhood, decimal rho, ImmutableDictionary<string, decimal>? shares = null,
        LogLevel logLevel = LogLevel.Error, Action? beforeStop = null)
    {
        var folder = Directory.CreateTempSubdirectory("civicsense-audit-");
        try
        {
            var settings = new NodeSettings
            {
                Data = folder.FullName,
                Http = new HttpSettings { Address = "127.0.0.1" },
                Mqtt = new MqttSettings { Address = "127.0.0.1" },
                Clock = ClockMode.Event,
                Release = new ReleaseSettings { Rho = rho, Shares = shares },
            };
            SettingsFile.Check(settings, "audit");
            await using var database = new DataFolder(folder.FullName).Open(runsNode: true, NullLogger.Instance);
            await database.Vault.EnrolAsync(neighbourhood.Enrolment(), Cancel);
            var clock = new EventClock(AttackedNeighbourhood.Start);
            await using var node = await NodeHost.StartAsync(settings, database, clock, logLevel, Cancel);
            await PublishAsync(neighbourhood, settings.ReleaseOptions.Shares.Keys, node, clock, settings.ReleaseOptions.Lateness);
            beforeStop?.Invoke();
            var address = new Uri($"http://127.0.0.1:{node.HttpPort}/");
            return await PublicRecord.ReadAsync(address, AttackedNeighbourhood.Start, neighbourhood.End, Cancel);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static async Task PublishAsync(
        AttackedNeighbourhood neighbourhood, IEnumerable<string> quantities, NodeHost node, EventClock clock, TimeSpan lateness)
    {
        var published = Quantity.All.Where(quantity => quantities.Contains(quantity.Id, StringComparer.Ordinal)).ToArray();
        var targets = await ConnectAsync(neighbourhood.Areas, AttackedNeighbourhood.Target, node.MqttPort);
        var neighbours = await ConnectAsync(neighbourhood.Areas, AttackedNeighbourhood.Neighbour, node.MqttPort);
        try
        {
            for (var hour = 0; hour < 24 * neighbourhood.Days; hour++)
            {
                var start = AttackedNeighbourhood.Start.AddHours(hour);
                var time = start.AddMinutes(30).ToUnixTimeSeconds();
                var fixedPayload = Payload(time, published, AttackedNeighbourhood.NeighbourValue);
                var extremePayload = Payload(time, published, AttackedNeighbourhood.TargetValue);
                for (var area = 0; area < neighbourhood.Areas; area++)
                {
                    if (!neighbourhood.IsSilent)
                        await neighbours[area].PublishAsync(fixedPayload);
                    if (neighbourhood.TargetMeasured(area, hour / 24))
                        await targets[area].PublishAsync(extremePayload);
                }
                // Everything of the hour is acknowledged, so durable, before the clock closes the window.
                foreach (var device in neighbours.Concat(targets))
                    await device.Client.DrainAsync(Cancel);
                clock.AdvanceTo(start.AddHours(1) + lateness);
            }
            await FinishReleasesAsync(node, clock);
        }
        finally
        {
            foreach (var device in neighbours.Concat(targets))
                await device.Client.DisposeAsync();
        }
    }

    /// <summary>Waits until every window that is due has been released. The node runs by itself, so that all one can do is look.</summary>
    static async Task FinishReleasesAsync(NodeHost node, EventClock clock)
    {
        var time = TimeProvider.System;
        var (windows, since) = (node.Schedule.Progress.Windows, time.GetTimestamp());
        while (node.Schedule.NextDue <= clock.GetUtcNow() || node.Schedule.IsReleasing)
        {
            Assert.False(node.Stopping.IsCancellationRequested, "The node has stopped by itself.");
            if (node.Schedule.Progress.Windows != windows)
                (windows, since) = (node.Schedule.Progress.Windows, time.GetTimestamp());
            Assert.True(
                time.GetElapsedTime(since) < LongestWaitForARelease,
                $"No release for {LongestWaitForARelease}: {node.Schedule.Progress}, next due {node.Schedule.NextDue:u}, "
                + $"releasing: {node.Schedule.IsReleasing}.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), time, Cancel);
        }
    }

    static async Task<PublishingDevice[]> ConnectAsync(int areas, Func<int, string> name, int port)
    {
        var devices = new PublishingDevice[areas];
        for (var area = 0; area < areas; area++)
        {
            var device = name(area);
            var options = new MqttClientOptions
            {
                Host = "127.0.0.1", Port = port, ClientId = device, UserName = device, Password = AttackedNeighbourhood.Secret,
            };
            var client = await MqttClient.ConnectAsync(options, Cancel);
            devices[area] = new PublishingDevice(client, Encoding.UTF8.GetBytes($"civicsense/v1/{device}/readings"));
        }
        return devices;
    }

    /// <summary>A SenML pack (RFC 8428) with one record of each quantity.</summary>
    static byte[] Payload(long time, IEnumerable<Quantity> quantities, Func<Quantity, double> value)
    {
        var records = quantities.Select(quantity => string.Create(
            CultureInfo.InvariantCulture, $$"""{"t":{{time}},"n":"{{quantity.Id}}","v":{{value(quantity)}}}"""));
        return Encoding.UTF8.GetBytes($"[{string.Join(',', records)}]");
    }

    sealed record PublishingDevice(MqttClient Client, byte[] Topic)
    {
        public ValueTask<ushort> PublishAsync(byte[] payload) => Client.PublishAsync(Topic, payload, 1, cancellationToken: Cancel);
    }
}
