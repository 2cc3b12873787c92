using CivicSense.Commons;
using CivicSense.Ingestion;
using CivicSense.Mqtt;
using CivicSense.Node.Broker;
using CivicSense.Node.Conformance;
using CivicSense.Node.LiveTopics;
using CivicSense.Node.Settings;
using CivicSense.Node.WebSockets;
using CivicSense.Stewardship;
using CivicSense.Storage;

namespace CivicSense.Node.Hosting;

/// <summary>The part of a node that takes readings: devices, broker, group commit, and the pages of those whose device it is.</summary>
static class IngestPart
{
    /// <summary>Registers it.</summary>
    /// <exception cref="UserErrorException">A file that the broker's connection needs cannot be read.</exception>
    public static void AddIngestPart(this IServiceCollection services, NodeSettings settings, IIngestDatabase database, TimeProvider clock)
    {
        services.AddSingleton(database.Vault).AddSingleton(database.DeviceSessions).AddSingleton(database.IngestRegistry);
        AddDevices(services, settings, clock);
        AddBroker(services, settings);
        services.AddSingleton<LiveTopicPublisher>();
        // A file is written by this process alone, which then needs not look what has been released.
        if (settings.Postgres is not null)
            services.AddHostedService<LiveTopicFollower>();
        services.AddStewardship(new StewardshipOptions
        {
            NeighbourhoodName = settings.Neighbourhood,
            Notice = settings.Notice,
            Language = LanguageCatalogue.Find(settings.Language) ?? LanguageCatalogue.Original,
            TimeZone = TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone),
            Lateness = settings.ReleaseOptions.Lateness,
            AllowPlainHttp = settings.Stewardship.AllowPlainHttp,
        });
    }

    /// <summary>Maps the pages of those whose device it is, and MQTT over WebSocket.</summary>
    public static void MapIngestPart(this WebApplication application, NodeSettings settings)
    {
        application.MapStewardship();
        if (settings.Mqtt.WebSocket)
            application.MapMqttWebSocket(new OriginRule(settings.Mqtt.WebSocketOrigins, settings.PublicAddress));
    }

    /// <summary>What was retained is there again for the first subscriber.</summary>
    public static async ValueTask PublishLiveTopicsAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        await services.GetRequiredService<LiveTopicPublisher>().PublishAsync(cancellationToken);

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
        var clientId = BrokerSessionFiles.ClientIdOf(broker, settings.Folder);
        BrokerAccess.Read(broker, clientId);
        var options = broker.ToOptions(() => BrokerAccess.ReadFiles(broker, clientId));
        services.AddBroker(options with
        {
            FormerFilters = BrokerSessionFiles.Subscribing(settings.Folder, options.Filter),
            Subscribed = () => BrokerSessionFiles.Subscribed(settings.Folder, options.Filter),
        });
    }
}
