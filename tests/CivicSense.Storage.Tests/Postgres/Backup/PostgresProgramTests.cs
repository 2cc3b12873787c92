using Npgsql;

namespace CivicSense.Storage.Tests;

/// <summary>
/// Which of PostgreSQL's own programs is taken, and what its command line and its messages give away. The programs here are scripts.
/// </summary>
public sealed class PostgresProgramTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("civicsense-test-");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Program_of_the_server_s_own_version_is_taken_before_newer_ones()
    {
        string[] folders = [Install("18.1"), Install("15.10 (Debian 15.10-0+deb12u1)"), Install("14.2")];

        Assert.Equal(folders[1], await FolderOfChosenAsync(15, folders));
        Assert.Equal(folders[0], await FolderOfChosenAsync(16, folders));
    }

    [Fact]
    public async Task Program_that_is_older_than_the_server_is_refused_with_what_to_install()
    {
        string[] folders = [Install("13.4"), Install("15.10")];

        var refusal = await Assert.ThrowsAsync<UnusableDatabaseException>(() => PostgresProgram.FindAsync("pg_dump", 17, folders, Cancel));

        Assert.Contains("pg_dump here is of version 15, and the server is PostgreSQL 17", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("postgresql-client-17", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_that_is_nowhere_is_named()
    {
        var refusal = await Assert.ThrowsAsync<UnusableDatabaseException>(
            () => PostgresProgram.FindAsync("pg_dump", 15, [folder.FullName, Path.Combine(folder.FullName, "nowhere")], Cancel));

        Assert.Contains("pg_dump is not installed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_is_given_in_the_environment_and_not_on_the_command_line()
    {
        var program = await PostgresProgram.FindAsync("pg_dump", 15, [Install("15.1")], Cancel);
        var server = new NpgsqlConnectionStringBuilder(
            "Host=db.example;Port=5433;Database=civicsense;Username=civicsense_owner;Password=pa55 word;SSL "
                + "Mode=VerifyFull;Passfile=/etc/pgpass");

        var start = program.StartInfo(server, ["--format=custom", "--file=a.dump"]);

        Assert.Equal(["--format=custom", "--file=a.dump"], start.ArgumentList);
        Assert.Equal(
            ("db.example", "5433", "civicsense", "civicsense_owner", "pa55 word", "verify-full", "/etc/pgpass"),
            (start.Environment["PGHOST"], start.Environment["PGPORT"], start.Environment["PGDATABASE"], start.Environment["PGUSER"],
            start.Environment["PGPASSWORD"], start.Environment["PGSSLMODE"], start.Environment["PGPASSFILE"]));
    }

    [Fact]
    public async Task Connection_string_of_several_servers_is_refused()
    {
        var program = await PostgresProgram.FindAsync("pg_dump", 15, [Install("15.1")], Cancel);

        Assert.Throws<UnusableDatabaseException>(
            () => program.StartInfo(new NpgsqlConnectionStringBuilder("Host=a,b;Database=civicsense"), []));
    }

    [Theory]
    [InlineData("pg_restore: error: COPY failed for table \"owner\": ERROR:  duplicate key\nDETAIL: "
        + " Key (name)=(The Millers) already exists.", "exit code 1")]
    [InlineData("pg_dump: error: could not write to output file: No space left on device", "disk is full")]
    [InlineData("pg_restore: error: unsupported version (1.16) in file header", "newer pg_dump")]
    [InlineData("pg_restore: error: could not uncompress data: (null)", "damaged")]
    public async Task What_a_program_says_is_told_in_words_that_quote_no_row(string said, string told)
    {
        var program = await PostgresProgram.FindAsync("pg_dump", 15, [Install("15.1", $"cat >&2 <<'END'\n{said}\nEND\nexit 1")], Cancel);

        var end = await program.RunAsync(null, ["--anything"], Cancel);
        var message = end.Explain(program.Name, "a.dump").Message;

        Assert.Contains(told, message, StringComparison.Ordinal);
        Assert.DoesNotContain("Millers", message, StringComparison.Ordinal);
    }

    static async Task<string> FolderOfChosenAsync(int server, string[] folders) =>
        Path.GetDirectoryName((await PostgresProgram.FindAsync("pg_dump", server, folders, Cancel)).StartInfo(null, []).FileName)!;

    /// <summary>A script that says this version, and does something else where it is asked for anything else.</summary>
    string Install(string version, string otherwise = "exit 0")
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The programs here are shell scripts.");
        var home = Directory.CreateDirectory(Path.Combine(folder.FullName, Guid.NewGuid().ToString("N"))).FullName;
        var path = Path.Combine(home, "pg_dump");
        File.WriteAllText(
            path, $"#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'pg_dump (PostgreSQL) {version}'; exit 0; fi\n{otherwise}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return home;
    }
}
