using CivicSense.Commons;
using CivicSense.Estimation;
using CivicSense.Node.LiveTopics;
using CivicSense.Release;
using CivicSense.Storage;

namespace CivicSense.Node.Hosting;

/// <summary>The parts of a process that releases. Those that are scoped live for one term of leadership.</summary>
static class TermParts
{
    public static IServiceCollection AddRelease(
        this IServiceCollection services, ReleaseOptions options, IReleaseDatabase database, ReleaseFence fence)
    {
        services.AddSingleton(fence);
        services.AddSingleton(database.Releases).AddSingleton(database.ReleaseLease);
        services.AddSingleton(database.Estimates).AddSingleton(database.ModelVersions);
        services.AddScoped<NeighbourhoodEstimator>();
        services.AddScoped<IPublicBaseline>(provider => provider.GetRequiredService<NeighbourhoodEstimator>());
        services.AddScoped<IReleaseSubscriber, ReleaseSubscribers>();
        services.AddScoped<ReleaseCycle>();
        services.AddSingleton(provider => new ReleaseLeadership(
            database.ReleaseLease, database.Commons, fence, () => NewTerm(provider), options, TimeProvider.System,
            provider.GetRequiredService<ILogger<ReleaseLeadership>>()));
        services.AddSingleton<IReleaseSchedule>(provider => provider.GetRequiredService<ReleaseLeadership>());
        return services.AddHostedService<ReleaseService>();
    }

    static ReleaseTerm NewTerm(IServiceProvider services)
    {
        var scope = services.CreateAsyncScope();
        var parts = scope.ServiceProvider;
        return new ReleaseTerm(
            parts.GetRequiredService<ReleaseCycle>(),
            async cancellationToken =>
            {
                await parts.GetRequiredService<NeighbourhoodEstimator>()
                    .RestoreAsync(parts.GetRequiredService<ICommons>(), cancellationToken);
                // What was retained is there again, and what the restoring has added.
                if (parts.GetService<LiveTopicPublisher>() is { } topics)
                    await topics.PublishAsync(cancellationToken);
            },
            scope);
    }
}
