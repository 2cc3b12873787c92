using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

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
            endpoints.MapMethods(address, Methods, (Delegate)((HttpContext context) => AnswerAsync(context, language, page)))
                .ExcludeFromDescription();
    }

    /// <summary>A page says whether it is still current, so it is kept for a minute at most.</summary>
    static Task<IResult> AnswerAsync(HttpContext context, Language? language, Func<PageRequest, Task<IResult>> page)
    {
        var minute = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeSeconds() / 60;
        var chosen = new PageRequest(context, language).Words.Language;
        return context.RequestServices.GetRequiredService<AnswerCache>().GetAsync(
            context, string.Create(CultureInfo.InvariantCulture, $"{chosen.Code} {minute}"), async () =>
                await page(new PageRequest(context, language)));
    }
}
