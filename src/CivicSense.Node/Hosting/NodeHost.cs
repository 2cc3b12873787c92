using CivicSense.Commons;
using CivicSense.Estimation;
using CivicSense.Ingestion;
using CivicSense.Mqtt;
using CivicSense.Node.Broker;
using CivicSense.Node.Conformance;
using CivicSense.Node.LiveTopics;
using CivicSense.Node.References;
using CivicSense.Node.Settings;
using CivicSense.Node.WebSockets;
using CivicSense.OpenData;
using CivicSense.Release;
using CivicSense.Stewardship;
using CivicSense.Storage;
using CivicSense.Vault;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace CivicSense.Node.Hosting;

/// <summary>Wires the rooms together into one running process.</summary>
sealed class NodeHost : IAsyncDisposable
{
    static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    readonly WebApplication application;

    bool isStopped;

    NodeHost(WebApplication application) => this.application = application;

    /// <summary>Cancelled when the node stops, by itself or because it was asked to.</summary>
    public CancellationToken Stopping => application.Lifetime.ApplicationStopping;

    /// <summary>The node's totals.</summary>
    public IngestionStatistics Statistics => application.Services.GetRequiredService<IngestionStatistics>();

    /// <summary>The release cycle.</summary>
    public ReleaseCycle Cycle => application.Services.GetRequiredService<ReleaseCycle>();

    /// <summary>The port that pages and API are served on.</summary>
    public int HttpPort { get; private set; }

    /// <summary>The port that devices connect to; 0 if they only connect to a broker.</summary>
    public int MqttPort { get; private set; }

    /// <summary>The port that devices connect to over TLS; 0 where there is no endpoint of its own for that.</summary>
    public int MqttTlsPort { get; private set; }

