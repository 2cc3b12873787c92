using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Storage;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>The server, and a database with five households in it that each scene begins with a copy of.</summary>
public sealed class FaultServer : IAsyncDisposable
{
    public const int Households = 5;

    readonly string? log;

    MortalPostgres? postgres;

    /// <summary>One that is started when it is first needed.</summary>
    public FaultServer()
    {
    }

    /// <summary>The same for one whose write-ahead log lies in a folder of its own.</summary>
    internal FaultServer(string log) => this.log = log;

    /// <summary>The database that scenes are copies of.</summary>
    internal string Template { get; private set; } = "";

    /// <summary>What the households' owners know.</summary>
    internal IReadOnlyList<Enrolment> Devices { get; } =
        [.. Enumerable.Range(0, Households).Select(i => new Enrolment($"device-{i}", $"household {i}", DeviceSecret.Create()))];

    /// <summary>Starts it, again where a scene has left it dead. Skips the test where a program is missing.</summary>
    internal async Task<MortalPostgres> GetAsync()
    {
        Assert.SkipWhen(StepClock.Library is null, "libfaketime is not installed.");
        if (postgres is null)
        {
            postgres = await MortalPostgres.StartNewAsync(log);
            Template = await postgres.CreateDatabaseAsync();
            await PrepareAsync(postgres.ConnectionString(Template));
            await postgres.SealAsync(Template);
        }
        if (!postgres.IsRunning)
            await postgres.StartAsync();
        return postgres;
    }

    async Task PrepareAsync(string connection)
    {
        await PostgresMigration.MigrateAsync(connection, NullLogger.Instance, CancellationToken.None);
        await MortalPostgres.ExecuteAsync(
            connection, $"CREATE ROLE {MortalPostgres.NodeLogin} LOGIN IN ROLE civicsense_ingest, civicsense_release, civicsense_public");
        await MortalPostgres.ExecuteAsync(connection, FaultAudit.Witness);
        await using var database = await PostgresNodeDatabase.OpenAsync(
            new PostgresOptions { ConnectionString = connection }, NullLogger.Instance, CancellationToken.None);
        await database.Vault.EnrolAsync(
            [.. Devices.Select(device => new EnrolmentRequest(
                device.Owner, device.Name, Area.FromPosition(Enrolment.Latitude, Enrolment.Longitude),
                DeviceSecret.Hash(System.Text.Encoding.UTF8.GetBytes(device.Secret))))],
            CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (postgres is not null)
            await postgres.DisposeAsync();
    }
}
