using System.Text.Json;
using CivicSense.EndToEnd.Tests.Processes;
using CivicSense.Tests;
using Npgsql;

namespace CivicSense.EndToEnd.Tests.Roles;

/// <summary>A database with one login for each role, which may do nothing else, and one configuration file for all processes.</summary>
sealed class RoleScene : IAsyncDisposable
{
    /// <summary>Who is a member of what: the least with which a process works.</summary>
    static readonly (string Login, string Roles)[] Logins =
    [
        ("ingest", "civicsense_ingest, civicsense_public"), ("release", "civicsense_release, civicsense_public"),
        ("pages", "civicsense_public"),
    ];

    readonly PostgresServer server;
    readonly List<NodeProcess> processes = [];

    RoleScene(PostgresServer server, string owner)
    {
        (this.server, Owner) = (server, owner);
        Database = new NpgsqlConnectionStringBuilder(owner).Database!;
    }

    public TemporaryFolder Folder { get; } = new();

    /// <summary>The connection string of the database's owner.</summary>
    public string Owner { get; }

    public string Configuration { get; private set; } = "";

    string Database { get; }

    /// <summary>A migrated database of its own; skips the test where PostgreSQL is not installed.</summary>
    public static async Task<RoleScene> SetAsync()
    {
        var shared = await PostgresServer.GetAsync();
        var scene = new RoleScene(shared, await shared.CreateDatabaseAsync());
        var migrated = await CommandResult.SucceedsAsync("db", "migrate", "--connection", scene.Owner);
        foreach (var (login, roles) in Logins)
            await shared.ExecuteAsync($"CREATE ROLE {scene.NameOf(login)} LOGIN IN ROLE {roles}");
        scene.Configure(
            $"\"ingestConnection\": {scene.Connection("ingest")}, \"releaseConnection\": {scene.Connection("release")}, "
            + $"\"publicConnection\": {scene.Connection("pages")}");
        return scene;
    }

    /// <summary>Writes the configuration: members of <c>postgres</c>, and of the whole.</summary>
    public void Configure(string postgres, string more = "") =>
        Configuration = Processes.Configuration.Write(Folder, $"\"postgres\": {{ {postgres} }}, {more}");

    /// <summary>A connection string for one of the logins, as JSON.</summary>
    public string Connection(string login) =>
        JsonSerializer.Serialize(new NpgsqlConnectionStringBuilder(Owner) { Username = NameOf(login) }.ConnectionString);

    /// <summary>Starts a process and waits until it answers.</summary>
    public async Task<NodeProcess> RunAsync(params string[] arguments)
    {
        var process = await NodeProcess.RunNodeAsync(Configuration, arguments);
        processes.Add(process);
        return process;
    }

    /// <summary>What one statement answers, asked with all rights.</summary>
    public async Task<object?> AskAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Owner + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    string NameOf(string login) => $"{Database}_{login}";

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
            await process.DisposeAsync();
        await server.DropDatabaseAsync(Owner);
        foreach (var (login, _) in Logins)
            await server.ExecuteAsync($"DROP ROLE IF EXISTS {NameOf(login)}");
        Folder.Dispose();
    }
}
