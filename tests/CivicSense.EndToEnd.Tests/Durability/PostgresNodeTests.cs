using System.Globalization;
using System.Text.Json;
using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Storage;
using CivicSense.Tests;

namespace CivicSense.EndToEnd.Tests.Durability;

/// <summary>
/// One process of everything on a PostgreSQL: it takes readings, releases their hour, serves it, and survives being killed.
/// </summary>
public sealed class PostgresNodeTests
{
    // Two hours before midnight, so that the first whole hour has a plan.
    static readonly DateTimeOffset Start = new(2026, 3, 1, 22, 0, 0, TimeSpan.Zero);

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Node_on_PostgreSQL_takes_readings_releases_their_hour_and_serves_it()
    {
        var server = await PostgresServer.GetAsync();
        var connection = await server.CreateDatabaseAsync();
        using var folder = new TemporaryFolder();
        var configuration = Configuration.Write(folder, string.Create(CultureInfo.InvariantCulture, $$"""
            "postgres": { "connection": {{JsonSerializer.Serialize(connection)}} },
            "clock": "event", "eventStart": "{{Start:yyyy-MM-ddTHH:mm:ssZ}}"
            """));

        var early = await NodeProcess.RunAsync("run", "--config", configuration);
        Assert.True(early.ExitCode == 1 && early.Errors.Contains("civicsense db migrate", StringComparison.Ordinal), early.ToString());
        Assert.Equal(2, (await NodeProcess.RunAsync("db", "status", "--config", configuration)).ExitCode);
        var migrated = await CommandResult.SucceedsAsync("db", "migrate", "--config", configuration);
        var status = await NodeProcess.RunAsync("db", "status", "--config", configuration);
        Assert.True(status.ExitCode == 0 && status.Output.Contains("Extension  timescaledb", StringComparison.Ordinal), status.ToString());

        await using var node = new MortalNode(configuration);
        var publishers = new List<PersistentPublisher>();
        for (var i = 0; i < 5; i++)
            publishers.Add(new PersistentPublisher(
                await Enrolment.AddAsync(configuration, $"device-{i}", $"household {i}"), node.PortAsync));
        await node.StartAsync();
        await PublishAsync(publishers, Start);
        await node.KillAsync(TimeSpan.Zero, null);
        await PublishAsync(publishers, Start.AddMinutes(30));
        await PublishAsync(publishers, Start.AddHours(1).AddMinutes(15));

        var commons = await PostgresNodeDatabase.OpenCommonsReadOnlyAsync(connection, Cancel);
        await using (commons as IAsyncDisposable)
            await ReleasedAsync(commons, HourWindow.Containing(Start));
        using var client = new HttpClient();
        var ledger = await client.GetStringAsync(new Uri(node.Process!.Address, "api/v1/ledger"), Cancel);
        Assert.Contains("2026-03-01T22:00:00Z", ledger, StringComparison.Ordinal);
        node.Process.Signal("TERM");
        Assert.Equal(0, (await node.Process.ExitAsync()).ExitCode);
        var verified = await CommandResult.SucceedsAsync("ledger", "verify", "--config", configuration);
        Assert.False(File.Exists(Path.Combine(folder.File("data"), "civicsense.db")));
        foreach (var publisher in publishers) await publisher.DisposeAsync();
        await server.DropDatabaseAsync(connection);
    }

    static Task PublishAsync(List<PersistentPublisher> publishers, DateTimeOffset begin) => Task.WhenAll(publishers.Select(
        publisher => publisher.PublishAsync(
            Enumerable.Range(0, 10).Select(i => new TestMessage(begin.AddSeconds(10 * i), 10 + i, 8)), Cancel)));

    static async Task ReleasedAsync(ICommons commons, HourWindow window)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(NodeProcess.Patience);
        while ((await commons.ReadMeasurementsAsync(new MeasurementQuery { From = window, Until = window.Next }, limit.Token)).Count == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
    }
}
