using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>Maps the pages and what they need: each page once without a language in its address, and once for each language.</summary>
static class PageRoutes
{
    static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        MapPage(endpoints, "/", HomePage.GetAsync);
        MapPage(endpoints, "/areas", AreasPage.GetAsync);
        MapPage(endpoints, "/compare", ComparePage.GetAsync);
        MapPage(endpoints, "/downloads", DownloadsPage.GetAsync);
        MapPage(endpoints, "/ledger", LedgerView.GetAsync);
        MapPage(endpoints, "/about", AboutPage.GetAsync);
        MapPage(endpoints, "/areas/{quadkey}", request => AreaPage.GetAsync(request.Route("quadkey"), request));
        MapPage(endpoints, "/areas/{quadkey}/week", request => WeekPage.GetAsync(request.Route("quadkey"), request));
        MapPage(endpoints, "/embed/{quadkey}/{quantity}.svg",
            request => EmbeddedChart.GetAsync(request.Route("quadkey"), request.Route("quantity"), request));
        MapPage(endpoints, "/map/{quantity}.json", request => MapData.GetAsync(request.Route("quantity"), request));
        MapPage(endpoints, "/api", ApiPage.GetAsync);
        MapPage(endpoints, "/datasets", DatasetsPage.GetAsync);
        MapAssets(endpoints);
    }

    public static void MapAssets(IEndpointRouteBuilder endpoints)
    {
        foreach (var asset in Asset.All)
            asset.Map(endpoints);
    }

    static void MapPage(IEndpointRouteBuilder endpoints, string path, Func<PageRequest, Task<IResult>> page)
    {
        Map(path, null);
        foreach (var language in LanguageCatalogue.All)
            Map($"/{language.Code}{path}", language);

        void Map(string address, Language? language) =>
            endpoints.MapMethods(address, Methods, (Delegate)((HttpContext context) => page(new PageRequest(context, language))))
                .ExcludeFromDescription();
    }
}
