using CivicSense.Commons;
using CivicSense.EndToEnd.Tests.Durability;
using CivicSense.Storage;
using Npgsql;

namespace CivicSense.EndToEnd.Tests.Faults;

/// <summary>What must hold after every fault, looked at with all rights and past every proxy.</summary>
sealed class FaultAudit(string connectionString)
{
    /// <summary>
    /// Keeps what a release deletes from the vault. It deletes what it has read, in the same transaction and behind a lock that no commit
    /// of contributions passes, so what is kept here is what was released.
    /// </summary>
    public const string Witness = """
        CREATE SCHEMA audit;
        CREATE TABLE audit.taken (
            transaction text NOT NULL DEFAULT pg_current_xact_id()::text, hour bigint, device_id integer, quantity smallint, ingest_node text,
            count integer, sum double precision, last_time bigint);
        CREATE FUNCTION audit.take() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        BEGIN
            INSERT INTO audit.taken (hour, device_id, quantity, ingest_node, count, sum, last_time)
            VALUES (old.hour, old.device_id, old.quantity, old.ingest_node, old.count, old.sum, old.last_time);
            RETURN NULL;
        END $$;
        CREATE TRIGGER take AFTER DELETE ON vault.contribution FOR EACH ROW EXECUTE FUNCTION audit.take();
        """;

    readonly ReleasedSoFar seen = new();
    Dictionary<(int Day, int Owner), long> budgets = [];

    /// <summary>How many days may have been given up so far.</summary>
    public int DaysGivenUp { get; set; }

    /// <summary>Before this hour nothing is compared.</summary>
    public HourWindow From { get; init; }

    /// <summary>Compares the database with what devices know to be stored, and with the last look.</summary>
    public async Task LookAsync(IReadOnlyList<PersistentPublisher> publishers)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await CheckReadingsAsync(connection, publishers);
        await CheckBudgetsAsync(connection);
        var commons = await PostgresNodeDatabase.OpenCommonsReadOnlyAsync(connectionString, TestContext.Current.CancellationToken);
        await using (commons as IAsyncDisposable)
        {
            await seen.LookAsync(commons);
            await CheckLedgerAsync(commons);
        }
    }

    /// <summary>Nothing acknowledged is missing, and nothing is counted twice, in open hours as in released ones.</summary>
    async Task CheckReadingsAsync(NpgsqlConnection connection, IReadOnlyList<PersistentPublisher> publishers)
    {
        var stored = await ReadAsync(
            connection,
            """
            SELECT device.name, quantity, hour, sum(count)::integer, sum(sum), max(last_time) FROM (
                SELECT hour, device_id, quantity, count, sum, last_time FROM vault.contribution
                UNION ALL SELECT hour, device_id, quantity, count, sum, last_time FROM audit.taken) AS every
            JOIN vault.device ON device.id = device_id WHERE hour >= $1 GROUP BY device.name, quantity, hour
            """,
            row => Line(
                row.GetString(0), Quantity.All[row.GetInt16(1)], new HourWindow(row.GetInt64(2)),
                new Tally(row.GetInt32(3), row.GetDouble(4), row.GetInt64(5))),
            From.Index);
        var acknowledged = publishers.SelectMany(publisher => publisher.Acknowledged.Where(entry => entry.Key.Window >= From).Select(
            entry => Line(publisher.Name, entry.Key.Quantity, entry.Key.Window, entry.Value)));
        Assert.Equal(acknowledged.Order(StringComparer.Ordinal), stored.Order(StringComparer.Ordinal));

        var twice = await ReadAsync(
            connection, "SELECT hour FROM audit.taken WHERE hour >= $1 GROUP BY hour HAVING count(DISTINCT transaction) > 1", row =>
                row.GetInt64(0),
            From.Index);
        Assert.Empty(twice);
    }

    static string Line(string device, Quantity quantity, HourWindow window, Tally tally) =>
        FormattableString.Invariant($"{window} {device} {quantity.Id} {tally}");

    /// <summary>A budget is only ever spent.</summary>
    async Task CheckBudgetsAsync(NpgsqlConnection connection)
    {
        var now = (await ReadAsync(
            connection, "SELECT day, owner_id, remaining FROM vault.budget", row =>
                (Key: (row.GetInt32(0), row.GetInt32(1)), Left: row.GetInt64(2))))
            .ToDictionary(row => row.Key, row => row.Left);
        foreach (var (owner, left) in now)
            Assert.True(left >= 0 && left <= budgets.GetValueOrDefault(owner, long.MaxValue), $"The budget of {owner} has become {left}.");
        // What is gone was not reset but belongs to a day that has been given up.
        if (DaysGivenUp == 0)
            Assert.DoesNotContain(budgets.Keys, owner => !now.ContainsKey(owner));
        budgets = now;
    }

    async Task CheckLedgerAsync(ICommons commons)
    {
        var verdict = await new LedgerVerifier(commons).VerifyAsync(TestContext.Current.CancellationToken);
        Assert.Empty(verdict.Problems);
        var entries = await commons.ReadLedgerAsync(0, int.MaxValue, TestContext.Current.CancellationToken);
        Assert.Equal(DaysGivenUp, entries.Count(entry => entry.Content.Kind == LedgerEntryKind.Restored));
        var windows = entries.Where(entry => entry.Content.Kind == LedgerEntryKind.Window).Select(entry => entry.Content.Window).ToList();
        Assert.Equal(windows.Distinct(), windows);
    }

    public async Task<HourWindow?> ReleasedThroughAsync() => (await ScalarAsync("SELECT released_through FROM vault.state")) is long hour
        ? new HourWindow(hour)
        : null;

    /// <summary>The newest entry's hash.</summary>
    public async Task<string> HeadAsync() =>
        (string?)await ScalarAsync("SELECT hash FROM commons.ledger ORDER BY sequence DESC LIMIT 1") ?? LedgerEntry.Genesis;

    /// <summary>The released windows and what the ledger says of them.</summary>
    public async Task<IReadOnlyList<LedgerRecord>> LedgerAsync()
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return await ReadAsync(
            connection, "SELECT document FROM commons.ledger ORDER BY sequence", row => LedgerEntry.Read(row.GetString(0)).Content);
    }

    public async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    static async Task<List<T>> ReadAsync<T>(
        NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            rows.Add(read(reader));
        return rows;
    }
}
