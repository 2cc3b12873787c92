using System.Net.Sockets;
using CivicSense.Commons;
using CivicSense.Ingestion;
using CivicSense.Node.References;
using CivicSense.Node.Settings;
using CivicSense.Release;
using CivicSense.Storage;
using CivicSense.Vault;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace CivicSense.Node.Hosting;

/// <summary>Wires the rooms together into one running process, with the parts that its role has.</summary>
sealed class NodeHost : IAsyncDisposable
{
    readonly WebApplication application;

    bool isStopped;

    NodeHost(WebApplication application) => this.application = application;

    /// <summary>Cancelled when the node stops, by itself or because it was asked to.</summary>
    public CancellationToken Stopping => application.Lifetime.ApplicationStopping;

    /// <summary>The node's totals.</summary>
    public IngestionStatistics Statistics => application.Services.GetRequiredService<IngestionStatistics>();

    /// <summary>The releases.</summary>
    public IReleaseSchedule Schedule => application.Services.GetRequiredService<IReleaseSchedule>();

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
    public static Task<NodeHost> StartAsync(
        NodeSettings settings, INodeDatabase database, TimeProvider clock, LogLevel logLevel, CancellationToken cancellationToken) =>
        StartAsync(settings, NodeParts.Of(database), clock, logLevel, cancellationToken);

    /// <summary>Puts a process of one role together and starts it.</summary>
    /// <param name="settings">The settings, checked; they say the role.</param>
    /// <param name="parts">What the role needs of the database; stays the caller's.</param>
    /// <param name="clock">The node's clock.</param>
    /// <param name="logLevel">The least level that is logged, to standard error.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="UserErrorException">A port is taken or a certificate cannot be read.</exception>
    public static async Task<NodeHost> StartAsync(
        NodeSettings settings, NodeParts parts, TimeProvider clock, LogLevel logLevel, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "civicsense" });
        AddLogging(builder.Logging, logLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // A start that fails is told to whoever started the program in a sentence, without a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));

        builder.WebHost.ConfigureKestrel(new NodeEndpoints(settings).AddTo);
        AddParts(builder.Services, settings, parts, clock);

        var built = builder.Build();
        built.MapPublicPart(settings.Role);
        if (settings.Role.Ingests)
            built.MapIngestPart(settings);
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

    static void AddParts(IServiceCollection services, NodeSettings settings, NodeParts parts, TimeProvider clock)
    {
        services.AddSingleton(clock).AddSingleton(settings.ReleaseOptions);
        services.AddPublicPart(settings, parts.Public);
        if (parts.Ingest is not null)
            services.AddIngestPart(settings, parts.Ingest, clock);
        if (parts.Release is not null)
            services.AddReleasePart(settings, parts.Release);
    }

    async Task RestoreAndStartAsync(NodeSettings settings, CancellationToken cancellationToken)
    {
        var services = application.Services;
        try
        {
            await PastCheck.RequireFitAsync(
                settings, services.GetRequiredService<ICommons>(), services.GetRequiredService<TimeProvider>(), cancellationToken);
            if (settings.Role.Releases)
                await services.GetRequiredService<ReferencePolling>().ReadFilesAsync(cancellationToken);
            if (settings.Role.Ingests)
                await IngestPart.PublishLiveTopicsAsync(services, cancellationToken);
            await application.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new UserErrorException(
                $"A port is taken ({exception.Message}). Choose others: http.port and mqtt.port in the configuration, "
                    + "or --http-port and --mqtt-port (of the demo: --port).");
        }
        catch (SocketException exception)
        {
            throw new UserErrorException(CannotListen(exception.SocketErrorCode));
        }
        catch (Exception exception) when (exception is VaultUnavailableException or IngestNameTakenException)
        {
            throw new UserErrorException(exception.Message);
        }
        catch (OptionsValidationException exception)
        {
            throw new UserErrorException(string.Join(' ', exception.Failures));
        }
        TellWhere(settings);
    }

    /// <summary>The system does not say which of the addresses it was; <c>civicsense doctor</c> tries one after the other.</summary>
    static string CannotListen(SocketError error) => error switch
    {
        SocketError.AccessDenied =>
            "This account may not listen on one of the ports. Choose ports from 1024 on, or allow it (systemd: "
            + "AmbientCapabilities=CAP_NET_BIND_SERVICE). 'civicsense doctor' says which port.",
        SocketError.AddressNotAvailable =>
            "This machine does not have one of the addresses. Change http.address, mqtt.address or mqttTls.address. "
            + "'civicsense doctor' says which.",
        _ => $"One of the ports cannot be listened on ({error}). 'civicsense doctor' says which.",
    };

    void TellWhere(NodeSettings settings)
    {
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => BindingAddress.Parse(address).Port).ToArray();
        var logger = application.Services.GetRequiredService<ILogger<NodeHost>>();
        // Kestrel lists endpoints in the order in which they were added.
        HttpPort = addresses[0];
        var devices = "";
        if (settings.Role.Ingests)
        {
            MqttPort = settings.Mqtt.Enabled ? addresses[1] : 0;
            var place = settings.Mqtt.Enabled ? FormattableString.Invariant($"port {MqttPort}") : "at the broker only";
            devices = $"  Devices (MQTT): {place}";
            if (settings.MqttTls is not null)
                logger.ListeningSecurely(MqttTlsPort = addresses[^1]);
            if (settings.IsConformanceProfile)
                logger.OpenToEverybody();
        }
        logger.Listening(
            settings.Role.ServesPages ? "Pages and API" : settings.Role.Ingests ? "Health and own pages" : "Health",
            $"{(settings.Http.Certificate is null ? "http" : "https")}://localhost:{HttpPort}/", devices);
    }

    /// <summary>
    /// Completes when the node has been asked to stop, or had to stop, and has stopped; gives the exit code of the process.
    /// </summary>
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
