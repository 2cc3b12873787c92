using CivicSense.Commons;
using CivicSense.Vault;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CivicSense.Stewardship;

/// <summary>Adds the private HTTP face to a host: what those see who can prove that a device is theirs.</summary>
public static class StewardshipExtensions
{
    /// <summary>Registers what the private face needs.</summary>
    /// <param name="services">
    /// The host's services; must hold <see cref="IVault"/>, <see cref="ICommons"/>, <see cref="TimeProvider"/> and logging.
    /// </param>
    /// <param name="options">The settings.</param>
    public static IServiceCollection AddStewardship(this IServiceCollection services, StewardshipOptions options) => services
        .AddSingleton(options)
        .AddSingleton<SignInPace>()
        .AddSingleton<SignInTotals>()
        .AddSingleton<DeviceSignIn>()
        .AddSingleton<DeviceReport>()
        .AddSingleton<DeviceResource>();

    /// <summary>Maps <c>/my/device</c>, and the same in each language, such as <c>/es/my/device</c>.</summary>
    /// <param name="endpoints">The host's routes; <see cref="AddStewardship"/> must have been called.</param>
    public static IEndpointRouteBuilder MapStewardship(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var resource = endpoints.ServiceProvider.GetRequiredService<DeviceResource>();
        // All methods: a refused one gets the headers of this room, too.
        Map("", null);
        foreach (var language in LanguageCatalogue.All)
            Map("/" + language.Code, language);
        return endpoints;

        void Map(string prefix, Language? language) =>
            endpoints.Map(prefix + DeviceResource.Path, (RequestDelegate)(context => resource.AnswerAsync(context, language)))
                .ExcludeFromDescription();
    }
}
