using System.CommandLine;
using CivicSense.Commons;
using CivicSense.Ingestion;
using CivicSense.Node.Conformance;
using CivicSense.Node.Demo;
using CivicSense.Node.Hosting;
using CivicSense.Node.Settings;
using CivicSense.Release;
using CivicSense.Vault;
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
        var process = new ProcessOptions();
        var verbose = new Option<bool>("--verbose") { Description = "Log each release." };
        var command = new Command("run", "Run a node until it is stopped with Ctrl-C or SIGTERM.") 
        {
            config, profile, verbose,
        };
        process.AddTo(command);
        command.SetAction((result, cancellationToken) =>
        {
            var logLevel = result.GetValue(verbose) ? LogLevel.Debug : LogLevel.Information;
            var said = process.Of(result);
            if (result.GetValue(profile) is null)
                return RunAsync(said.ApplyTo(SettingsFile.Read(result.GetRequiredValue(config))), logLevel, cancellationToken);
            if (said.Role != NodeRole.All)
                throw new UserErrorException($"--mqtt-profile {ConformanceProfile.Name}: only for a whole node, without --role.");
            var isNamed = result.GetResult(config) is { Implicit: false };
            return RunConformanceAsync(isNamed ? result.GetRequiredValue(config) : null, said, logLevel, cancellationToken);
        });
        return command;
    }

    /// <summary>Without a configuration the suites find the usual port, and the data is gone afterwards.</summary>
    static async Task<int> RunConformanceAsync(
        string? config, ProcessSettings process, LogLevel logLevel, CancellationToken cancellationToken)
    {
        if (config is not null)
            return await RunAsync(ConformanceProfile.Restrict(process.ApplyTo(SettingsFile.Read(config))), logLevel, cancellationToken);
        using var folder = DemoFolder.Create(null);
        var settings = process.ApplyTo(new NodeSettings { Data = folder.Path });
        return await RunAsync(ConformanceProfile.Restrict(settings), logLevel, cancellationToken);
    }

    static async Task<int> RunAsync(NodeSettings settings, LogLevel logLevel, CancellationToken cancellationToken)
    {
        using var logging = LoggerFactory.Create(builder => NodeHost.AddLogging(builder, logLevel));
        await using var parts = await new NodeStore(settings)
            .OpenForAsync(settings.Role, StoreLogger(settings, logging), cancellationToken);
        if (settings.IsConformanceProfile)
            await ConformanceProfile.RequireNobodyAsync(parts.Ingest!.Vault, cancellationToken);
        TimeProvider clock = settings.Clock == ClockMode.Event
            ? await ResumeEventClockAsync(settings, parts.Ingest!.Vault, parts.Release!.ReleaseLease, cancellationToken)
            : new GuardedClock(TimeProvider.System);
        await using var node = await NodeHost.StartAsync(settings, parts, clock, logLevel, cancellationToken);
        return await node.WaitForShutdownAsync(cancellationToken);
    }

    /// <summary>A file says nothing that its folder does not show; of a server the log says what was found there.</summary>
    static ILogger StoreLogger(NodeSettings settings, ILoggerFactory logging) =>
        settings.Postgres is null ? NullLogger.Instance : logging.CreateLogger("CivicSense.Storage");

    /// <summary>Event time goes on where the database ends.</summary>
    static async Task<EventClock> ResumeEventClockAsync(
        NodeSettings settings, IVault vault, IReleaseLease lease, CancellationToken cancellationToken)
    {
        var state = (await lease.ReadAsync(cancellationToken)).State;
        if ((state.ReleasedThrough?.End ?? settings.EventStart) is not { } start)
            throw new UserErrorException("eventStart: needed with \"clock\": \"event\" and a new database, e.g. \"2019-05-01T00:00:00Z\".");
        var clock = new EventClock(start);
        foreach (var contribution in await vault.ReadContributionsAsync(cancellationToken))
            clock.AdvanceTo(DateTimeOffset.FromUnixTimeMilliseconds(contribution.LastTime));
        return clock;
    }
}
