using CivicSense.Commons;
using CivicSense.Release;
using Microsoft.Data.Sqlite;

namespace CivicSense.Storage;

/// <summary>Begins release transactions on the one connection that writes.</summary>
sealed class SqliteReleaseStore(SqliteWriter writer, CommonsChanges changes) : IReleaseStore
{
    public async ValueTask<IReleaseTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        await writer.TakeTurnAsync(cancellationToken);
        try
        {
            var session = writer.Begin();
            return new SqliteReleaseTransaction(writer, changes, session, ReadState(session));
        }
        catch (SqliteException exception)
        {
            writer.Abandon(exception);
            writer.EndTurn();
            throw WriteFailure.Translate(exception);
        }
        catch
        {
            writer.Abandon(null);
            writer.EndTurn();
            throw;
        }
    }

    ReleaseState ReadState(SqliteSession session)
    {
        // From the file each time: after a failed commit only the file knows what it holds.
        writer.ReleasedThrough = session.QueryNumber("SELECT released_through FROM vault_state") is { } index
            ? new HourWindow(index)
            : null;
        var head = session.Prepare("SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1");
        var state = head.Step()
            ? new ReleaseState(writer.ReleasedThrough, head.Int64(0), head.Text(1))
            : new ReleaseState(writer.ReleasedThrough, 0, LedgerEntry.Genesis);
        head.Reset();
        return state;
    }
}
