using System.CommandLine;
using System.Text;
using CivicSense.Node.Settings;
using CivicSense.Vault;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense owner</c>: what a household may ask of a node. To be forgotten, and to see what is kept.</summary>
static class OwnerCommand
{
    public static Command Create() =>
        new("owner", "Show or delete what the node holds about a household.") { CreateExport(), CreateDelete() };

    static Command CreateExport()
    {
        var folder = new DataOption();
        var name = NameArgument();
        var file = new Option<string?>("--output") { Description = "The file to write; must not exist. Default: standard output.",
            HelpName = "FILE" };
        var command = new Command("export", "Write everything that the node holds about a household, as JSON. The node may be running.")
        {
            name, file, folder.Data, folder.Config,
        };
        command.SetAction((result, cancellationToken) => ExportAsync(
            folder.Of(result), result.GetRequiredValue(name), result.GetValue(file), result.InvocationConfiguration.Output,
            cancellationToken));
        return command;
    }

    static Command CreateDelete()
    {
        var folder = new DataOption();
        var name = NameArgument();
        var command = new Command(
            "delete",
            "Delete a household with its sensors and everything that the node holds about it. The node may be running; "
                + "there is no way back.")
        {
            name, folder.Data, folder.Config,
        };
        command.SetAction((result, cancellationToken) => DeleteAsync(
            folder.Of(result), result.GetRequiredValue(name), result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    static Argument<string> NameArgument() =>
        new("NAME") { Description = "The household, as it was called when its sensors were enrolled." };

    static async Task<int> ExportAsync(
        NodeStore store, string name, string? file, TextWriter output, CancellationToken cancellationToken)
    {
        store.RequireExisting();
        await using var database = await store.OpenVaultAsync(cancellationToken);
        HouseholdRecord household;
        try
        {
            household = await database.Vault.ReadHouseholdAsync(name, cancellationToken) ?? throw Unknown(name);
        }
        catch (VaultUnavailableException exception)
        {
            throw new UserErrorException(exception.Message);
        }
        var json = HouseholdDocument.Write(household);
        if (file is null)
            await output.WriteLineAsync(json);
        else
            await WriteAsync(file, json + "\n", cancellationToken);
        return 0;
    }

    /// <summary>For the account that asks only: what is in it is private.</summary>
    static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            await using var stream = new FileStream(path, options);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"--output: {exception.Message}");
        }
    }

    static async Task<int> DeleteAsync(NodeStore store, string name, TextWriter output, CancellationToken cancellationToken)
    {
        store.RequireExisting();
        await using var database = await store.OpenVaultAsync(cancellationToken);
        try
        {
            if (!await database.Vault.DeleteOwnerAsync(name, cancellationToken))
                throw Unknown(name);
        }
        catch (VaultUnavailableException exception)
        {
            throw new UserErrorException(exception.Message);
        }
        await output.WriteLineAsync("""
            Deleted. Sensors that are connected to a running node are disconnected within a minute.
            Sums that were released before stay public: nobody can tell from them whether this household took part.
            Backups that were made before still hold it: delete them, too.
            """);
        return 0;
    }

    static UserErrorException Unknown(string name) => new($"There is no household named '{name}'.");
}
