using System.CommandLine;
using CivicSense.Commons;
using CivicSense.Ingestion;
using CivicSense.Node.Hosting;
using CivicSense.Node.Settings;
using CivicSense.Release;
using CivicSense.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace CivicSense.Node.Commands;

/// <summary><c>civicsense run</c>: a node for real use.</summary>
static class RunCommand
{
    public static Command Create()
    {
        var config = new Option<string>("--config")
        {
            Description = "The configuration file; docs/configuration.md describes it.",
            DefaultValueFactory = _ => "civicsense.json",
            HelpName = "FILE",
        };
        var verbose = new Option<bool>("--verbose") { Description = "Log each release." };
        var command = new Command("run", "Run a node until it is stopped with Ctrl-C or SIGTERM.") { config, verbose };
        command.SetAction((result, cancellationToken) => RunAsync(
            SettingsFile.Read(result.GetRequiredValue(config)), result.GetValue(verbose) ? LogLevel.Debug : LogLevel.Information, cancellationToken));
        return command;
    }

    static async Task<int> RunAsync(NodeSettings settings, LogLevel logLevel, CancellationToken cancellationToken)
    {
        await using var database = new DataFolder(settings.Data).Open(runsNode: true, NullLogger.Instance);
        var clock = settings.Clock == ClockMode.Event ? await ResumeEventClockAsync(settings, database, cancellationToken) : TimeProvider.System;
        await using var node = await NodeHost.StartAsync(settings, database, clock, logLevel, cancellationToken);
        await node.WaitForShutdownAsync(cancellationToken);
        return Environment.ExitCode;
    }

    /// <summary>Event time goes on where the database ends.</summary>
    static async Task<EventClock> ResumeEventClockAsync(NodeSettings settings, SqliteNodeDatabase database, CancellationToken cancellationToken)
    {
        ReleaseState state;
        await using (var transaction = await database.Releases.BeginAsync(cancellationToken))
            state = transaction.State;
        if ((state.ReleasedThrough?.End ?? settings.EventStart) is not { } start)
            throw new UserErrorException("eventStart: needed with \"clock\": \"event\" and a new database, e.g. \"2019-05-01T00:00:00Z\".");
        var clock = new EventClock(start);
        foreach (var contribution in await database.Vault.ReadContributionsAsync(cancellationToken))
            clock.AdvanceTo(DateTimeOffset.FromUnixTimeMilliseconds(contribution.LastTime));
        return clock;
    }
}
