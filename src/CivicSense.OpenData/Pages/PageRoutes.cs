using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CivicSense.OpenData;

/// <summary>Maps the pages and what they need.</summary>
static class PageRoutes
{
    static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        MapPage(endpoints, "/", HomePage.GetAsync);
        MapPage(endpoints, "/ledger", LedgerView.GetAsync);
        MapPage(endpoints, "/about", AboutPage.GetAsync);
        endpoints.MapMethods("/areas/{quadkey}", Methods, (HttpContext context, string quadkey) => AreaPage.GetAsync(quadkey, new PageRequest(context)))
            .ExcludeFromDescription();
        endpoints.MapMethods(
            "/api", Methods,
            (Delegate)((HttpContext context) => ApiPage.Get(new PageRequest(context), context.RequestServices.GetRequiredService<EndpointDataSource>())))
            .ExcludeFromDescription();
        MapAssets(endpoints);
    }

    public static void MapAssets(IEndpointRouteBuilder endpoints)
    {
        Asset.Style.Map(endpoints);
        Asset.Icon.Map(endpoints);
    }

    static void MapPage(IEndpointRouteBuilder endpoints, string path, Func<PageRequest, Task<IResult>> page) =>
        endpoints.MapMethods(path, Methods, (Delegate)((HttpContext context) => page(new PageRequest(context)))).ExcludeFromDescription();
}
