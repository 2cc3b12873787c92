using Microsoft.Data.Sqlite;

namespace CivicSense.Storage.Tests;

public sealed class SessionPoolTests
{
    const string Endless = "WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number) SELECT n FROM number WHERE n < 0";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_read_that_finds_no_row_ends_when_its_caller_gives_up()
    {
        await using var pool = new SessionPool(Open, 1);
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        using var begun = new ManualResetEventSlim();
        var read = Task.Run(() => pool.ReadAsync(
            session =>
            {
                begun.Set();
                return session.QueryNumber(Endless);
            },
            caller.Token).AsTask(), Cancelled);
        begun.Wait(Cancelled);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Equal(1, await pool.ReadAsync(session => session.QueryNumber("SELECT 1"), Cancelled));
    }

    static SqliteSession Open()
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        return new SqliteSession(connection);
    }
}
