using System.CommandLine;
using CivicSense.Commons;
using CivicSense.Node.Settings;
using CivicSense.OpenData;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense export</c>: everything public as one file.</summary>
static class ExportCommand
{
    public static Command Create()
    {
        var folder = new DataOption();
        var zip = new Option<string>("--zip") { Description = "The file to write; must not exist.", HelpName = "FILE", Required = true };
        var command = new Command("export", "Write everything that the node has published to a zip file that opens without a network. The node may be running.")
        {
            zip, folder.Data, folder.Config,
        };
        command.SetAction((result, cancellationToken) =>
        {
            // With --data there may be no configuration file: then the plans know the time zone, and the rest has its defaults.
            var settings = result.GetValue(folder.Data) is null ? SettingsFile.Read(result.GetValue(folder.Config) ?? "civicsense.json") : null;
            return ExportAsync(folder.Of(result), settings, result.GetRequiredValue(zip), result.InvocationConfiguration.Output, cancellationToken);
        });
        return command;
    }

    static async Task<int> ExportAsync(NodeStore store, NodeSettings? settings, string path, TextWriter output, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
            throw new UserErrorException($"'{path}' exists already. Choose another name, or delete it.");
        var commons = await store.OpenCommonsAsync(cancellationToken);
        await using var closing = commons as IAsyncDisposable;
        var options = new OpenDataOptions
        {
            NeighbourhoodName = settings?.Neighbourhood ?? "Our neighbourhood",
            TimeZone = settings?.TimeZone ?? (await commons.FindLatestPlanAsync(cancellationToken))?.TimeZone ?? "Etc/UTC",
            Licence = settings?.Licence ?? "ODbL-1.0",
            BaseAddress = settings?.PublicAddress,
            DatasetFolder = store.Folder.Datasets,
        };
        var summary = await WriteAsync(commons, options, path, cancellationToken);
        await output.WriteLineAsync(
            $"Written: {summary.DataFiles} files of final months, {summary.LedgerEntries} entries of the ledger, {summary.Plans} plans. Everything in it is public.");
        return 0;
    }

    static async Task<OfflineArchiveSummary> WriteAsync(ICommons commons, OpenDataOptions options, string path, CancellationToken cancellationToken)
    {
        var unfinished = path + ".new";
        try
        {
            OfflineArchiveSummary summary;
            await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
                summary = await OfflineArchive.WriteAsync(file, commons, options, cancellationToken);
            File.Move(unfinished, path);
            return summary;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The archive could not be written: {exception.Message}");
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
