using CivicSense.Commons;
using CivicSense.Release;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>Begins release transactions, one at a time in the whole database.</summary>
sealed class PostgresReleaseStore(PostgresPool pool, MonthPartitions months, PostgresReleaseLease lease) : IReleaseStore
{
    /// <summary>How long it waits for the release before: longer than the server lets one idle.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public async ValueTask<IReleaseTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await pool.OpenAsync(cancellationToken);
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            return new PostgresReleaseTransaction(connection, transaction, months, await ReadStateAsync(connection, cancellationToken));
        }
        catch (Exception exception)
        {
            if (connection is not null)
                await connection.DisposeAsync();
            if (PostgresFailure.IsOfDatabase(exception))
                throw pool.Translate(exception);
            throw;
        }
    }

    /// <summary>
    /// The lock first: each statement sees what was committed before it began, so the state is that after the release before. Commits of
    /// contributions hold the other side of the lock (<c>vault.begin_commit</c>). Then the lease: its row is locked so that it can be
    /// renewed but not taken until the transaction has ended.
    /// </summary>
    async Task<ReleaseState> ReadStateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            Timeout = (int)Patience.TotalSeconds,
            BatchCommands =
            {
                Sql.Command("SELECT pg_advisory_xact_lock(1131832147, 1)"),
                Sql.Command("SELECT token FROM vault.release_lease FOR KEY SHARE"),
                Sql.Command("SELECT released_through FROM vault.state"),
                Sql.Command("SELECT sequence, hash FROM commons.ledger ORDER BY sequence DESC LIMIT 1"),
            },
        };
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        await row.NextResultAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var held = lease.Held;
        if (held == 0 || row.GetInt64(0) != held)
        {
            lease.Lose(held);
            throw new LeaseLostException();
        }
        await row.NextResultAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        HourWindow? releasedThrough = row.IsDBNull(0) ? null : row.Window(0);
        await row.NextResultAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new ReleaseState(releasedThrough, row.GetInt64(0), row.GetString(1))
            : new ReleaseState(releasedThrough, 0, LedgerEntry.Genesis);
    }
}
