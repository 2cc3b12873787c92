using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace CivicSense.Storage;

/// <summary>One of PostgreSQL's own programs, such as <c>pg_dump</c>, in the version that fits a server.</summary>
sealed partial class PostgresProgram
{
    /// <summary>Where Debian and Red Hat put the programs of each version; the search path may hold only one of them.</summary>
    static readonly (string Root, string Pattern)[] Installations = [("/usr/lib/postgresql", "*"), ("/usr", "pgsql-*")];

    readonly string path;

    PostgresProgram(string name, string path) => (Name, this.path) = (name, path);

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Where a program may be, the search path first.</summary>
    public static IEnumerable<string> Folders()
    {
        var searched = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var installed = Installations.Where(place => Directory.Exists(place.Root))
            .SelectMany(place => Directory.GetDirectories(place.Root, place.Pattern)).Select(version => Path.Combine(version, "bin"));
        return [.. searched, .. installed];
    }

    /// <summary>
    /// Finds a program that is not older than the server: PostgreSQL's refuse newer servers. One of the server's own version comes first,
    /// because what a newer one writes an older server may not understand.
    /// </summary>
    /// <param name="name">The name of the program.</param>
    /// <param name="server">The major version of the server.</param>
    /// <param name="folders">Where to look.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="UnusableDatabaseException">There is none, or only older ones. The message says what to install.</exception>
    public static async Task<PostgresProgram> FindAsync(
        string name, int server, IEnumerable<string> folders, CancellationToken cancellationToken)
    {
        var file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        var found = new List<(string Path, int Version)>();
        foreach (var candidate in folders.Select(folder => Path.Combine(folder, file)).Where(File.Exists).Distinct(StringComparer.Ordinal))
        {
            if (await ReadVersionAsync(candidate, cancellationToken) is { } version)
                found.Add((candidate, version));
        }
        if (found.Count == 0)
        {
            throw new UnusableDatabaseException(string.Create(
                CultureInfo.InvariantCulture,
                $"The program {name} is not installed, or not in the search path. It comes with PostgreSQL's client programs ")
                + string.Create(CultureInfo.InvariantCulture, $"(on Debian: postgresql-client-{server})."));
        }
        var fitting = found.Where(program => program.Version >= server).OrderBy(program => program.Version).FirstOrDefault();
        if (fitting.Path is null)
        {
            throw new UnusableDatabaseException(string.Create(
                CultureInfo.InvariantCulture,
                $"The newest {name} here is of version {found.Max(program => program.Version)}, and the server is PostgreSQL {server}. ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"Install its client programs in version {server} (on Debian: postgresql-client-{server})."));
        }
        return new PostgresProgram(name, fitting.Path);
    }

    /// <summary>Runs it to its end. Cancelling ends it.</summary>
    /// <param name="server">Where it connects to; null for none. Nothing of it is on the command line, which everybody can read.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    public async Task<ProgramEnd> RunAsync(
        NpgsqlConnectionStringBuilder? server, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        await RunAsync(StartInfo(server, arguments), cancellationToken);

    /// <summary>How it is started.</summary>
    internal ProcessStartInfo StartInfo(NpgsqlConnectionStringBuilder? server, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false,
        };
        // Its messages are told apart by their words.
        start.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in server is null ? [] : LibpqEnvironment.Of(server))
            start.Environment[name] = value;
        return start;
    }

    static async Task<int?> ReadVersionAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var end = await new PostgresProgram("", path).RunAsync(null, ["--version"], cancellationToken);
            return VersionPattern().Match(end.Output) is { Success: true } match
                ? int.Parse(match.Groups["major"].ValueSpan, CultureInfo.InvariantCulture)
                : null;
        }
        catch (Win32Exception)
        {
            // Not for this machine, or not executable.
            return null;
        }
    }

    static async Task<ProgramEnd> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new ProgramEnd(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
    }

    // "pg_dump (PostgreSQL) 15.10 (Debian 15.10-0+deb12u1)", "pg_dump (PostgreSQL) 18beta1"
    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionPattern();
}

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">0 where it did all that it should.</param>
/// <param name="Output">What it wrote.</param>
/// <param name="Errors">What it complained of. It may quote rows of the vault, so nobody is shown it.</param>
sealed record ProgramEnd(int ExitCode, string Output, string Errors)
{
    /// <summary>The exception for a program that did not do what it should, in words that quote nothing.</summary>
    public UnusableDatabaseException Explain(string program, string file) => new(this switch
    {
        _ when Says("No space left on device") => $"A disk is full: that of '{file}', or that of the database server. Free some space.",
        _ when Says("permission denied") || Says("must be owner") =>
            $"{program} was refused a right: the login must own the database and all that is in it.",
        _ when Says("unsupported version") => $"'{file}' was written by a newer pg_dump. Install the client programs of that PostgreSQL.",
        _ when Says("lock timeout") || Says("lock not available") => "Somebody holds a table of the database locked. Try again.",
        _ when Says("could not read from input file") || Says("unexpected end of file") || Says("corrupt") || Says("uncompress") =>
            $"'{file}' is damaged. Take another backup.",
        _ when Says("unrecognized configuration parameter") =>
            $"{program} is too new for this server. Install PostgreSQL's client programs in the server's own version.",
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"{program} failed on '{file}' (exit code {ExitCode}). What it said may quote private rows and is not shown here."),
    });

    bool Says(string words) => Errors.Contains(words, StringComparison.OrdinalIgnoreCase);
}
