using CivicSense.Mqtt;
using CivicSense.Node.Settings;
using CivicSense.OpenData;
using CivicSense.Storage;

namespace CivicSense.Node.Hosting;

/// <summary>The part of a node that everybody sees. A process that serves no pages still says how it is, and has its style sheet.</summary>
static class PublicPart
{
    /// <summary>Registers it.</summary>
    public static void AddPublicPart(this IServiceCollection services, NodeSettings settings, IPublicDatabase database)
    {
        services.AddSingleton(database.Commons);
        // Whoever can open connections must not be able to end the process.
        services.AddDescriptorReserve();
        services.AddSingleton<IPrivacyLossTable, PrivacyLossTable>();
        services.AddSingleton<PublicSchedule>();
        services.AddSingleton<INodeStatus, NodeStatusSource>();
        services.AddOpenData(options =>
        {
            PublicSettings.Apply(settings, options);
            if (settings.Role.ServesPages)
                options.DatasetFolder = settings.Folder.Datasets;
        });
    }

    /// <summary>Maps what a process of this role serves.</summary>
    public static void MapPublicPart(this WebApplication application, NodeRole role)
    {
        if (role.ServesPages) application.MapOpenData();
        else application.MapHealthAndAssets();
    }
}
