using CivicSense.Commons;
using CivicSense.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Node.Settings;

/// <summary>Where a node keeps its data: a PostgreSQL where one is configured, or else the file in its data folder.</summary>
/// <param name="Folder">The folder of the process.</param>
/// <param name="Postgres">The server; null for the file.</param>
/// <param name="ProcessName">What tells the process from others on the same server; null where it is alone.</param>
sealed record NodeStore(DataFolder Folder, PostgresSettings? Postgres = null, string? ProcessName = null)
{
    public NodeStore(NodeSettings settings)
        : this(settings.Folder, settings.Postgres, settings.ProcessName)
    {
    }

    /// <summary>Whether it may hold something. Of a server that is only known once it has been asked.</summary>
    public bool MayExist => Postgres is not null || Folder.HasDatabase;

    /// <summary>
    /// Opens what a process of this role needs, making folder and file as needed; a PostgreSQL must have been prepared by <c>civicsense db
    /// migrate</c>.
    /// </summary>
    /// <param name="role">The role; with a file there is only one.</param>
    /// <param name="logger">Where the store reports.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UserErrorException">It cannot be opened.</exception>
    public async Task<NodeParts> OpenForAsync(NodeRole role, ILogger logger, CancellationToken cancellationToken)
    {
        if (Postgres is null)
            return NodeParts.Of(Folder.Open(runsNode: true, logger));
        // The fence and what belongs to the broker stay files of this machine.
        if (role.Ingests || role.Releases)
            Folder.Create();
        return await OpenPartsAsync(role, logger, cancellationToken);
    }

    /// <summary>The same for looking only: makes no folder.</summary>
    /// <exception cref="UserErrorException">It cannot be opened.</exception>
    /// <exception cref="InvalidOperationException">The data is in a file.</exception>
    public Task<NodeParts> OpenPartsAsync(NodeRole role, ILogger logger, CancellationToken cancellationToken)
    {
        var postgres = Postgres ?? throw new InvalidOperationException("A file has no parts.");
        var options = postgres.ToOptions(ProcessName);
        return ExplainAsync(async () =>
        {
            if (role == NodeRole.All)
                return NodeParts.Of(await PostgresNodeDatabase.OpenAsync(options, logger, cancellationToken));
            if (role == NodeRole.Ingest)
            {
                var ingest = await PostgresIngestDatabase.OpenAsync(options, logger, cancellationToken);
                return new NodeParts(ingest, ingest, null);
            }
            if (role == NodeRole.Release)
            {
                var release = await PostgresReleaseDatabase.OpenAsync(options, logger, cancellationToken);
                return new NodeParts(release, null, release);
            }
            return new NodeParts(await OpenPublicAsync(postgres, logger, cancellationToken), null, null);
        });
    }

    /// <summary>Opens the private side beside a node that may be running, for a command.</summary>
    /// <exception cref="UserErrorException">It cannot be opened.</exception>
    public async Task<IIngestDatabase> OpenVaultAsync(CancellationToken cancellationToken) => Postgres is null
        ? Folder.Open(runsNode: false, NullLogger.Instance)
        : await ExplainAsync(
            () => PostgresIngestDatabase.OpenAsync(Postgres.ToOptions(ProcessName), NullLogger.Instance, cancellationToken));

    /// <summary>Opens only its public side. Dispose of the answer (<see cref="IAsyncDisposable"/>) to close it.</summary>
    /// <exception cref="UserErrorException">It is not there or cannot be opened.</exception>
    public Task<ICommons> OpenCommonsAsync(CancellationToken cancellationToken) => ExplainAsync(async () =>
    {
        if (Postgres is not null)
            return (await OpenPublicAsync(Postgres, NullLogger.Instance, cancellationToken)).Commons;
        RequireExisting();
        return SqliteNodeDatabase.OpenCommonsReadOnly(Folder.Database);
    });

    static Task<PostgresPublicDatabase> OpenPublicAsync(PostgresSettings postgres, ILogger logger, CancellationToken cancellationToken) =>
        PostgresPublicDatabase.OpenAsync(postgres.PublicConnection ?? postgres.ToOptions(null).ConnectionString, logger, cancellationToken);

    /// <exception cref="UserErrorException">There is none.</exception>
    public void RequireExisting()
    {
        if (!MayExist)
            throw new UserErrorException(
                $"There is no database in '{Folder.Path}'. Start the node once, or give its data folder with --data.");
    }

    /// <summary>Turns what a store says into the words for whoever started the program.</summary>
    public static async Task<T> ExplainAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (exception is UnusableDatabaseException or DatabaseNewerException)
        {
            throw new UserErrorException(exception.Message);
        }
    }
}
