using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CivicSense.OpenData;

/// <summary>Registers the data sets.</summary>
static class DatasetExtensions
{
    public static void AddDatasets(this IServiceCollection services)
    {
        services.TryAddSingleton<DatasetCatalogue>();
        services.TryAddSingleton<DatasetDescriptions>();
        services.TryAddSingleton<DatasetDocumentCache>();
        services.TryAddSingleton<DatasetPublisher>();
        services.AddHostedService<DatasetService>();
    }
}
