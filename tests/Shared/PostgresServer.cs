using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace CivicSense.Tests;

/// <summary>
/// A real PostgreSQL for the tests of one process: the one that an environment variable names, or else a cluster of its own in a folder
/// that goes with it, on a port of its own.
/// </summary>
sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>A connection string of somebody who may create databases and roles.</summary>
    const string Variable = "CIVICSENSE_TEST_POSTGRES";

    /// <summary>The same of a server with the extension timescaledb.</summary>
    public const string TimescaleVariable = "CIVICSENSE_TEST_TIMESCALE";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    static readonly SemaphoreSlim Starting = new(1, 1);
    static PostgresServer? shared;
    static PostgresServer? timescale;

    readonly Process? process;
    readonly string? folder;
    readonly NpgsqlDataSource administration;
    readonly Lazy<Task<bool>> hasExtension;
    static int databases;

    PostgresServer(string connectionString, Process? process, string? folder)
    {
        (this.process, this.folder) = (process, folder);
        hasExtension = new(() => AskAsync("SELECT current_setting('shared_preload_libraries') LIKE '%timescaledb%'"));
        administration = NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>The server that all tests of this process use; skips the test where there is none.</summary>
    public static async Task<PostgresServer> GetAsync()
    {
        await Starting.WaitAsync();
        try
        {
            return shared ??= Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given
                ? new PostgresServer(given, null, null)
                : await StartAsync(PostgresPrograms.Find());
        }
        finally
        {
            Starting.Release();
        }
    }

    /// <summary>
    /// The server with TimescaleDB that an environment variable names, or one of the programs that another names; null where there is
    /// neither.
    /// </summary>
    public static async Task<PostgresServer?> FindTimescaleAsync()
    {
        await Starting.WaitAsync();
        try
        {
            if (timescale is null && Environment.GetEnvironmentVariable(TimescaleVariable) is { Length: > 0 } given)
                timescale = new PostgresServer(given, null, null);
            else if (timescale is null && PostgresPrograms.FindTimescale() is { } programs)
                timescale = await StartAsync(programs);
            return timescale;
        }
        finally
        {
            Starting.Release();
        }
    }

    /// <summary>Starts one that nobody else uses; skips the test where PostgreSQL is not installed.</summary>
    static async Task<PostgresServer> StartAsync(PostgresPrograms? programs)
    {
        if (programs is null || OperatingSystem.IsWindows())
            Assert.Skip($"PostgreSQL is not installed, and {Variable} names no server.");
        var ownFolder = Directory.CreateTempSubdirectory("civicsense-postgres-").FullName;
        var port = LoopbackPort.Choose();
        // PostgreSQL refuses to run as root. The shell ends it when this process has ended, however that came.
        var script = $"""
            cd / && become="" && if [ "$(id -u)" = 0 ]; then chown postgres '{ownFolder}'; become="setpriv --reuid=postgres --regid=postgres --clear-groups"; fi
            $become '{programs.Program("initdb")}' -D '{ownFolder}/data' -U postgres -A trust -E UTF8 --locale=C.UTF-8 \
                >'{ownFolder}/log' 2>&1 || exit 1
            $become '{programs.Program("postgres")}' -D '{ownFolder}/data' -p {port} -c listen_addresses=127.0.0.1 \
                -c unix_socket_directories='{ownFolder}' -c fsync=on -c max_connections=200 {programs.Settings} >>'{ownFolder}/log' 2>&1 &
            read -r _; kill -QUIT $!; wait; rm -rf '{ownFolder}'
            """;
        var start = new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardInput = true, UseShellExecute = false };
        var server = new PostgresServer(
            string.Create(CultureInfo.InvariantCulture,
                $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Timeout=60;Command Timeout=60"),
            Process.Start(start)!, ownFolder);
        await server.WaitUntilReadyAsync();
        return server;
    }

    async Task WaitUntilReadyAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await using var connection = await administration.OpenConnectionAsync(limit.Token);
                return;
            }
            catch (NpgsqlException) when (!limit.IsCancellationRequested && process is { HasExited: false })
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
            }
        }
    }

    /// <summary>
    /// Makes a database and returns its connection string: a copy of another, or an empty one, with the extension timescaledb where the
    /// server has loaded it.
    /// </summary>
    public async Task<string> CreateDatabaseAsync(string? template = null)
    {
        if (template is not null && await hasExtension.Value)
            await LeaveAloneAsync(template);
        var name = string.Create(
            CultureInfo.InvariantCulture, $"civicsense_test_{Environment.ProcessId}_{Interlocked.Increment(ref databases)}");
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template ?? "template0"} ENCODING 'UTF8'");
        var made = new NpgsqlConnectionStringBuilder(administration.ConnectionString) { Database = name };
        if (template is null && await hasExtension.Value)
        {
            await using var source = NpgsqlDataSource.Create(made.ConnectionString + ";Pooling=false");
            await using var extension = source.CreateCommand("CREATE EXTENSION timescaledb");
            await extension.ExecuteNonQueryAsync();
        }
        return made.ConnectionString;
    }

    /// <summary>Whether databases are made with the extension timescaledb.</summary>
    public Task<bool> HasTimescaleAsync() => hasExtension.Value;

    /// <summary>The major version of the server.</summary>
    public async Task<int> ReadMajorAsync()
    {
        await using var command = administration.CreateCommand("SELECT current_setting('server_version_num')::integer / 10000");
        return (int)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A database that the extension's scheduler is connected to cannot be copied.</summary>
    async Task LeaveAloneAsync(string database)
    {
        await ExecuteAsync($"ALTER DATABASE {database} ALLOW_CONNECTIONS false");
        while (await AskAsync($"SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_stat_activity WHERE datname = '{database}'"))
            await Task.Yield();
    }

    async Task<bool> AskAsync(string question)
    {
        await using var command = administration.CreateCommand(question);
        return await command.ExecuteScalarAsync() is true;
    }

    /// <summary>Drops a database, whoever is still connected.</summary>
    public async Task DropDatabaseAsync(string connectionString)
    {
        using (var pool = new NpgsqlConnection(connectionString))
            NpgsqlConnection.ClearPool(pool);
        await ExecuteAsync($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");
    }

    /// <summary>Executes statements with all rights, in the server's own database.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = administration.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await administration.DisposeAsync();
        if (process is null)
            return;
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
        process.Dispose();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
