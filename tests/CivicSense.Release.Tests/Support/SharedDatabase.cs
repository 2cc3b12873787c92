using CivicSense.Commons;
using CivicSense.Storage;
using CivicSense.Tests;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CivicSense.Release.Tests;

/// <summary>A real PostgreSQL that several release processes use, a folder for their fences, and a clock that all of them see.</summary>
sealed class SharedDatabase : IAsyncDisposable
{
    /// <summary>When each test begins: the first whole hour is that of ten o'clock.</summary>
    public static readonly DateTimeOffset Morning = new(2026, 3, 4, 9, 20, 0, TimeSpan.Zero);

    static readonly SemaphoreSlim Preparing = new(1, 1);
    static string? template;

    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("civicsense-leadership-");
    readonly List<ReleaseProcess> processes = [];
    readonly PostgresServer server;
    readonly string connectionString;

    SharedDatabase(PostgresServer server, string connectionString) => (this.server, this.connectionString) = (server, connectionString);

    public ManualTimeProvider Clock { get; } = new(Morning);

    public ReleaseOptions Options { get; } = new() { Rho = 1 };

    PostgresNodeDatabase Database => processes[0].Database;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>With five households; skips the test where there is no PostgreSQL.</summary>
    public static async Task<SharedDatabase> CreateAsync()
    {
        var given = await PostgresServer.GetAsync();
        await Preparing.WaitAsync(Cancel);
        try
        {
            template ??= await MakeTemplateAsync(given);
            return new SharedDatabase(given, await given.CreateDatabaseAsync(template));
        }
        finally
        {
            Preparing.Release();
        }
    }

    static async Task<string> MakeTemplateAsync(PostgresServer given)
    {
        var made = await given.CreateDatabaseAsync();
        await PostgresMigration.MigrateAsync(made, NullLogger.Instance, Cancel);
        return new NpgsqlConnectionStringBuilder(made).Database!;
    }

    /// <summary>Starts a process and lets it do its first step.</summary>
    public async Task<ReleaseProcess> StartAsync(string name, string? fence = null)
    {
        var database = await PostgresNodeDatabase.OpenAsync(
            new PostgresOptions { ConnectionString = connectionString, IngestNode = name }, NullLogger.Instance, Cancel);
        if (processes.Count == 0)
            await EnrolAsync(database.Vault);
        var process = new ReleaseProcess(database, FencePath(fence ?? name), Options, Clock);
        processes.Add(process);
        await process.StepAsync();
        return process;
    }

    public string FencePath(string name) => Path.Combine(folder.FullName, name + ".json");

    /// <summary>Lets the lease expire without waiting for it.</summary>
    public Task ExpireLeaseAsync() => ExecuteAsync("UPDATE vault.release_lease SET expires_at = clock_timestamp()");

    /// <summary>What an older backup would do: the newest entries of the ledger have gone, and what they released.</summary>
    public Task LoseNewestAsync(HourWindow newest) => ExecuteAsync(FormattableString.Invariant($"""
        DELETE FROM commons.ledger WHERE sequence >= (SELECT min(ledger_sequence) FROM commons.measurement WHERE hour > {newest.Index});
        DELETE FROM commons.measurement WHERE hour > {newest.Index};
        UPDATE vault.state SET released_through = {newest.Index};
        """));

    public async Task ContributeAsync(HourWindow window) => await Database.Vault.CommitAsync(
        new[] { new Contribution(1, Quantity.Pm25.Ordinal, window, 1, 17, 1) }, Cancel);

    public async Task<LedgerEntry[]> LedgerAsync() => [.. await Database.Commons.ReadLedgerAsync(0, int.MaxValue, Cancel)];

    public async Task<IReadOnlyList<NoisyMeasurement>> MeasurementsAsync() =>
        await Database.Commons.ReadMeasurementsAsync(new MeasurementQuery(), Cancel);

    public async Task<IReadOnlyList<int>> ReleasedHoursAsync() =>
        [.. (await MeasurementsAsync()).Select(value => value.Window.Start.Hour).Distinct()];

    public async Task<bool> WasGivenUpAsync() => (await LedgerAsync()).Any(entry => entry.Content.Kind == LedgerEntryKind.Restored);

    /// <summary>Checks that the ledger is whole and that every key of every released window has exactly one value.</summary>
    public async Task AssertWholeAsync()
    {
        Assert.Empty((await new LedgerVerifier(Database.Commons).VerifyAsync(Cancel)).Problems);
        var windows = (await LedgerAsync()).Where(entry => entry.Content.Kind == LedgerEntryKind.Window).ToArray();
        Assert.Equal(windows.Length, windows.Select(entry => entry.Content.Window).Distinct().Count());
        Assert.Equal(windows.Sum(entry => entry.Content.Keys), (await MeasurementsAsync()).Count);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
            await process.DisposeAsync();
        await server.DropDatabaseAsync(connectionString);
        folder.Delete(recursive: true);
    }

    static async Task EnrolAsync(IVault vault) => await vault.EnrolAsync(
        [
            .. Enumerable.Range(1, 5).Select(number => new EnrolmentRequest(
                FormattableString.Invariant($"household-{number}"), FormattableString.Invariant($"balcony-{number}"), Enrolments.Place,
                new byte[32])),
        ],
        Cancel);
}
