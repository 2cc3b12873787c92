using System.CommandLine;
using System.Data.Common;
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
        var command = new Command(
            "export", "Write everything that the node has published to a zip file that opens without a network. The node may be running.")
        {
            zip, folder.Data, folder.Config,
        };
        command.SetAction((result, cancellationToken) =>
        {
            // With --data there may be no configuration file: then the plans know the time zone, and the rest has its defaults.
            var settings = result.GetValue(folder.Data) is null
                ? SettingsFile.Read(result.GetValue(folder.Config) ?? "civicsense.json")
                : null;
            return ExportAsync(
                folder.Of(result), settings, result.GetRequiredValue(zip), result.InvocationConfiguration, cancellationToken);
        });
        return command;
    }

    static async Task<int> ExportAsync(
        NodeStore store, NodeSettings? settings, string path, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
            throw new UserErrorException($"'{path}' exists already. Choose another name, or delete it.");
        if (Directory.Exists(path))
            throw new UserErrorException($"'{path}' is a folder. --zip needs the name of a file.");
        var commons = await store.OpenCommonsAsync(cancellationToken);
        await using var closing = commons as IAsyncDisposable;
        var options = new OpenDataOptions { DatasetFolder = store.Folder.Datasets };
        if (settings is not null)
            PublicSettings.Apply(settings, options);
        else if (await commons.FindLatestPlanAsync(cancellationToken) is { } plan)
            options.TimeZone = plan.TimeZone;
        var summary = await WriteAsync(commons, options, path, new PathProgress(console.Error), cancellationToken);
        await console.Output.WriteLineAsync(
            $"Written: {summary.DataFiles} files of final months, {summary.Tables} further tables, {summary.LedgerEntries} entries of the "
            + "ledger, "
            + $"{summary.Plans} plans. Everything in it is public.");
        return 0;
    }

    /// <summary>Writes the archive beside its place and moves it there when it is whole.</summary>
    /// <exception cref="UserErrorException">It cannot be written, or the data not be read.</exception>
    /// <remarks>Whatever goes wrong, and also when it is stopped, there is no half archive afterwards.</remarks>
    internal static async Task<OfflineArchiveSummary> WriteAsync(
        ICommons commons, OpenDataOptions options, string path, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var unfinished = path + ".new";
        try
        {
            // The name is taken before anything is deleted by it: two exports to one file do not meet.
            await using var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None);
            try
            {
                var summary = await OfflineArchive.WriteAsync(file, commons, options, progress, cancellationToken);
                await file.FlushAsync(cancellationToken);
                File.Move(unfinished, path);
                return summary;
            }
            finally
            {
                File.Delete(unfinished);
            }
        }
        catch (DirectoryNotFoundException)
        {
            throw new UserErrorException($"There is no folder '{Path.GetDirectoryName(Path.GetFullPath(path))}' to write the archive to.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The archive could not be written: {exception.Message}");
        }
        catch (DbException exception)
        {
            throw new UserErrorException($"The node's database could not be read: {exception.Message}");
        }
    }

    /// <summary>Tells which file is being written, in order and at once.</summary>
    sealed class PathProgress(TextWriter output) : IProgress<string>
    {
        public void Report(string value) => output.WriteLine($"  {value}");
    }
}
