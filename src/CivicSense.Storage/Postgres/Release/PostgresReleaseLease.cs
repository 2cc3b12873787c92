using System.Security.Cryptography;
using CivicSense.Commons;
using CivicSense.Release;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>The lease in the one row of <c>vault.release_lease</c>. All times are those of the server.</summary>
sealed class PostgresReleaseLease(PostgresPool pool, string name) : IReleaseLease
{
    // One that lies farther ahead than any lease lasts was written before the server's clock was set back. Twice as far, so that a clock
    // that is drawn back a little ends none.
    const string IsLive = """
        expires_at > pg_catalog.clock_timestamp() AND expires_at <= pg_catalog.clock_timestamp() + interval '30 seconds'
        """;

    const string ReleasedThroughAndHead = """
        (SELECT released_through FROM vault.state), head.sequence, head.hash
        FROM vault.release_lease AS lease
            LEFT JOIN (SELECT sequence, hash FROM commons.ledger ORDER BY sequence DESC LIMIT 1) AS head ON true
        """;

    long held;

    public string Name => name;

    /// <summary>The token of our newest taking; 0 if there was none.</summary>
    public long Held => Interlocked.Read(ref held);

    /// <summary>Notes that another process has taken the lease since.</summary>
    public void Lose(long token) => Interlocked.CompareExchange(ref held, 0, token);

