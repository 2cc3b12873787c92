using Npgsql;

namespace CivicSense.Storage;

/// <summary>A file that <c>pg_dump --format=custom</c> has written of a node's database.</summary>
sealed class PostgresArchive
{
    static readonly string[] Tables = ["TABLE commons migration", "TABLE commons ledger", "TABLE vault state", "TABLE vault owner"];

    readonly string file;
    readonly PostgresProgram program;

    PostgresArchive(string file, PostgresProgram program, bool isTimescale) =>
        (this.file, this.program, IsTimescale) = (file, program, isTimescale);

    /// <summary>Whether it is one of a whole database with the extension timescaledb.</summary>
    public bool IsTimescale { get; }

    /// <summary>Looks into a file, without a server.</summary>
    /// <exception cref="UnusableDatabaseException">It is not there, cannot be read, or is no copy of a node's database.</exception>
    public static async Task<PostgresArchive> OpenAsync(string file, PostgresProgram program, CancellationToken cancellationToken)
    {
        RequireArchive(file);
        var list = await program.RunAsync(null, ["--list", file], cancellationToken);
        if (list.ExitCode != 0)
            throw list.Explain(program.Name, file);
        var contents = list.Output.Split('\n');
        if (!Tables.All(table => contents.Any(line => line.Contains($" {table} ", StringComparison.Ordinal))))
            throw new UnusableDatabaseException($"'{file}' is no copy of a node's database.");
        // Unpacks everything once: a damaged file is found before anything is changed.
        var unpacked = await program.RunAsync(
            null, [$"--file={(OperatingSystem.IsWindows() ? "NUL" : "/dev/null")}", file], cancellationToken);
        if (unpacked.ExitCode != 0)
            throw new UnusableDatabaseException($"'{file}' is damaged. Take another backup.");
        return new PostgresArchive(
            file, program, contents.Any(line => line.Contains(" EXTENSION - timescaledb", StringComparison.Ordinal)));
    }

    /// <summary>Brings its tables into a database: all or none of them.</summary>
    /// <exception cref="UnusableDatabaseException">That was not possible. Nothing was changed.</exception>
    public async Task RestoreAsync(NpgsqlConnectionStringBuilder server, CancellationToken cancellationToken)
    {
        // On TimescaleDB the extension's own tables come along, which keep their owner. Elsewhere everything belongs to whoever restores;
        // who may use it is granted anew.
        string[] part = IsTimescale ? [] : ["--schema=vault", "--schema=commons", "--no-owner", "--no-privileges"];
        var end = await program.RunAsync(
            server, ["--single-transaction", "--exit-on-error", "--no-password", "--no-comments", .. part,
                $"--dbname={server.Database}", file],
            cancellationToken);
        if (end.ExitCode != 0)
            throw end.Explain(program.Name, file);
    }

    static void RequireArchive(string file)
    {
        if (!File.Exists(file))
            throw new UnusableDatabaseException($"There is no file '{file}'. Check the path.");
        try
        {
            using var stream = File.OpenRead(file);
            Span<byte> magic = stackalloc byte[5];
            if (stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && magic.SequenceEqual("PGDMP"u8))
                return;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnusableDatabaseException($"'{file}' cannot be read: {exception.Message}", exception);
        }
        throw new UnusableDatabaseException(
            $"'{file}' is not what 'civicsense backup' writes of a PostgreSQL. A backup of a file goes back into a file only.");
    }
}
