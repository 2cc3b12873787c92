using CivicSense.Commons;
using CivicSense.Estimation;
using CivicSense.Node.References;
using CivicSense.Node.Settings;
using CivicSense.Release;
using CivicSense.Storage;
using CivicSense.Vault;

namespace CivicSense.Node.Hosting;

/// <summary>
/// The part of a node that releases: the cycle, the estimator behind it, and the official stations that the estimator looks at.
/// </summary>
static class ReleasePart
{
    /// <summary>Registers it.</summary>
    /// <exception cref="UserErrorException">The fence cannot be read.</exception>
    public static void AddReleasePart(this IServiceCollection services, NodeSettings settings, IReleaseDatabase database)
    {
        AddReferences(services, settings, database);
        services.AddSingleton(database.IngestRoster).AddSingleton<IWindowGate, IngestGate>();
        services.AddRelease(settings.ReleaseOptions, database, OpenFence(settings));
    }

    static void AddReferences(IServiceCollection services, NodeSettings settings, IReleaseDatabase database)
    {
        // Stations are looked at in real time, whatever drives the node's own clock.
        var time = TimeProvider.System;
        services.AddSingleton(
            new ReferenceInbox(database.References, settings.Clock == ClockMode.Wall ? settings.ReleaseOptions.Lateness : null));
        // Without stations the model has no place for them.
        if (!settings.References.IsEmpty)
            services.AddSingleton<IReferenceSource>(provider => provider.GetRequiredService<ReferenceInbox>());
        services.AddSingleton(_ => HttpDocument.CreateClient());
        services.AddSingleton(provider => new ReferencePolling(
            [.. settings.References.Select(
                reference => ReferenceStation.Create(reference, provider.GetRequiredService<HttpClient>(), time))],
            provider.GetRequiredService<ReferenceInbox>(), settings.Clock, time, provider.GetRequiredService<ILogger<ReferencePolling>>()));
        services.AddHostedService(provider => provider.GetRequiredService<ReferencePolling>());
    }

    static ReleaseFence OpenFence(NodeSettings settings)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(settings.FencePath))!);
            return ReleaseFence.Open(settings.FencePath);
        }
        catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(exception.Message);
        }
    }
}
