using System.CommandLine;
using System.ComponentModel;
using CivicSense.Benchmarks.Ingest;
using CivicSense.Benchmarks.Utility;
using CivicSense.Storage;
using Npgsql;

namespace CivicSense.Benchmarks;

/// <summary>How every subcommand ends: what is wrong with what was asked for is said in one line, and a defect with all that is known.</summary>
static class Subcommand
{
    /// <summary>Parses the command line and runs the subcommand that it begins with.</summary>
    /// <returns>What the subcommand returns; 1 if something is wrong with what was asked for; 130 if it was stopped.</returns>
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        try
        {
            return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception error) when (IsOfTheSurroundings(error))
        {
            await Console.Error.WriteLineAsync($"{args[0]}: {error.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{args[0]}: stopped.");
            return 130;
        }
    }

    /// <summary>Whether it comes of a file, a server or an option, and not of this program.</summary>
    static bool IsOfTheSurroundings(Exception error) => error is UtilityException or IngestException or UnusableDatabaseException
        or NpgsqlException or IOException or UnauthorizedAccessException or InvalidDataException or Win32Exception;
}
