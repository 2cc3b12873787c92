using System.Diagnostics;
using System.Text;

namespace CivicSense.OpenData.Tests;

/// <summary>What docs/research.md tells researchers to type works as it stands there, but for the address of the node.</summary>
public sealed class ResearchPageTests : IAsyncLifetime
{
    readonly ScratchFolder datasets = new();
    readonly ScratchFolder work = new();

    PublicNode node = null!;

    string Address => node.Client.BaseAddress!.AbsoluteUri.TrimEnd('/');

    public async ValueTask InitializeAsync()
    {
        var archive = await Archive.WriteAsync(datasets.Path);
        node = await PublicNode.StartAsync(archive.Commons, options => options.DatasetFolder = datasets.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        datasets.Dispose();
        work.Dispose();
    }

    [Fact]
    public async Task Python_reads_a_month_and_all_pages_of_a_list()
    {
        // Debian's own: another Python on the search path has no pandas.
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        Assert.SkipUnless(
            (await RunAsync(python, "-c", "import pandas")).ExitCode == 0, "pandas is not installed (Debian: python3-pandas).");

        var (exitCode, said) = await RunAsync(
            python, "-c", Blocks("python").Single() + "\nprint(len(month), len(hours), hours['area'][0], month.dtypes['period_start'])");

        Assert.True(exitCode == 0, said);
        Assert.EndsWith($"{MonthRows} 182 03131303010 datetime64[ns, UTC]", said.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task R_reads_a_month_and_days()
    {
        var (exitCode, said) = await RunAsync(
            "Rscript", "-e",
            Blocks("r").Single() + "\ncat(nrow(month), days$area[1], class(month$local_date), format(days$start[1], '%Y-%m-%d'), '\\n')");

        Assert.True(exitCode == 0, said);
        Assert.EndsWith($"{MonthRows} 03131303010 Date 2026-11-15", said.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_files_are_fetched_and_agree_with_their_hashes_and_DuckDB_reads_the_folder()
    {
        var (exitCode, said) = await RunAsync("sh", "-ec", Blocks("sh")[0]);
        Assert.True(exitCode == 0, said);
        Assert.Equal(Directory.GetFiles(System.IO.Path.Combine(datasets.Path, "measurements"), "part-0.*",
            SearchOption.AllDirectories).Length, said.Split(": OK").Length - 1);

        var query = Blocks("sql")[0].Replace("**/*.parquet", work.Path + "/**/*.parquet", StringComparison.Ordinal);
        var rows = (await NodeScript.RunAsync("query.mjs", query)).TrimEnd().Split('\n');
        Assert.Equal(["laeq,2026,10,579,3", "pm2_5,2026,10,579,3", "temperature,2026,10,579,3"], rows);
    }

    [Fact]
    public async Task Gdal_makes_files_of_the_map_and_of_a_month_of_maps()
    {
        var (exitCode, said) = await RunAsync("sh", "-ec", Blocks("sh")[1]);
        Assert.SkipWhen(exitCode == 127, "ogr2ogr is not installed (Debian: gdal-bin).");
        Assert.True(exitCode == 0, said);
        Assert.Contains("standardError (Real) = ", said, StringComparison.Ordinal);

        var (_, map) = await RunAsync("ogrinfo", "-ro", "-so", "-al", work.File("air.gpkg"));
        Assert.Contains("Feature Count: 4", map, StringComparison.Ordinal);
        var (_, month) = await RunAsync("ogrinfo", "-ro", "-so", "-al", work.File("october.gpkg"));
        Assert.Contains($"Feature Count: {MonthRows}", month, StringComparison.Ordinal);
        Assert.Contains("local_date: Date", month, StringComparison.Ordinal);
    }

    /// <summary>Estimates of the eight days of October that the archive has, in three areas and the one that joins them.</summary>
    static string MonthRows => "32";

    string[] Blocks(string language)
    {
        var page = File.ReadAllText(System.IO.Path.Combine(NodeScript.RepositoryRoot(), "docs", "research.md"));
        return [.. page.Split($"```{language}\n").Skip(1)
            .Select(block => block.Split("```")[0].Replace("http://127.0.0.1:8080", Address, StringComparison.Ordinal))];
    }

    async Task<(int ExitCode, string Said)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = work.Path,
        };
        start.Environment["NODE"] = Address;
        using var process = Start(start);
        var said = new StringBuilder();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        said.Append(await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, process.ExitCode == 0 ? said.ToString() : said + await errors);
    }

    static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{start.FileName} is not installed.");
            throw;
        }
    }
}
