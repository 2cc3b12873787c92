using CivicSense.Commons;
using CivicSense.Release;
using CivicSense.Vault;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CivicSense.Storage.Tests;

/// <summary>A node database on PostgreSQL. What it lies in goes with it.</summary>
public sealed class PostgresStore : StoreUnderTest
{
    static readonly SemaphoreSlim Preparing = new(1, 1);
    static readonly Dictionary<PostgresServer, string> Templates = [];

    readonly Func<ValueTask> remove;
    readonly PostgresOptions options;
    readonly Lazy<PostgresPool> another;
    PostgresNodeDatabase database;

    PostgresStore(PostgresOptions options, PostgresNodeDatabase database, Func<ValueTask> remove)
    {
        (this.options, this.database, this.remove) = (options, database, remove);
        another = new(() => PostgresPool.Create(ConnectionString, PostgresRole.Ingest, assumesRole: !options.HasOneConnection));
    }

    public string ConnectionString => options.ConnectionString;

    public override string? NoSecondConnection => options.HasOneConnection ? "This TimescaleDB has one connection." : null;

    public override IVault Vault => database.Vault;

    public override IDeviceSessionStore DeviceSessions => database.DeviceSessions;

    public override IDeviceSessionStore DeviceSessionsOfAnother =>
        new PostgresDeviceSessionStore(another.Value, new IngestIdentity("another"));

    public override IIngestRegistry IngestRegistry => database.IngestRegistry;

    public override IIngestRoster IngestRoster => database.IngestRoster;

    public override ICommons Commons => database.Commons;

    public override IEstimateStore Estimates => database.Estimates;

    public override IReferenceStore References => database.References;

    public override IModelVersionStore ModelVersions => database.ModelVersions;

    public override IReleaseStore Releases => database.Releases;

    public IReleaseLease Lease => database.ReleaseLease;

    /// <summary>A migrated database of its own on the server of the tests; skips the test where there is none.</summary>
    public static async ValueTask<PostgresStore> CreateAsync() => await CreateAsync(await PostgresServer.GetAsync());

    /// <summary>A migrated database of its own.</summary>
    internal static async ValueTask<PostgresStore> CreateAsync(PostgresServer server)
    {
        await Preparing.WaitAsync();
        string connectionString;
        try
        {
            if (!Templates.TryGetValue(server, out var template))
                Templates[server] = template = await MakeTemplateAsync(server);
            connectionString = await server.CreateDatabaseAsync(template);
        }
        finally
        {
            Preparing.Release();
        }
        return await OpenAsync(
            new PostgresOptions { ConnectionString = connectionString }, () => new(server.DropDatabaseAsync(connectionString)));
    }

    internal static async ValueTask<PostgresStore> OpenAsync(PostgresOptions options, Func<ValueTask> remove) =>
        new(options, await OpenLeadingAsync(options), remove);

    /// <summary>Another process on the same database, under another name.</summary>
    public Task<PostgresNodeDatabase> OpenAnotherAsync(string ingestNode) => OpenAsync(options with { IngestNode = ingestNode });

    public override async ValueTask RestartAsync()
    {
        await database.ReleaseLease.GiveBackAsync(TestContext.Current.CancellationToken);
        await database.DisposeAsync();
        database = await OpenLeadingAsync(options);
    }

    public override async ValueTask DisposeAsync()
    {
        if (another.IsValueCreated)
            await another.Value.DisposeAsync();
        await database.DisposeAsync();
        await remove();
    }

    /// <summary>Executes statements with all rights and reads the first column.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + (options.HasOneConnection ? "" : ";Pooling=false"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync();
        var values = new List<T>();
        while (await row.ReadAsync())
            values.Add(row.GetFieldValue<T>(0));
        return values;
    }

    /// <summary>Lets the lease expire without waiting for it.</summary>
    public Task ExpireLeaseAsync() => QueryAsync<int>("UPDATE vault.release_lease SET expires_at = pg_catalog.clock_timestamp()");

    /// <summary>Most tests are about one process, which may release.</summary>
    static async Task<PostgresNodeDatabase> OpenLeadingAsync(PostgresOptions options)
    {
        var opened = await OpenAsync(options);
        var lease = await opened.ReleaseLease.ReadAsync(TestContext.Current.CancellationToken);
        Assert.True(await opened.ReleaseLease.TakeAsync(lease.Token, TestContext.Current.CancellationToken));
        return opened;
    }

    static Task<PostgresNodeDatabase> OpenAsync(PostgresOptions options) =>
        PostgresNodeDatabase.OpenAsync(options, NullLogger.Instance, TestContext.Current.CancellationToken);

    static async Task<string> MakeTemplateAsync(PostgresServer server)
    {
        var connectionString = await server.CreateDatabaseAsync();
        await PostgresMigration.MigrateAsync(connectionString, NullLogger.Instance, TestContext.Current.CancellationToken);
        return new NpgsqlConnectionStringBuilder(connectionString).Database!;
    }
}
