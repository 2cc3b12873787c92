using CivicSense.Commons;
using CivicSense.Vault;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Says in the database that this process ingests.</summary>
/// <remarks>
/// The name is held by an advisory lock of a connection of its own, over which everything is reported, too: so a process that was killed
/// can start again as soon as the server has noticed that its connection is gone, one that is paused keeps its name, and a connection that
/// was cut is noticed with the next report. Whether the name is still this process' decides its incarnation, not the lock.
/// </remarks>
sealed class PostgresIngestRegistry : IIngestRegistry, IAsyncDisposable
{
    /// <summary>How long a report may take, and how long the name of a process that has just ended is waited for.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Taking the name waits for a release that is being made: longer than the server lets one idle.</summary>
    static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(120);

    static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(100);

    // The server finds out within half a minute that a machine is gone or a cable is cut, and gives the name free.
    const string NoticeAbsence = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4";

    readonly PostgresPool? shared;
    readonly PostgresPool own;
    readonly IngestIdentity process;
    readonly SemaphoreSlim turn = new(1, 1);
    NpgsqlConnection? connection;
    bool holdsName;

    /// <summary>Nothing is connected yet.</summary>
    /// <param name="shared">Test hook: the pool of the one connection that there is; null otherwise.</param>
    /// <param name="connectionString">Of a login that may ingest.</param>
    /// <param name="process">Receives the incarnation.</param>
    public PostgresIngestRegistry(PostgresPool? shared, string connectionString, IngestIdentity process)
    {
        (this.shared, this.process) = (shared, process);
        own = PostgresPool.CreateUnpooled(connectionString, PostgresRole.Ingest, Patience);
    }

    public ValueTask<long> RegisterAsync(CancellationToken cancellationToken) => UseAsync(
        async open =>
        {
            var began = TimeProvider.System.GetTimestamp();
            while (!await TryHoldNameAsync(open, cancellationToken))
            {
                if (TimeProvider.System.GetElapsedTime(began) > Patience)
                    throw new IngestNameTakenException(process.Name);
                await Task.Delay(TryAgainAfter, TimeProvider.System, cancellationToken);
            }
            await using var register = Command(open, "SELECT vault.register_ingest($1)", Sql.Value(process.Name));
            register.CommandTimeout = (int)ReleasePatience.TotalSeconds;
            return process.Incarnation = (long)(await register.ExecuteScalarAsync(cancellationToken))!;
        },
        cancellationToken);

    public ValueTask<IngestAnswer> ReportAsync(HourWindow? closedThrough, CancellationToken cancellationToken) => UseAsync(
        async open =>
        {
            // After the connection was cut the server may take a while to see it. Until then the name is still held by what was this
            // process.
            if (!holdsName)
                await TryHoldNameAsync(open, cancellationToken);
            await using var report = Command(
                open, "SELECT released, told_at FROM vault.report_ingest($1, $2, $3)", Sql.Value(process.Name),
                Sql.Value(process.Incarnation),
                closedThrough is { } window ? Sql.Value(window.Index) : new NpgsqlParameter<long?> { TypedValue = null });
            await using var row = await report.ExecuteReaderAsync(cancellationToken);
            if (!await row.ReadAsync(cancellationToken))
                throw new IngestReplacedException();
            return new IngestAnswer(row.IsDBNull(0) ? null : row.Window(0), row.GetFieldValue<DateTimeOffset>(1));
        },
        cancellationToken);

    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        if (process.Incarnation == 0)
            return;
        await UseAsync(
            async open =>
            {
                await using var stop = Command(
                    open, "SELECT vault.stop_ingest($1, $2)", Sql.Value(process.Name), Sql.Value(process.Incarnation));
                return await stop.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken);
        await CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await own.DisposeAsync();
        turn.Dispose();
    }

    async Task<bool> TryHoldNameAsync(NpgsqlConnection open, CancellationToken cancellationToken)
    {
        await using var hold = Command(
            open, "SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('civicsense ingest ' || $1, 0))",
            Sql.Value(process.Name));
        return holdsName = (bool)(await hold.ExecuteScalarAsync(cancellationToken))!;
    }

    async ValueTask<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        if (shared is not null)
            return await shared.UseAsync(work, cancellationToken);
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (connection is { State: not System.Data.ConnectionState.Open })
                await CloseAsync();
            connection ??= await OpenAsync(cancellationToken);
            return await work(connection);
        }
        catch (Exception exception)
        {
            // Whatever it was, the next call begins with a connection that is in order.
            await CloseAsync();
            if (PostgresFailure.IsOfDatabase(exception))
                throw PostgresFailure.Translate(exception);
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var opened = await own.OpenAsync(cancellationToken);
        await using var settings = new NpgsqlCommand(NoticeAbsence, opened);
        await settings.ExecuteNonQueryAsync(cancellationToken);
        return opened;
    }

    async Task CloseAsync()
    {
        holdsName = false;
        if (Interlocked.Exchange(ref connection, null) is { } closing)
            await closing.DisposeAsync();
    }

    static NpgsqlCommand Command(NpgsqlConnection open, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, open);
        command.Parameters.AddRange(parameters);
        return command;
    }
}
