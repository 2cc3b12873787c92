using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/areas</c>: all areas on a map and by their names, and the one of a place.</summary>
static class AreasPage
{
    const int MostListed = 90;
    const int MostFormer = 60;

    public static async Task<IResult> GetAsync(PageRequest request)
    {
        var words = request.Words;
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        var place = request.Query("place") is { Length: > 0 and <= 60 } asked ? asked : null;
        var main = new Html();
        main.Append($"<h1>{words["areas.title"]}</h1>");
        if (plan is null)
        {
            main.Append($"<p>{words["nothing.noHouseholds"]}</p>");
            return request.Page("/areas", words["frame.place.areas"], main);
        }
        var names = request.Service<PlaceCache>().Names(plan, words);
        if (place is not null && PlaceSearch.Find(place, names) is { } found)
            return request.Redirect(AreaPage.Address(found.Area, request));
        main.Append(PlaceSearch.Draw(place ?? "", request));
        if (place is not null) DrawNotFound(main, place, names, request);
        var newest = await request.Commons.ReadLatestEstimatesAsync(Resolution.Hour, request.Aborted);
        DrawMap(main, plan, names, newest, AreaSubject.ReadQuantity(plan, request), request);
        DrawList(main, plan, names, request);
        DrawFormer(main, names, newest, request);
        return request.Page("/areas", words["frame.place.areas"], main);
    }

    static void DrawNotFound(Html main, string place, AreaLabels names, PageRequest request)
    {
        var words = request.Words;
        main.Append($"""<p role="alert">""");
        if (!PlaceSearch.IsUnderstood(place)) main.Append($"{words.Text("areas.notUnderstood", ("place", ProblemException.Quote(place)))}");
        else if (PlaceSearch.Nearest(place, names.Tree) is var (node, kilometres))
            main.Append(words.Markup("areas.nearest", ("area", names[node]), ("address", AreaPage.Address(node.Area, request)),
                ("kilometres", words.Number(kilometres, kilometres < 10 ? "0.0" : "0"))));
        main.Append($"</p>");
    }

    static void DrawMap(
        Html main, ReleasePlan plan, AreaLabels names, IReadOnlyList<Estimate> newest, Quantity quantity, PageRequest request)
    {
        if (newest.Count == 0) return;
        var hour = newest.Max(estimate => estimate.Start);
        var shown = newest.Where(estimate => estimate.Start == hour && estimate.Quantity == quantity)
            .ToDictionary(estimate => estimate.Area);
        var time = request.Words.Hour(hour, hour.AddHours(1));
        main.Append($"""<section aria-labelledby="map">""")
            .Append($"""<h2 id="map">{request.Words.Text("areas.map", ("quantity", request.Words.Plain(quantity)), ("time", time))}""")
            .Append($"</h2>");
        main.Append(QuantityLinks.Draw(plan.Quantities.Select(planned => planned.Quantity), quantity, other =>
            $"{request.Link("/areas")}?quantity={other.Id}", request.Words));
        main.Append(AreaMap.Draw(names, quantity, shown, request)).Append($"</section>");
    }

    static void DrawList(Html main, ReleasePlan plan, AreaLabels names, PageRequest request)
    {
        var words = request.Words;
        var owners = plan.Areas.ToDictionary(planned => planned.Area, planned => planned.EnrolledOwners);
        main.Append($"""<section aria-labelledby="list"><h2 id="list">{words["areas.list"]}</h2>""")
            .Append($"""<p class="small">{words["areas.listMeaning"]}</p>""");
        main.Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{words["areas.list"]}"><table aria-labelledby="list">""")
            .Append($"""<thead><tr><th scope="col">{words["home.area"]}</th>""");
        main.Append($"""<th scope="col" class="n">{words["areas.owners"]}</th><th scope="col">{words["areas.week"]}</th></tr></thead>""")
            .Append($"<tbody>");
        foreach (var node in AreaList.Choose(names.Tree, MostListed))
        {
            var count = owners.TryGetValue(node.Area, out var enrolled) ? words.Count(enrolled) : "";
            main.Append($"""<tr><th scope="row"><a href="{AreaPage.Address(node.Area, request)}">{names[node]}</a> """)
                .Append($"""<span class="key">{AreaKey.Write(node.Area)}</span></th>""");
            main.Append($"""<td class="n">{count}</td><td><a href="{WeekPage.Address(node.Area, request)}" """)
                .Append($"""aria-label="{words.Text("areas.weekOf", ("area", names[node]))}">{words["areas.sheet"]}</a></td></tr>""");
        }
        main.Append($"</tbody></table></div></section>");
    }

    /// <summary>Areas that only earlier plans had: what was released for them stays public, so it must be found.</summary>
    static void DrawFormer(Html main, AreaLabels names, IReadOnlyList<Estimate> newest, PageRequest request)
    {
        var words = request.Words;
        var today = names.Tree.Nodes.Select(node => node.Area).ToHashSet();
        var former = newest.Where(estimate => !today.Contains(estimate.Area)).GroupBy(estimate => estimate.Area)
            .Select(group => (Area: group.Key, Until: group.Max(estimate => estimate.End))).OrderByDescending(area => area.Until)
            .ThenBy(area => area.Area).ToList();
        if (former.Count == 0) return;
        main.Append($"""<section aria-labelledby="former"><h2 id="former">{words["areas.former"]}</h2>""")
            .Append($"""<p class="small">{words["areas.formerMeaning"]}</p><ul>""");
        foreach (var (area, until) in former.Take(MostFormer))
            main.Append($"<li>{words.Markup(
                    "areas.formerOne", ("quadkey", AreaKey.Write(area)), ("address", AreaPage.Address(area, request)),
                    ("time", words.Instant(until)))}</li>");
        main.Append($"</ul></section>");
    }
}
