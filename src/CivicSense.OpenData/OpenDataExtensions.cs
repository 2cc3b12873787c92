using CivicSense.OpenData.Features;
using CivicSense.OpenData.SensorThings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CivicSense.OpenData;

/// <summary>Adds the public HTTP face to a host.</summary>
/// <remarks>
/// The host provides <see cref="ICommons"/>, <see cref="TimeProvider"/>, <see cref="INodeStatus"/> and <see cref="IPrivacyLossTable"/>.
/// Nothing here can reach a private value: this room references none that holds one.
/// </remarks>
public static class OpenDataExtensions
{
    /// <summary>Registers what the public face needs.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">
    /// Sets the options; they are checked when the host starts, and a wrong one ends the start with an <see
    /// cref="OptionsValidationException"/>.
    /// </param>
    public static IServiceCollection AddOpenData(this IServiceCollection services, Action<OpenDataOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<OpenDataOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OpenDataOptions>, OpenDataOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Transient<IStartupFilter, PublicFaceStartupFilter>());
        services.TryAddSingleton<PlanCache>();
        services.TryAddSingleton<RequestPace>();
        services.TryAddSingleton<AnswerCache>();
        services.TryAddSingleton<WholeLists>();
        services.TryAddSingleton<AnswerRoom>();
        services.AddResponseCompression(compression =>
        {
            // Nothing on these pages is secret, so its length tells nothing.
            compression.EnableForHttps = true;
            compression.MimeTypes = ["text/html", "text/css", "text/csv", "image/svg+xml", "text/javascript",
                .. Enum.GetValues<Format>().Select(FormatNegotiation.MediaType), ProblemWriter.ContentType];
        });
        services.AddDatasets();
        services.TryAddSingleton<CatalogueSource>();
        services.TryAddSingleton<PlaceCache>();
        services.TryAddSingleton<MapCache>();
        services.AddOpenApiDocument();
        return services;
    }

    /// <summary>
    /// Maps the API under <c>/api/v1</c>, <c>/sta/v1.1</c>, <c>/ogc</c>, <c>/healthz</c>, <c>/openapi/v1.json</c>, <c>/datasets</c>, the
    /// pages and their style sheet.
    /// </summary>
    /// <param name="endpoints">The host's routes; <see cref="AddOpenData"/> must have been called.</param>
    public static IEndpointRouteBuilder MapOpenData(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var plans = endpoints.ServiceProvider.GetRequiredService<PlanCache>();
        AreasResource.Map(endpoints, plans);
        LatestResource.Map(endpoints);
        EstimatesResource.Map(endpoints);
        RevisionsResource.Map(endpoints);
        AirIndexResource.Map(endpoints);
        GuidelinesResource.Map(endpoints);
        SoundResource.Map(endpoints);
        IndexTablesResource.Map(endpoints);
        ModelResource.Map(endpoints);
        MeasurementsResource.Map(endpoints, plans);
        QuantitiesResource.Map(endpoints);
        PlanResource.Map(endpoints, plans);
        LedgerResource.Map(endpoints);
        ActivityResource.Map(endpoints, plans);
        ReferencesResource.Map(endpoints);
        HealthResource.Map(endpoints);
        OpenApiResource.Map(endpoints);
        SensorThingsRoutes.Map(endpoints);
        FeaturesRoutes.Map(endpoints);
        PageRoutes.Map(endpoints);
        DatasetRoutes.Map(endpoints, endpoints.ServiceProvider.GetRequiredService<DatasetCatalogue>());
        return endpoints;
    }

    /// <summary>Maps <c>/healthz</c>, the style sheet and the icon, for a process that serves none of the public data.</summary>
    /// <param name="endpoints">The host's routes; <see cref="AddOpenData"/> must have been called.</param>
    public static IEndpointRouteBuilder MapHealthAndAssets(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        HealthResource.Map(endpoints);
        PageRoutes.MapAssets(endpoints);
        return endpoints;
    }
}
