using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/downloads</c>: where the data are, for people and for programs.</summary>
static class DownloadsPage
{
    const int MostListed = 40;

    public static async Task<IResult> GetAsync(PageRequest request)
    {
        var words = request.Words;
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        var main = new Html();
        main.Append($"""<h1>{words["downloads.title"]}</h1><p class="lead">{words["downloads.lead"]}</p>""");
        var first = await FirstDayAsync(request);
        DrawAll(main, first, request);
        if (plan is not null) DrawAreas(main, plan, first, request);
        main.Append($"""<section aria-labelledby="licence"><h2 id="licence">{words["downloads.licenceTitle"]}</h2>""");
        DrawLicences(main, request);
        main.Append($"</section>");
        return request.Page("/downloads", words["frame.place.downloads"], main);
    }

    /// <summary>The first day of which anything was released; null before there is one.</summary>
    public static async ValueTask<PrivacyDay?> FirstDayAsync(PageRequest request) =>
        await request.Commons.ReadLedgerAsync(0, 1, request.Aborted) is [var entry] ? entry.Content.Day : null;

    /// <summary>
    /// Where the measurements begin that are in no file yet: those of whole months are taken from the data sets, of years there are
    /// millions.
    /// </summary>
    static DateTimeOffset FirstWithoutFile(PrivacyDay first, PageRequest request) =>
        request.Service<DatasetCatalogue>().ManifestOf(DatasetInfo.Measurements).Months.Max(month => month.Month) is { } month
            ? DatasetMonth.Parse(month).Next.FirstHour.Start
            : TimeText.StartOf(first, request.Words.Zone);

    static void DrawAll(Html main, PrivacyDay? first, PageRequest request)
    {
        var words = request.Words;
        main.Append($"""<section aria-labelledby="all"><h2 id="all">{words["downloads.all"]}</h2><ul>""");
        Draw("datasets", request.Link("/datasets"));
        Draw("sensorThings", SensorThings.SensorThingsRoutes.Root);
        Draw("features", "/ogc");
        if (first is { } day)
        {
            var since = FirstWithoutFile(day, request);
            var address = Whole("measurements", TimeText.Write(since));
            main.Append($"<li>{words.Markup("downloads.measurements", ("address", address), ("day", words.FullDate(since)))}</li>");
        }
        DrawList("activity", first?.ToString());
        DrawList("areas");
        Draw("quantities", "/api/v1/quantities?format=csv");
        Draw("indices", "/api/v1/indices?format=csv");
        DrawList("model");
        DrawList("references", first?.ToString());
        DrawList("ledger");
        main.Append($"<li>{words.Markup("downloads.api", ("address", request.Link("/api")), ("openapi", "/openapi/v1.json"))}</li>");
        main.Append($"</ul></section>");

        void DrawList(string key, string? from = null) => Draw(key, Whole(key, from));

        static string Whole(string key, string? from) => $"/api/v1/{key}?format=csv{AreaDownloads.All(from)}";

        void Draw(string key, string address) => main.Append($"<li>{words.Markup($"downloads.{key}", ("address", address))}</li>");
    }

    static void DrawLicences(Html main, PageRequest request)
    {
        var words = request.Words;
        var licences = DatasetInfo.All.Select(
            dataset => (Dataset: dataset, Licence: DatasetLicence.Find(request.Options.LicenceOf(dataset)))).ToList();
        if (licences.Exists(entry => entry.Licence != licences[0].Licence))
        {
            main.Append($"<ul>");
            foreach (var (dataset, licence) in licences)
                main.Append($"<li>{words.Markup(
                        "downloads.licenceOf", ("title", dataset.TitleIn(words.Language)), ("licence", licence.Id),
                        ("address", licence.Address))}</li>");
            main.Append($"</ul>");
        }
        else
        {
            main.Append($"<p>{words.Markup(
                    "downloads.licence", ("licence", licences[0].Licence.Id), ("address", licences[0].Licence.Address))}</p>");
        }
        main.Append($"<p>{words.Text("downloads.source", ("name", request.Options.NeighbourhoodName))}</p>");
    }

    static void DrawAreas(Html main, ReleasePlan plan, PrivacyDay? first, PageRequest request)
    {
        var words = request.Words;
        var names = request.Service<PlaceCache>().Names(plan, words);
        var quantity = AreaSubject.ReadQuantity(plan, request);
        main.Append($"""<section aria-labelledby="by-area">""")
            .Append($"""<h2 id="by-area">{words.Text("downloads.byArea", ("quantity", words.Plain(quantity)))}</h2>""");
        main.Append(QuantityLinks.Draw(
            plan.Quantities.Select(planned => planned.Quantity), quantity, other =>
                $"{request.Link("/downloads")}?quantity={other.Id}#by-area", words));
        main.Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{words["downloads.estimates"]}"><table>""")
            .Append($"""<caption>{words["downloads.estimates"]}</caption><thead><tr><th scope="col">{words["home.area"]}</th>""");
        foreach (var resolution in ResolutionName.All) main.Append($"""<th scope="col">{words[$"downloads.by.{resolution}"]}</th>""");
        main.Append($"</tr></thead><tbody>");
        foreach (var node in AreaList.Choose(names.Tree, MostListed))
        {
            main.Append($"""<tr><th scope="row">{names[node]}</th>""");
            foreach (var resolution in ResolutionName.All)
            {
                main.Append($"""<td><a href="/api/v1/areas/{AreaKey.Write(node.Area)}/estimates?quantity={quantity.Id}&amp;resolution=""")
                    .Append($"""{resolution}&amp;format=csv{AreaDownloads.All(first?.ToString())}" aria-label="CSV, {names[node]}, """)
                    .Append($"""{words[$"downloads.by.{resolution}"]}">CSV</a></td>""");
            }
            main.Append($"</tr>");
        }
        main.Append($"</tbody></table></div></section>");
    }
}
