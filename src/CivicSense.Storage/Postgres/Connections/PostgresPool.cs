using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>The connections of one role.</summary>
/// <remarks>Failures of the database become those of the rooms (<see cref="PostgresFailure"/>).</remarks>
sealed class PostgresPool : IAsyncDisposable
{
    readonly NpgsqlDataSource source;

    PostgresPool(NpgsqlDataSource source) => this.source = source;

    /// <summary>Makes a pool; nothing is connected yet.</summary>
    /// <exception cref="UnusableDatabaseException">The connection string is not one.</exception>
    public static PostgresPool Create(string connectionString, PostgresRole role, bool assumesRole) =>
        Create(Parse(connectionString), role, assumesRole);

    /// <summary>Makes a source of connections that each are one of their own, and end when they are closed.</summary>
    /// <exception cref="UnusableDatabaseException">The connection string is not one.</exception>
    public static PostgresPool CreateUnpooled(string connectionString, PostgresRole role, TimeSpan patience)
    {
        var settings = Parse(connectionString);
        settings.Pooling = false;
        settings.Timeout = settings.CommandTimeout = (int)patience.TotalSeconds;
        return Create(settings, role, assumesRole: true);
    }

    static PostgresPool Create(NpgsqlConnectionStringBuilder settings, PostgresRole role, bool assumesRole)
    {
        // What the role sets on a connection must survive its return to the pool; the code here leaves nothing else behind.
        settings.NoResetOnClose = true;
        // Where nothing else is said, which the builder shows as Npgsql's own defaults.
        if (settings.MaxPoolSize == 100)
            settings.MaxPoolSize = 16;
        // Planning a query over many partitions costs more than running it. The statements are few and always the same.
        if (settings.MaxAutoPrepare == 0 && assumesRole)
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (32, 1);
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        var script = role.OnConnecting(assumesRole);
        builder.UsePhysicalConnectionInitializer(
            connection => Initialize(connection, script), connection => InitializeAsync(connection, script));
        return new PostgresPool(builder.Build());
    }

    /// <summary>Reads a connection string. Details of errors are switched off for good: they quote rows.</summary>
    /// <exception cref="UnusableDatabaseException">It is not one.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString) { IncludeErrorDetail = false, ApplicationName = "civicsense" };
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new UnusableDatabaseException(
                "The connection string is not one. It looks like 'Host=localhost;Database=civicsense;Username=node;Password=...' "
                    + "(docs/postgresql.md).");
        }
    }

    /// <summary>What a message may call the database.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder settings) =>
        $"'{settings.Database ?? settings.Username}' on {settings.Host}";

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => source.OpenConnectionAsync(cancellationToken);

    /// <summary>Test hook: is told of each statement that reads rows, before it runs.</summary>
    public Action<string, NpgsqlParameter[]>? Reading { get; set; }

    /// <summary>Reads all rows of one statement.</summary>
    public Task<List<T>> QueryAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        DoAsync(
            async () =>
            {
                Reading?.Invoke(sql, parameters);
                await using var command = source.CreateCommand(sql);
                command.Parameters.AddRange(parameters);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellationToken))
                    rows.Add(read(reader));
                return rows;
            });

    /// <summary>Executes statements in one transaction and one round trip: all or nothing, and durable when this completes.</summary>
    /// <returns>How many rows were changed.</returns>
    public Task<int> ExecuteAsync(CancellationToken cancellationToken, params NpgsqlBatchCommand[] commands) => DoAsync(
        async () =>
        {
            await using var batch = source.CreateBatch();
            foreach (var command in commands)
                batch.BatchCommands.Add(command);
            return await batch.ExecuteNonQueryAsync(cancellationToken);
        });

    /// <summary>Runs some work on one connection.</summary>
    public Task<T> UseAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) => DoAsync(
        async () =>
        {
            await using var connection = await OpenAsync(cancellationToken);
            return await work(connection);
        });

    public ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>What a failure on one of these connections is in the words of the rooms.</summary>
    public Exception Translate(Exception exception)
    {
        // A connection stays read-only that was made while the database was, or that leads to what has become a standby.
        if (exception is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction })
            source.Clear();
        return PostgresFailure.Translate(exception);
    }

    async Task<T> DoAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (PostgresFailure.IsOfDatabase(exception))
        {
            throw Translate(exception);
        }
    }

    [SuppressMessage("Security", "CA2100", Justification = "A constant of PostgresRole.")]
    static void Initialize(NpgsqlConnection connection, string script)
    {
        using var command = new NpgsqlCommand(script, connection);
        command.ExecuteNonQuery();
    }

    [SuppressMessage("Security", "CA2100", Justification = "A constant of PostgresRole.")]
    static async Task InitializeAsync(NpgsqlConnection connection, string script)
    {
        await using var command = new NpgsqlCommand(script, connection);
        await command.ExecuteNonQueryAsync();
    }
}
