using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using CivicSense.Benchmarks.Ingest;
using CivicSense.Commons;
using CivicSense.FirmwareSim;
using CivicSense.Ingestion;
using CivicSense.Mqtt;
using CivicSense.Storage;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Benchmarks.Neighbourhood;

/// <summary>
/// A node as a process of its own, with sensors that each have a connection and send four values at their interval. One more sensor sends
/// once a second and waits for each acknowledgement, which comes after the durable commit.
/// </summary>
sealed class NeighbourhoodRun(string program, int sensors, TimeSpan interval, TimeSpan watched, string? postgres, TextWriter output)
{
    const string Prober = "prober";
    const string ProberSecret = "secret-of-the-prober-in-base64url-123456789";

    static readonly TimeSpan Settling = TimeSpan.FromSeconds(30);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("civicsense-neighbourhood-");
        try
        {
            var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
            var fleet = new Fleet(
                new FleetOptions { Devices = sensors, Interval = interval, Start = now.AddHours(-1), End = now, Faults = false });
            await EnrolAsync(folder.FullName, fleet, cancellationToken);
            var port = FreePort();
            using var node = Start(folder.FullName, port);
            try
            {
                await WatchAsync(node, fleet, port, cancellationToken);
            }
            finally
            {
                node.Kill(entireProcessTree: true);
                await node.WaitForExitAsync(CancellationToken.None);
            }
            await using var database = await OpenAsync(folder.FullName, cancellationToken);
            var stored = await database.Vault.ReadContributionsAsync(cancellationToken);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"  {stored.Sum(contribution => (long)contribution.Count):N0} readings in {stored.Count:N0} contributions"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    async Task WatchAsync(Process node, Fleet fleet, int port, CancellationToken cancellationToken)
    {
        await using var prober = await ConnectAsync(port, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reporting = fleet.RunLiveAsync(
            new FleetConnection("127.0.0.1", port) { ConnectParallelism = 32 }, TimeProvider.System, null, stop.Token);
        await Task.WhenAny(reporting, Task.Delay(Settling, TimeProvider.System, cancellationToken));
        var (began, used) = (TimeProvider.System.GetTimestamp(), LinuxProcess.ProcessorSeconds(node.Id));
        var latencies = new List<double>();
        var memory = 0L;
        while (TimeProvider.System.GetElapsedTime(began) < watched && !reporting.IsCompleted)
        {
            latencies.Add(await ProbeAsync(prober, cancellationToken));
            memory = Math.Max(memory, LinuxProcess.ResidentBytes(node.Id));
            await Task.WhenAny(reporting, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken));
        }
        if (reporting.IsCompleted)
            await reporting;
        var share = (LinuxProcess.ProcessorSeconds(node.Id) - used) / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        await stop.CancelAsync();
        await reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        latencies.Sort();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{(postgres is null ? "SQLite" : "PostgreSQL")}, {sensors:N0} sensors, "
            + $"one message of four values every {interval.TotalSeconds} s "
            + $"({sensors / interval.TotalSeconds:N0} messages/s), {watched.TotalSeconds} s: {share:P1} of a processor, "
            + $"{memory / 1e6:N0} MB, "
            + $"acknowledged after p50 {latencies[latencies.Count / 2]:N1} ms, p99 {latencies[latencies.Count * 99 / 100]:N1} ms"));
    }

    async Task EnrolAsync(string folder, Fleet fleet, CancellationToken cancellationToken)
    {
        if (postgres is not null)
            await PostgresMigration.MigrateAsync(postgres, NullLogger.Instance, cancellationToken);
        await using var database = await OpenAsync(folder, cancellationToken);
        await database.Vault.EnrolAsync(
            [
                .. fleet.Devices.Select((device, number) => Request(device.OwnerName, device.Name, device.Secret, number)),
                Request(Prober, Prober, ProberSecret, 0),
            ],
            cancellationToken);
    }

    async Task<INodeDatabase> OpenAsync(string folder, CancellationToken cancellationToken) => postgres is null
        ? SqliteNodeDatabase.Open(
            new SqliteOptions { Path = Path.Combine(folder, "civicsense.db") }, TimeProvider.System, NullLogger.Instance)
        : await PostgresNodeDatabase.OpenAsync(new PostgresOptions { ConnectionString = postgres }, NullLogger.Instance, cancellationToken);

    // In 400 cells, as sensors of a town are, rather than in the five of the simulated neighbourhood.
    static EnrolmentRequest Request(string owner, string name, string secret, int number) => new(
        owner, name, Area.FromPosition(50 + number % 400 / 20 * 0.02, 4 + number % 20 * 0.03),
        DeviceSecret.Hash(Encoding.UTF8.GetBytes(secret)));

    Process Start(string folder, int port)
    {
        var settings = new Dictionary<string, object>
        {
            ["data"] = folder,
            ["http"] = new { address = "127.0.0.1", port = FreePort() },
            ["mqtt"] = new { address = "127.0.0.1", port,
                limits = new { maximumConnectionsPerAddress = sensors + 10, maximumConnections = sensors + 10 } },
        };
        if (postgres is not null)
            settings["postgres"] = new { connection = postgres };
        var file = Path.Combine(folder, "civicsense.json");
        File.WriteAllText(file, JsonSerializer.Serialize(settings));
        var start = new ProcessStartInfo(program, ["run", "--config", file]) { RedirectStandardOutput = true, UseShellExecute = false };
        var node = Process.Start(start)!;
        node.OutputDataReceived += (_, _) => { };
        node.BeginOutputReadLine();
        return node;
    }

    static async Task<MqttClient> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await MqttClient.ConnectAsync(
                    new MqttClientOptions { Host = "127.0.0.1", Port = port, ClientId = Prober, UserName = Prober,
                        Password = ProberSecret }, cancellationToken);
            }
            catch (Exception exception) when (attempt < 100 && exception is IOException or SocketException or MqttException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
            }
        }
    }

    static async Task<double> ProbeAsync(MqttClient prober, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1e3;
        var payload = string.Create(CultureInfo.InvariantCulture, $$"""[{"n":"pm2_5","v":7.4,"t":{{time:F3}}}]""");
        var began = TimeProvider.System.GetTimestamp();
        await prober.PublishConfirmedAsync(
            Encoding.UTF8.GetBytes($"civicsense/v1/{Prober}/readings"), Encoding.UTF8.GetBytes(payload),
            cancellationToken: cancellationToken);
        return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