    /// <summary>One statement, so that lease and state are of the same moment.</summary>
    public async ValueTask<LeaseReading> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = await pool.QueryAsync(
            $"""
            SELECT lease.holder, lease.token, {IsLive}, lease.vouched_for, lease.vouched_by,
            NOT ({IsLive}) AND expires_at NOT BETWEEN pg_catalog.clock_timestamp() - interval '1 minute' AND pg_catalog.clock_timestamp(),
            {ReleasedThroughAndHead}
            """,
            row => new LeaseReading(
                Text(row, 0), row.GetInt64(1), row.GetBoolean(2), row.GetInt64(1) == Held && Held > 0, row.GetBoolean(3), Text(row, 4),
                State(row, 6),
                row.GetBoolean(5)),
            cancellationToken);
        return rows[0];
    }

    /// <summary>
    /// A release transaction of the holder has the row locked (<see cref="PostgresReleaseStore"/>). Then the lease is not free, and nobody
    /// waits here until it is.
    /// </summary>
    public ValueTask<bool> TakeAsync(long afterToken, CancellationToken cancellationToken) =>
        TakeAsync(afterToken, $"NOT ({IsLive})", cancellationToken);

    public ValueTask<bool> SeizeAsync(long afterToken, CancellationToken cancellationToken) =>
        TakeAsync(afterToken, "true", cancellationToken);

    async ValueTask<bool> TakeAsync(long afterToken, string condition, CancellationToken cancellationToken)
    {
        var drawn = RandomNumberGenerator.GetBytes(sizeof(long));
        var next = Math.Max(1, BitConverter.ToInt64(drawn) & long.MaxValue);
        var taken = await pool.QueryAsync(
            $"""
            WITH free AS (
                SELECT id FROM vault.release_lease WHERE token = $1 AND {condition} FOR UPDATE SKIP LOCKED
            )
            UPDATE vault.release_lease AS lease
            SET holder = $2, token = $4, vouched_for = false, expires_at = pg_catalog.clock_timestamp() + $3
            FROM free WHERE lease.id = free.id RETURNING lease.token
            """,
            row => row.GetInt64(0), cancellationToken, Sql.Value(afterToken), Sql.Value(name), Sql.Value(IReleaseLease.Duration),
            Sql.Value(next));
        if (taken is not [var token])
            return false;
        Interlocked.Exchange(ref held, token);
        return true;
    }

    /// <summary>
    /// Does some work in a transaction in which nobody can take the lease, as in that of a release. What is public but not released comes
    /// in this way: whoever leads next finds all of it, and nothing comes after.
    /// </summary>
    /// <exception cref="LeaseLostException">Another process has taken it. Nothing was done.</exception>
    public Task<T> UseWhileHeldAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken)
    {
        var token = Held;
        return pool.UseAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await using (var look = new NpgsqlCommand("SELECT token FROM vault.release_lease FOR KEY SHARE", connection))
                {
                    if (token == 0 || await look.ExecuteScalarAsync(cancellationToken) is not long current || current != token)
                        throw Lost(token);
                }
                var result = await work(connection);
                await transaction.CommitAsync(cancellationToken);
                return result;
            },
            cancellationToken);
    }

    /// <summary>Executes statements in such a transaction.</summary>
    /// <exception cref="LeaseLostException">Another process has taken it. Nothing was done.</exception>
    public Task<int> ExecuteWhileHeldAsync(CancellationToken cancellationToken, params NpgsqlBatchCommand[] commands) => UseWhileHeldAsync(
        async connection =>
        {
            await using var batch = connection.CreateBatch();
            foreach (var command in commands)
                batch.BatchCommands.Add(command);
            return await batch.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>No release transaction waits for a renewal, nor the other way round: neither changes the key.</summary>
    public async ValueTask RenewAsync(Func<ReleaseState, bool> vouches, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(vouches);
        var token = Held;
        if (token == 0)
            throw new LeaseLostException();
        await pool.UseAsync(
            async connection =>
            {
                // What is compared stays what it is until the renewal is committed: nobody can drop these tables meanwhile.
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var (current, state) = await ReadStateAsync(connection, cancellationToken);
                // Whoever has taken it may have released since: a process that was paused must not think that the database was exchanged.
                if (current != token)
                    throw Lost(token);
                var agrees = vouches(state);
                if (!await RenewAsync(connection, transaction, token, agrees, cancellationToken))
                    throw Lost(token);
                return true;
            },
            cancellationToken);
    }

    LeaseLostException Lost(long token)
    {
        Lose(token);
        return new LeaseLostException();
    }

    async Task<bool> RenewAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long token, bool agrees, CancellationToken cancellationToken)
    {
        try
        {
            await using var renewal = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    Sql.Command(
                        """
                        UPDATE vault.release_lease
                        SET expires_at = pg_catalog.clock_timestamp() + $1, vouched_for = $2,
                            vouched_by = CASE WHEN $2 THEN $3 ELSE vouched_by END
                        WHERE token = $4
                        """,
                        Sql.Value(IReleaseLease.Duration), Sql.Value(agrees), Sql.Value(name), Sql.Value(token)),
                },
            };
            var isOurs = await renewal.ExecuteNonQueryAsync(cancellationToken) == 1;
            await transaction.CommitAsync(cancellationToken);
            return isOurs;
        }
        catch (InvalidOperationException exception) when (connection.State != System.Data.ConnectionState.Open)
        {
            throw PostgresFailure.Translate(exception);
        }
    }

    public async ValueTask GiveBackAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref held, 0) is not (> 0 and var token))
            return;
        await pool.ExecuteAsync(
            cancellationToken,
            Sql.Command("UPDATE vault.release_lease SET expires_at = pg_catalog.clock_timestamp(), vouched_for = false WHERE token = $1",
                Sql.Value(token)));
    }

    static async Task<(long Token, ReleaseState State)> ReadStateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT lease.token, {ReleasedThroughAndHead}", connection);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (row.GetInt64(0), State(row, 1));
    }

    static ReleaseState State(NpgsqlDataReader row, int first)
    {
        HourWindow? releasedThrough = row.IsDBNull(first) ? null : row.Window(first);
        return row.IsDBNull(first + 1)
            ? new ReleaseState(releasedThrough, 0, LedgerEntry.Genesis)
            : new ReleaseState(releasedThrough, row.GetInt64(first + 1), row.GetString(first + 2));
    }

    static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
