using System.Globalization;
using System.Net;
using System.Text.Json;
using CivicSense.Ingestion;
using CivicSense.Mqtt;
using CivicSense.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Benchmarks.Ingest;

/// <summary>What a node's process says about itself.</summary>
/// <param name="Messages">Messages that reached the application.</param>
/// <param name="Refused">Readings and messages that were not accepted.</param>
/// <param name="AllocatedBytes">Bytes allocated since the start.</param>
/// <param name="Collections">Garbage collections since the start.</param>
/// <param name="PoolThreads">Threads of the thread pool.</param>
sealed record NodeReport(long Messages, long Refused, long AllocatedBytes, int Collections, int PoolThreads);

/// <summary>
/// The measured process: the listener, the gate, the group commit and the database as the node wires them, and nothing else.
/// </summary>
/// <remarks>
/// Says its port and its time in the first line. Then each line of the input is answered by one of output: "report", or "collect" for a
/// report after a full garbage collection. The end of the input stops it.
/// </remarks>
static class IngestNode
{
    /// <summary>The hidden first argument that makes the executable this process.</summary>
    public const string Argument = "ingest-node";

    /// <summary>How far into an hour the node's clock stands when it starts; see <see cref="ShiftedClock"/>.</summary>
    public static TimeSpan IntoHour { get; } = TimeSpan.FromMinutes(50);

    public static async Task<int> RunAsync(string[] args)
    {
        await using var database = SqliteNodeDatabase.Open(new SqliteOptions { Path = args[1] }, TimeProvider.System, NullLogger.Instance);
        var clock = new ShiftedClock(TimeSpan.FromMilliseconds(long.Parse(args[2], CultureInfo.InvariantCulture)));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Error).AddSimpleConsole();
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton(database.Vault).AddSingleton(database.IngestRegistry)
            .AddIngestion(clock, lateness: TimeSpan.FromMinutes(10))
            .AddMqttListener(options => options.MaximumConnections = 100_000);
        if (args is [_, _, _, var broker])
            builder.Services.AddBroker(ReadingFrom(int.Parse(broker, CultureInfo.InvariantCulture)));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenMqtt(IPAddress.Loopback, 0));
        await using var host = builder.Build();
        await host.StartAsync();
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Console.WriteLine(new Uri(address).Port);

        var statistics = host.Services.GetRequiredService<IngestionStatistics>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line == "collect")
            {
                GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
            }
            var report = new NodeReport(
                statistics.Messages, statistics.Refused, GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(0),
                ThreadPool.ThreadCount);
            Console.WriteLine(JsonSerializer.Serialize(report));
        }
        await host.StopAsync();
        return 0;
    }

    static BrokerOptions ReadingFrom(int port) => new()
    {
        Connection = () => new MqttClientOptions { Host = IPAddress.Loopback.ToString(), Port = port, ClientId = "civicsense" },
        Session = TimeSpan.Zero,
    };
}

/// <summary>
/// The real clock, moved. Each reading needs a later time than the one before, so that many thousand messages a second from one device
/// need a window that is open for longer than the run lasts; the clock is moved to the end of an hour.
/// </summary>
sealed class ShiftedClock(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
}
