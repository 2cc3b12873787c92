using System.CommandLine;
using CivicSense.Commons;
using CivicSense.Ingestion;
using CivicSense.Node.Conformance;
using CivicSense.Node.Demo;
using CivicSense.Node.Hosting;
using CivicSense.Node.Settings;
using CivicSense.Release;
using CivicSense.Storage;
using Microsoft.Extensions.Logging;
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
        var profile = new Option<string?>("--mqtt-profile")
        {
            Description = "'conformance' opens MQTT to everybody on this machine, for interoperability suites. "
                + "Needs a data folder without sensors.",
            HelpName = "NAME",
        };
        profile.AcceptOnlyFromAmong(ConformanceProfile.Name);
        var verbose = new Option<bool>("--verbose") { Description = "Log each release." };
        var command = new Command("run", "Run a node until it is stopped with Ctrl-C or SIGTERM.") { config, profile, verbose };
        command.SetAction((result, cancellationToken) =>
        {
            var logLevel = result.GetValue(verbose) ? LogLevel.Debug : LogLevel.Information;
            if (result.GetValue(profile) is null)
                return RunAsync(SettingsFile.Read(result.GetRequiredValue(config)), logLevel, cancellationToken);
            var isNamed = result.GetResult(config) is { Implicit: false };
            return RunConformanceAsync(isNamed ? result.GetRequiredValue(config) : null, logLevel, cancellationToken);
        });
        return command;
    }

    /// <summary>Without a configuration the suites find the usual port, and the data is gone afterwards.</summary>
    static async Task<int> RunConformanceAsync(string? config, LogLevel logLevel, CancellationToken cancellationToken)
    {
        if (config is not null)
            return await RunAsync(ConformanceProfile.Restrict(SettingsFile.Read(config)), logLevel, cancellationToken);
        using var folder = DemoFolder.Create(null);
        return await RunAsync(ConformanceProfile.Restrict(new NodeSettings { Data = folder.Path }), logLevel, cancellationToken);
    }

    static async Task<int> RunAsync(NodeSettings settings, LogLevel logLevel, CancellationToken cancellationToken)
    {
        using var logging = LoggerFactory.Create(builder => NodeHost.AddLogging(builder, logLevel));
        await using var database = await new NodeStore(settings).OpenAsync(runsNode: true, StoreLogger(settings, logging), cancellationToken);
        if (settings.IsConformanceProfile)
            await ConformanceProfile.RequireNobodyAsync(database, cancellationToken);
        TimeProvider clock = settings.Clock == ClockMode.Event
            ? await ResumeEventClockAsync(settings, database, cancellationToken)
            : new GuardedClock(TimeProvider.System);
        await using var node = await NodeHost.StartAsync(settings, database, clock, logLevel, cancellationToken);
        return await node.WaitForShutdownAsync(cancellationToken);
    }

    /// <summary>A file says nothing that its folder does not show; of a server the log says what was found there.</summary>
    static ILogger StoreLogger(NodeSettings settings, ILoggerFactory logging) =>
        settings.Postgres is null ? NullLogger.Instance : logging.CreateLogger("CivicSense.Storage");

    /// <summary>Event time goes on where the database ends.</summary>
    static async Task<EventClock> ResumeEventClockAsync(NodeSettings settings, INodeDatabase database, CancellationToken cancellationToken)
    {
        var state = (await database.ReleaseLease.ReadAsync(cancellationToken)).State;
        if ((state.ReleasedThrough?.End ?? settings.EventStart) is not { } start)
            throw new UserErrorException("eventStart: needed with \"clock\": \"event\" and a new database, e.g. \"2019-05-01T00:00:00Z\".");
        var clock = new EventClock(start);
        foreach (var contribution in await database.Vault.ReadContributionsAsync(cancellationToken))
            clock.AdvanceTo(DateTimeOffset.FromUnixTimeMilliseconds(contribution.LastTime));
        return clock;
    }
}
