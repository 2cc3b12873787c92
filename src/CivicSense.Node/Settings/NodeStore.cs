using CivicSense.Commons;
using CivicSense.Storage;
using Microsoft.Extensions.Logging;

namespace CivicSense.Node.Settings;

/// <summary>Where a node keeps its data: a PostgreSQL where one is configured, or else the file in its data folder.</summary>
sealed record NodeStore(DataFolder Folder, PostgresSettings? Postgres = null)
{
    public NodeStore(NodeSettings settings)
        : this(new DataFolder(settings.Data), settings.Postgres)
    {
    }

    /// <summary>Whether it may hold something. Of a server that is only known once it has been asked.</summary>
    public bool MayExist => Postgres is not null || Folder.HasDatabase;

    /// <summary>Opens it, making folder and file as needed; a PostgreSQL must have been prepared by <c>civicsense db migrate</c>.</summary>
    /// <param name="runsNode">Whether this process is the node; see <see cref="DataFolder.Open"/>.</param>
    /// <param name="logger">Where the store reports.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UserErrorException">It cannot be opened.</exception>
    public async Task<INodeDatabase> OpenAsync(bool runsNode, ILogger logger, CancellationToken cancellationToken)
    {
        if (Postgres is null)
            return Folder.Open(runsNode, logger);
        // The fence and what belongs to the broker stay files of this machine.
        Folder.Create();
        return await ExplainAsync(async () => await PostgresNodeDatabase.OpenAsync(Postgres.ToOptions(), logger, cancellationToken));
    }

    /// <summary>Opens only its public side. Dispose of the answer (<see cref="IAsyncDisposable"/>) to close it.</summary>
    /// <exception cref="UserErrorException">It is not there or cannot be opened.</exception>
    public Task<ICommons> OpenCommonsAsync(CancellationToken cancellationToken) => ExplainAsync(async () =>
    {
        if (Postgres is not null)
            return await PostgresNodeDatabase.OpenCommonsReadOnlyAsync(Postgres.PublicConnection ?? Postgres.Connection, cancellationToken);
        RequireExisting();
        return SqliteNodeDatabase.OpenCommonsReadOnly(Folder.Database);
    });

    /// <exception cref="UserErrorException">There is none.</exception>
    public void RequireExisting()
    {
        if (!MayExist)
            throw new UserErrorException($"There is no database in '{Folder.Path}'. Give the node's data folder with --data.");
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
