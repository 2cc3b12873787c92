using CivicSense.Storage;
using Microsoft.Extensions.Logging;

namespace CivicSense.Node.Settings;

/// <summary>The folder that holds everything a node must not lose: the database and the fence.</summary>
sealed record DataFolder(string Path)
{
    public string Database => System.IO.Path.Combine(Path, "civicsense.db");

    public string Fence => System.IO.Path.Combine(Path, "release-fence.json");

    public string BrokerClientId => System.IO.Path.Combine(Path, "broker-client-id");

    public string BrokerSubscriptions => System.IO.Path.Combine(Path, "broker-subscriptions");

    /// <summary>The public files of whole months. They can all be had again from the database.</summary>
    public string Datasets => System.IO.Path.Combine(Path, "datasets");

    public bool HasDatabase => File.Exists(Database);

    /// <summary>Opens the database, making folder and database as needed.</summary>
    /// <param name="runsNode">Whether this process is the node. Only one may be, but others may enrol devices meanwhile.</param>
    /// <param name="logger">Where the store reports.</param>
    /// <exception cref="UserErrorException">It cannot be opened.</exception>
    public SqliteNodeDatabase Open(bool runsNode, ILogger logger)
    {
        Create();
        try
        {
            return SqliteNodeDatabase.Open(new SqliteOptions { Path = Database, RunsNode = runsNode }, TimeProvider.System, logger);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(exception);
        }
        catch (Exception exception) when (exception is UnusableDatabaseException or DatabaseNewerException)
        {
            throw new UserErrorException(exception.Message);
        }
    }

    /// <summary>Makes the folder if it is missing.</summary>
    /// <remarks>For this account only: the sizes and times of its files tell other accounts of the machine when devices measure.</remarks>
    /// <exception cref="UserErrorException">It cannot be made.</exception>
    public void Create()
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(Path);
            else
                Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(exception);
        }
    }

    UserErrorException NotWritable(Exception exception) =>
        new($"The data folder '{Path}' cannot be written: {exception.Message} Change its permissions, or choose another: data in the "
            + "configuration, or --data.");
}
