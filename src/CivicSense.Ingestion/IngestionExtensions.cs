using CivicSense.Mqtt;
using CivicSense.Vault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CivicSense.Ingestion;

/// <summary>Adds the room to a host.</summary>
public static class IngestionExtensions
{
    /// <summary>
    /// Adds the MQTT application that turns messages into contributions, its group commit, and what closes this process' windows
    /// (<see cref="IWindowClosing"/>).
    /// </summary>
    /// <param name="services">The host's services; must hold <see cref="IVault"/>, <see cref="IIngestRegistry"/> and logging.</param>
    /// <param name="clock">The node's clock. An <see cref="EventClock"/> is driven by the readings' times.</param>
    /// <param name="lateness">How long after its end a window still takes readings.</param>
    /// <param name="readers">What clients without a user name get; null for the defaults.</param>
    public static IServiceCollection AddIngestion(
        this IServiceCollection services, TimeProvider clock, TimeSpan lateness, AnonymousReaderOptions? readers = null) => services
        .AddSingleton(new AnonymousReaders(readers ?? new AnonymousReaderOptions()))
        .AddSingleton<IngestionStatistics>()
        .AddSingleton(new AcceptanceTime(clock, lateness))
        .AddSingleton<OpenContributions>()
        .AddSingleton<GroupCommit>()
        .AddSingleton<WindowClosing>()
        .AddSingleton<IWindowClosing>(provider => provider.GetRequiredService<WindowClosing>())
        // Before the group commit: it starts before it, and ends after its last commit.
        .AddSingleton<IHostedService>(provider => provider.GetRequiredService<WindowClosing>())
        .AddSingleton<IHostedService>(provider => provider.GetRequiredService<GroupCommit>())
        .AddHostedService<IngestionReport>()
        .AddHostedService<CredentialWatch>()
        .AddSingleton<IMqttApplication, DeviceGate>();

    /// <summary>Keeps the MQTT sessions of devices over a restart.</summary>
    /// <param name="services">The host's services; must hold <see cref="IDeviceSessionStore"/>.</param>
    public static IServiceCollection AddDeviceSessions(this IServiceCollection services) =>
        services.AddSingleton<IMqttSessionStore, DeviceSessionStore>();

    /// <summary>
    /// Takes readings from an external broker, too: add it after <see cref="AddIngestion"/>, so that it stops before the last commit.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">The broker and what to subscribe to; must be valid.</param>
    public static IServiceCollection AddBroker(this IServiceCollection services, BrokerOptions options) => services
        .AddSingleton(options)
        .AddSingleton<BrokerDevices>()
        .AddHostedService<BrokerConnection>();
}
