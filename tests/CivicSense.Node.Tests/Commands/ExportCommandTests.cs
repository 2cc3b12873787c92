using System.CommandLine;
using CivicSense.Node.Commands;
using CivicSense.OpenData;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Node.Tests.Commands;

public sealed class ExportCommandTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    string Zip => Path.Combine(folder.Path, "out", "neighbourhood.zip");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_export_that_is_stopped_leaves_no_file()
    {
        await using var database = Open();
        Directory.CreateDirectory(Path.GetDirectoryName(Zip)!);
        using var stop = new CancellationTokenSource();
        var progress = new Stopping(stop, Path.GetDirectoryName(Zip)!);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => ExportCommand.WriteAsync(database.Commons, new OpenDataOptions(), Zip, progress, stop.Token));

        Assert.Equal(["neighbourhood.zip.new"], progress.FilesWhenStopped);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Zip)!));
    }

    [Fact]
    public async Task What_stands_in_the_way_is_said_and_nothing_is_replaced()
    {
        await Open().DisposeAsync();
        Assert.Contains($"There is no folder '{Path.GetDirectoryName(Zip)}'", await RefusedAsync(Zip), StringComparison.Ordinal);
        Directory.CreateDirectory(Path.GetDirectoryName(Zip)!);
        Assert.Contains("is a folder", await RefusedAsync(Path.GetDirectoryName(Zip)!), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Zip, "mine", Cancel);
        Assert.Contains("exists already", await RefusedAsync(Zip), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Zip, Cancel));
    }

    [Fact]
    public async Task An_export_of_a_new_node_says_what_it_wrote()
    {
        await Open().DisposeAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(Zip)!);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Assert.Equal(0, await RunAsync(Zip, output, errors));

        Assert.StartsWith("Written: 0 files of final months, 0 further tables, 0 entries of the ledger, 0 plans.", output.ToString(),
            StringComparison.Ordinal);
        Assert.Contains("ledger/ledger.ndjson", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal([Zip], Directory.EnumerateFiles(Path.GetDirectoryName(Zip)!));
    }

    SqliteNodeDatabase Open() => SqliteNodeDatabase.Open(
        new SqliteOptions { Path = Path.Combine(folder.Path, "civicsense.db") }, TimeProvider.System, NullLogger.Instance);

    async Task<string> RefusedAsync(string zip) =>
        (await Assert.ThrowsAsync<UserErrorException>(() => RunAsync(zip, TextWriter.Null, TextWriter.Null))).Message;

    Task<int> RunAsync(string zip, TextWriter output, TextWriter errors) =>
        ExportCommand.Create().Parse(["--zip", zip, "--data", folder.Path]).InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = errors }, Cancel);

    /// <summary>Stops the export when it has begun to write.</summary>
    sealed class Stopping(CancellationTokenSource stop, string folder) : IProgress<string>
    {
        public List<string?> FilesWhenStopped { get; } = [];

        public void Report(string value)
        {
            FilesWhenStopped.AddRange(Directory.EnumerateFiles(folder).Select(Path.GetFileName));
            stop.Cancel();
        }
    }
}
