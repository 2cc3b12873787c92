using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>
/// A PostgreSQL of its own that a test may kill, shut down and start again on the same data and port. With TimescaleDB where
/// CIVICSENSE_TEST_TIMESCALE_PROGRAMS names programs that have it.
/// </summary>
sealed class MortalPostgres : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly PostgresPrograms programs;
    readonly string folder;
    readonly string settings;
    Process? shell;
    int postmaster;
    int databases;

    MortalPostgres(PostgresPrograms programs, string folder, string settings = "")
    {
        (this.programs, this.folder, this.settings) = (programs, folder, settings);
        Port = LoopbackPort.Choose();
    }

    public int Port { get; }

    /// <summary>Whether it was started and neither killed nor shut down since.</summary>
    public bool IsRunning => shell is not null;

    /// <summary>Whether its databases are made with the extension timescaledb.</summary>
    public bool HasTimescale => programs.LoadsTimescale;

    /// <summary>
    /// TimescaleDB looks for databases that need a scheduler every minute. Scenes are shorter, and its policies are to run in them.
    /// </summary>
    string Policies => HasTimescale ? "-c timescaledb.bgw_launcher_poll_time=500" : "";

    /// <summary>The major version of the server.</summary>
    public async Task<int> ReadMajorAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        return connection.PostgreSqlVersion.Major;
    }

    /// <summary>The login of a node: a member of the three roles and nothing more.</summary>
    public const string NodeLogin = "node";

    static string Become => Environment.IsPrivilegedProcess ? "setpriv --reuid=postgres --regid=postgres --clear-groups" : "";

    /// <summary>Makes a cluster and starts it; skips the test where PostgreSQL is not installed.</summary>
    /// <param name="log">Where its write-ahead log lies; null for beside the data.</param>
    public static async Task<MortalPostgres> StartNewAsync(string? log = null)
    {
        var installed = PostgresPrograms.FindTimescale() ?? PostgresPrograms.Find();
        Assert.SkipWhen(installed is null || !OperatingSystem.IsLinux(), "PostgreSQL is not installed.");
        var own = Directory.CreateTempSubdirectory("civicsense-postgres-").FullName;
        var server = new MortalPostgres(installed!, own, log is null ? "" : "-c max_wal_size=32MB");
        var logFolder = log is null ? "" : $"--waldir='{log}'";
        // PostgreSQL refuses to run as root.
        await RunShellAsync($"""
            {(Environment.IsPrivilegedProcess ? $"chown postgres '{own}'; " : "")}cd / && {Become} '{installed!.Program("initdb")}' \
                -D '{own}/data' -U postgres -A trust -E UTF8 --locale=C.UTF-8 --wal-segsize=1 {logFolder} >'{own}/log' 2>&1
            """);
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it, again or for the first time, and returns when it takes connections.</summary>
    public async Task StartAsync()
    {
        // The shell ends the server when this process has ended, however that came.
        var script = $"""
            cd / && {Become} '{programs.Program("postgres")}' -D '{folder}/data' -p {Port} -c listen_addresses=127.0.0.1 \
                -c unix_socket_directories='{folder}' -c max_connections=200 -c shared_buffers=32MB \
                {Policies} {programs.Settings} {settings} >>'{folder}/log' 2>&1 &
            echo $!; read -r _; kill -QUIT $! 2>/dev/null; wait
            """;
        var start = new ProcessStartInfo("/bin/sh", ["-c", script])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        shell = Process.Start(start)!;
        postmaster = int.Parse((await shell.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        await UntilReadyAsync();
    }

    async Task UntilReadyAsync()
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await ExecuteAsync(ConnectionString("postgres"), "SELECT 1");
                return;
            }
            catch (NpgsqlException exception)
            {
                if (watch.Elapsed > Patience)
                    throw new TimeoutException(
                        $"PostgreSQL does not start.\n{await File.ReadAllTextAsync(Path.Combine(folder, "log"))}", exception);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    /// <summary>Kills all its processes at once, as the kernel does when the memory is full.</summary>
    public async Task KillAsync()
    {
        // Stopped first, so that none sees another go and does something about it.
        await RunShellAsync(string.Create(CultureInfo.InvariantCulture, $"""
            kill -STOP {postmaster}; all="{postmaster}"
            for stat in /proc/[0-9]*/stat; do
                read -r id name state parent rest <"$stat" 2>/dev/null && [ "$parent" = {postmaster} ] && all="$all $id"
            done
            kill -KILL $all
            """));
        await EndAsync();
    }

    /// <summary>Shuts it down as <c>systemctl stop</c> does: connections are ended, the data is written.</summary>
    public async Task StopAsync()
    {
        await RunShellAsync(string.Create(CultureInfo.InvariantCulture, $"kill -INT {postmaster}"));
        await EndAsync();
    }

    /// <summary>Does something again and again until the server has come to an end over it.</summary>
    public async Task StopsByItselfAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        while (!HasEnded())
        {
            if (watch.Elapsed > Patience)
                throw new TimeoutException($"PostgreSQL does not stop.\n{await File.ReadAllTextAsync(Path.Combine(folder, "log"))}");
            try
            {
                await work();
            }
            catch (NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
        await EndAsync();
    }

    /// <summary>Makes a standby of it, which gets what is committed here a moment later: nobody waits for that.</summary>
    public async Task<MortalPostgres> StartStandbyAsync()
    {
        Assert.SkipUnless(File.Exists(programs.Program("pg_basebackup")), $"There is no pg_basebackup in {programs.Folder}.");
        var own = Directory.CreateTempSubdirectory("civicsense-postgres-").FullName;
        var standby = new MortalPostgres(programs, own);
        await RunShellAsync(string.Create(CultureInfo.InvariantCulture, $"""
            {(Environment.IsPrivilegedProcess ? $"chown postgres '{own}'; " : "")}cd / && {Become} '{programs.Program("pg_basebackup")}' \
                -h 127.0.0.1 -p {Port} -U postgres -D '{own}/data' --write-recovery-conf --checkpoint=fast >'{own}/log' 2>&1
            """));
        await standby.StartAsync();
        return standby;
    }

    /// <summary>Makes a standby the server.</summary>
    public Task PromoteAsync() => ExecuteAsync(ConnectionString("postgres"), "SELECT pg_promote()");

    async Task EndAsync()
    {
        while (!HasEnded())
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        shell!.StandardInput.Close();
        await shell.WaitForExitAsync().WaitAsync(Patience);
        shell.Dispose();
        shell = null;
    }

    bool HasEnded()
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{postmaster}/stat"));
            return stat.Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Past every proxy, with all rights, and never over a connection of before.</summary>
    public string ConnectionString(string database, string login = "postgres", int? port = null) => string.Create(
        CultureInfo.InvariantCulture,
        $"Host=127.0.0.1;Port={port ?? Port};Username={login};Database={database};SSL Mode=Disable;GSS Encryption Mode=Disable"
        + $"{(login == "postgres" ? ";Pooling=false" : "")}");

    /// <summary>Makes an empty database, or a copy of one that was sealed.</summary>
    public async Task<string> CreateDatabaseAsync(string? template = null, string more = "")
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"scene_{Interlocked.Increment(ref databases)}");
        await CreateDatabaseAsync(name, template, more);
        return name;
    }

    /// <summary>Puts an empty database in the place of another, for a backup to be restored into.</summary>
    public async Task ReplaceDatabaseAsync(string name)
    {
        await DropDatabaseAsync(name);
        await CreateDatabaseAsync(name, null, "");
    }

    async Task CreateDatabaseAsync(string name, string? template, string more)
    {
        await ExecuteAsync(ConnectionString("postgres"), $"CREATE DATABASE {name} TEMPLATE {template ?? "template0"} {more}");
        if (template is null && HasTimescale)
            await ExecuteAsync(ConnectionString(name), "CREATE EXTENSION timescaledb");
    }

    /// <summary>
    /// Lets nobody connect to a database any more: while somebody does, as the scheduler of TimescaleDB, it cannot be copied.
    /// </summary>
    public async Task SealAsync(string name)
    {
        await ExecuteAsync(ConnectionString("postgres"), $"ALTER DATABASE {name} ALLOW_CONNECTIONS false");
        await ExecuteAsync(ConnectionString("postgres"), $"""
            DO $$ BEGIN
                WHILE (SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_stat_activity WHERE datname = '{name}') LOOP
                    PERFORM pg_sleep(0.02), pg_stat_clear_snapshot();
                END LOOP;
            END $$
            """);
    }

    public Task DropDatabaseAsync(string name) =>
        ExecuteAsync(ConnectionString("postgres"), $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <exception cref="InvalidOperationException">It did not end well.</exception>
    public static async Task RunShellAsync(string script)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"Exit code {process.ExitCode}: {script}\n{errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (shell is not null)
            await KillAsync();
        Directory.Delete(folder, recursive: true);
    }
}
