using CivicSense.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Node.Settings;

/// <summary>The folder that holds everything a node must not lose: the database and the fence.</summary>
sealed record DataFolder(string Path)
{
    public string Database => System.IO.Path.Combine(Path, "civicsense.db");

    public string Fence => System.IO.Path.Combine(Path, "release-fence.json");

    public string BrokerClientId => System.IO.Path.Combine(Path, "broker-client-id");

    public string BrokerSubscriptions => System.IO.Path.Combine(Path, "broker-subscriptions");

    public bool HasDatabase => File.Exists(Database);

    /// <summary>Opens the database for a command that needs one to be there; a node may be running beside it.</summary>
    /// <exception cref="UserErrorException">There is none, or it cannot be opened.</exception>
    public SqliteNodeDatabase OpenExisting() => HasDatabase
        ? Open(runsNode: false, NullLogger.Instance)
        : throw new UserErrorException($"There is no database in '{Path}'. Give the node's data folder with --data.");

    /// <summary>Opens the database, making folder and database as needed.</summary>
    /// <param name="runsNode">Whether this process is the node. Only one may be, but others may enrol devices meanwhile.</param>
    /// <param name="logger">Where the store reports.</param>
    /// <exception cref="UserErrorException">It cannot be opened.</exception>
    public SqliteNodeDatabase Open(bool runsNode, ILogger logger)
    {
        try
        {
            Directory.CreateDirectory(Path);
            return SqliteNodeDatabase.Open(new SqliteOptions { Path = Database, RunsNode = runsNode }, TimeProvider.System, logger);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The data folder '{Path}' cannot be written: {exception.Message} Choose another with --data, or change its permissions.");
        }
        catch (Exception exception) when (exception is UnusableDatabaseException or DatabaseNewerException)
        {
            throw new UserErrorException(exception.Message);
        }
    }
}