    /// <summary>Puts a node together and starts it.</summary>
    /// <param name="settings">The settings, checked.</param>
    /// <param name="database">The open database; stays the caller's.</param>
    /// <param name="clock">The node's clock.</param>
    /// <param name="logLevel">The least level that is logged, to standard error.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="UserErrorException">A port is taken or a certificate cannot be read.</exception>
    public static async Task<NodeHost> StartAsync(
        NodeSettings settings, INodeDatabase database, TimeProvider clock, LogLevel logLevel, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "civicsense" });
        AddLogging(builder.Logging, logLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A start that fails is told to whoever started the program in a sentence, without a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));

        builder.WebHost.ConfigureKestrel(new NodeEndpoints(settings).AddTo);
        AddRooms(builder.Services, settings, database, clock);

        var built = builder.Build();
        built.MapOpenData();
        built.MapStewardship();
        if (settings.Mqtt.WebSocket)
            built.MapMqttWebSocket(new OriginRule(settings.Mqtt.WebSocketOrigins, settings.PublicAddress));
        if (clock is GuardedClock guarded)
            guarded.Told = built.Services.GetRequiredService<ILogger<GuardedClock>>().ClockJump;
        var node = new NodeHost(built);
        try
        {
            await node.RestoreAndStartAsync(settings, cancellationToken);
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
        return node;
    }

    /// <summary>One line each on standard error.</summary>
    public static void AddLogging(ILoggingBuilder logging, LogLevel logLevel)
    {
        logging.ClearProviders().SetMinimumLevel(logLevel).AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss'Z' ";
            console.UseUtcTimestamp = true;
        });
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    static void AddRooms(IServiceCollection services, NodeSettings settings, INodeDatabase database, TimeProvider clock)
    {
        var release = settings.ReleaseOptions;
        services.AddSingleton(clock);
        services.AddSingleton(database.Vault).AddSingleton(database.DeviceSessions).AddSingleton(database.Releases);
        services.AddSingleton(database.Commons).AddSingleton(database.Estimates);
        AddDevices(services, settings, clock);
        AddBroker(services, settings);
        AddReferences(services, settings, database);
        services.AddSingleton(database.ModelVersions).AddSingleton<NeighbourhoodEstimator>();
        services.AddSingleton<IPublicBaseline>(provider => provider.GetRequiredService<NeighbourhoodEstimator>());
        services.AddSingleton<LiveTopicPublisher>().AddSingleton<IReleaseSubscriber, ReleaseSubscribers>();
        services.AddSingleton(release);
        services.AddSingleton(OpenFence(settings));
        services.AddSingleton<ReleaseCycle>();
        services.AddHostedService<ReleaseService>();
        services.AddSingleton<IPrivacyLossTable, PrivacyLossTable>();
        services.AddSingleton<INodeStatus, NodeStatusSource>();
        services.AddOpenData(options =>
        {
            options.NeighbourhoodName = settings.Neighbourhood;
            options.TimeZone = settings.TimeZone;
            options.Notice = settings.Notice;
            options.BaseAddress = settings.PublicAddress;
            options.SourceCode = settings.SourceCode;
            options.Licence = settings.Licence;
            options.MapTiles = settings.Map.Tiles;
            options.MapCredit = settings.Map.Credit;
        });
        services.AddStewardship(new StewardshipOptions
        {
            NeighbourhoodName = settings.Neighbourhood,
            Notice = settings.Notice,
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone),
            Lateness = release.Lateness,
            AllowPlainHttp = settings.Stewardship.AllowPlainHttp,
        });
    }

    static void AddDevices(IServiceCollection services, NodeSettings settings, TimeProvider clock)
    {
        var limits = settings.Mqtt.Limits;
        services.AddIngestion(clock, settings.ReleaseOptions.Lateness, new AnonymousReaderOptions
        {
            Allowed = settings.Mqtt.AnonymousReaders,
            Maximum = limits.MaximumAnonymousReaders,
            MaximumPerAddress = limits.MaximumAnonymousReadersPerAddress,
        });
        services.AddMqttListener(limits.ApplyTo);
        if (settings.IsConformanceProfile)
        {
            services.AddSingleton<IMqttApplication, OpenApplication>();
            services.Configure<MqttListenerOptions>(ConformanceProfile.ApplyTo);
        }
        else
        {
            services.AddDeviceSessions();
        }
    }

    /// <summary>A file that cannot be read is an error of the start; later the node goes on, and tries again.</summary>
    static void AddBroker(IServiceCollection services, NodeSettings settings)
    {
        if (settings.Broker is not { } broker)
            return;
        var folder = new DataFolder(settings.Data);
        var clientId = BrokerSessionFiles.ClientIdOf(broker, folder);
        BrokerAccess.Read(broker, clientId);
        var options = broker.ToOptions(() => BrokerAccess.ReadFiles(broker, clientId));
        services.AddBroker(options with
        {
            FormerFilters = BrokerSessionFiles.Subscribing(folder, options.Filter),
            Subscribed = () => BrokerSessionFiles.Subscribed(folder, options.Filter),
        });
    }

    static void AddReferences(IServiceCollection services, NodeSettings settings, INodeDatabase database)
    {
        // Stations are looked at in real time, whatever drives the node's own clock.
        var time = TimeProvider.System;
        services.AddSingleton(new ReferenceInbox(database.References, settings.Clock == ClockMode.Wall ? settings.ReleaseOptions.Lateness : null));
        // Without stations the model has no place for them.
        if (!settings.References.IsEmpty)
            services.AddSingleton<IReferenceSource>(provider => provider.GetRequiredService<ReferenceInbox>());
        services.AddSingleton(_ => HttpDocument.CreateClient());
        services.AddSingleton(provider => new ReferencePolling(
            [.. settings.References.Select(reference => ReferenceStation.Create(reference, provider.GetRequiredService<HttpClient>(), time))],
            provider.GetRequiredService<ReferenceInbox>(), settings.Clock, time, provider.GetRequiredService<ILogger<ReferencePolling>>()));
        services.AddHostedService(provider => provider.GetRequiredService<ReferencePolling>());
    }

    async Task RestoreAndStartAsync(NodeSettings settings, CancellationToken cancellationToken)
    {
        var commons = application.Services.GetRequiredService<ICommons>();
        await CheckPastAsync(settings, commons, cancellationToken);
        await application.Services.GetRequiredService<NeighbourhoodEstimator>()
            .RestoreAsync(commons, cancellationToken);
        await application.Services.GetRequiredService<ReferencePolling>().ReadFilesAsync(cancellationToken);
        // What was retained is there again for the first subscriber.
        await application.Services.GetRequiredService<LiveTopicPublisher>().PublishAsync(cancellationToken);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new UserErrorException(
                $"A port is taken ({exception.Message}). Choose others: --port and --mqtt-port, or http.port and mqtt.port in the configuration.");
        }
        catch (VaultUnavailableException exception)
        {
            throw new UserErrorException(exception.Message);
        }
        catch (OptionsValidationException exception)
        {
            throw new UserErrorException(string.Join(' ', exception.Failures));
        }
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => BindingAddress.Parse(address).Port).ToArray();
        // Kestrel lists endpoints in the order in which they were added.
        (HttpPort, MqttPort) = (addresses[0], settings.Mqtt.Enabled ? addresses[1] : 0);
        var logger = application.Services.GetRequiredService<ILogger<NodeHost>>();
        if (settings.MqttTls is not null)
            logger.ListeningSecurely(MqttTlsPort = addresses[^1]);
        if (settings.IsConformanceProfile)
            logger.OpenToEverybody();
        logger.Listening(
            $"{(settings.Http.Certificate is null ? "http" : "https")}://localhost:{HttpPort}/",
            settings.Mqtt.Enabled ? FormattableString.Invariant($"port {MqttPort}") : "at the broker only");
    }

    /// <summary>What has been released must fit what the node is about to do.</summary>
    async Task CheckPastAsync(NodeSettings settings, ICommons commons, CancellationToken cancellationToken)
    {
        var plan = await FindLatestPlanAsync(commons, cancellationToken);
        if (plan is not null && plan.TimeZone != settings.TimeZone)
        {
            throw new UserErrorException(
                $"timeZone: {settings.TimeZone} is not the zone that this node's days began with, {plan.TimeZone}. It cannot change: set it back.");
        }
        if (plan is not null && plan.Clock != settings.Clock)
        {
            throw new UserErrorException(
                $"clock: this database was begun with the {plan.Clock} clock. It cannot change: set it back, or begin a new database.");
        }

        // A small computer without a battery clock wakes up in the past, where nothing looks released yet.
        var ledger = await commons.ReadLedgerSummaryAsync(cancellationToken);
        var newest = await commons.ReadLedgerAsync(ledger.Entries - 1, 1, cancellationToken);
        var now = application.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        if (settings.Clock == ClockMode.Wall && newest is [var entry] && entry.Content.Recorded > now + ClockTolerance)
        {
            throw new UserErrorException(
                $"This machine's clock says {now:u}, but the newest release was at {entry.Content.Recorded:u}. Set the clock and start again; if it is right now and was wrong then, see docs/storage.md.");
        }
    }

    static async ValueTask<ReleasePlan?> FindLatestPlanAsync(ICommons commons, CancellationToken cancellationToken)
    {
        try
        {
            return await commons.FindLatestPlanAsync(cancellationToken);
        }
        catch (FormatException exception)
        {
            throw new UserErrorException($"The newest release plan in the database cannot be read: {exception.Message} Was it made by another version?");
        }
    }

    static ReleaseFence OpenFence(NodeSettings settings)
    {
        var path = settings.Fence ?? new DataFolder(settings.Data).Fence;
        try
        {
            return ReleaseFence.Open(path);
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(exception.Message);
        }
    }

    /// <summary>Completes when the node has been asked to stop, or had to stop, and has stopped; gives the exit code of the process.</summary>
    public async Task<int> WaitForShutdownAsync(CancellationToken cancellationToken)
    {
        await application.WaitForShutdownAsync(cancellationToken);
        isStopped = true;
        return SayFailures() ? 1 : Environment.ExitCode;
    }

    /// <summary>The host stops when a background service fails, and leaves an exit code that says all went well.</summary>
    bool SayFailures()
    {
        var failures = application.Services.GetServices<IHostedService>().OfType<BackgroundService>()
            .Where(service => service.ExecuteTask is { IsFaulted: true }).ToList();
        var logger = application.Services.GetRequiredService<ILogger<NodeHost>>();
        // Only the kinds: what an exception says may be of a reading.
        foreach (var failed in failures)
            logger.ServiceFailed(failed.GetType().Name, failed.ExecuteTask!.Exception!.InnerException!.GetType().Name);
        return failures.Count > 0;
    }

    /// <summary>Stops taking messages, makes durable what was taken, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        if (!isStopped)
            await application.StopAsync(limit.Token);
        await application.DisposeAsync();
    }
}
