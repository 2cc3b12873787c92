using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/compare</c>: the same quantity in two or more areas.</summary>
static class ComparePage
{
    const int MostListed = 60;
    const int MostRows = 31;

    static readonly Resolution[] Resolutions = [Resolution.Hour, Resolution.Day, Resolution.Week];

    /// <summary>The page that compares an area with the whole neighbourhood, or the whole with its first area.</summary>
    public static string Address(AreaSubject subject, PageRequest request)
    {
        var tree = subject.Names.Tree;
        var other = subject.Node.Parent is null ? tree.Nodes.FirstOrDefault(node => node.Parent is not null) ?? subject.Node
            : tree.Nodes[0];
        return $"{request.Link("/compare")}?area={AreaKey.Write(subject.Area)}&area={AreaKey.Write(other.Area)}"
            + $"&quantity={subject.Quantity.Id}&resolution=day";
    }

    public static async Task<IResult> GetAsync(PageRequest request)
    {
        var words = request.Words;
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        var main = new Html();
        main.Append($"""<h1>{words["compare.title"]}</h1><p class="lead">{words["compare.lead"]}</p>""");
        if (plan is null)
        {
            main.Append($"<p>{words["nothing.noHouseholds"]}</p>");
            return request.Page("/compare", words["frame.place.compare"], main);
        }
        var names = request.Service<PlaceCache>().Names(plan, words);
        var quantity = AreaSubject.ReadQuantity(plan, request);
        var resolution = ReadResolution(request);
        var chosen = ReadAreas(names, request);
        DrawForm(main, plan, names, chosen, quantity, resolution, request);
        if (chosen.Count > 0) await DrawComparisonAsync(main, names, chosen, quantity, resolution, request);
        return request.Page("/compare", words["frame.place.compare"], main);
    }

    static Resolution ReadResolution(PageRequest request)
    {
        if (request.Query("resolution") is not { } text) return Resolution.Day;
        var resolution = Array.Find(Resolutions, known => ResolutionName.Write(known) == text);
        return ResolutionName.Write(resolution) == text ? resolution : throw ProblemException.OfPage(
            StatusCodes.Status400BadRequest,
            request.Words.Text("problem.resolution", ("known", string.Join(", ", Resolutions.Select(ResolutionName.Write)))), "resolution");
    }

    /// <summary>The areas that are asked for, or the whole and the first one.</summary>
    static List<AreaNode> ReadAreas(AreaLabels names, PageRequest request)
    {
        var asked = request.QueryAll("area");
        if (asked.Count == 0) return [.. names.Tree.Nodes.Where(node => node.Parent is null || node.IsReleaseArea).Take(2)];
        if (asked.Count > ComparisonChart.MostSeries)
            throw ProblemException.OfPage(StatusCodes.Status400BadRequest,
                request.Words.Text("compare.tooMany", ("most", ComparisonChart.MostSeries)), "area");
        return [.. asked.Distinct(StringComparer.Ordinal).Select(key =>
            AreaKey.TryParse(key ?? "", out var area) && names.Tree.Nodes.FirstOrDefault(node => node.Area == area) is { } node
                ? node
                : throw ProblemException.OfPage(
                    StatusCodes.Status404NotFound, request.Words.Text("problem.noArea", ("area", ProblemException.Quote(key ?? ""))),
                        "area"))];
    }

    static void DrawForm(
        Html main, ReleasePlan plan, AreaLabels names, List<AreaNode> chosen, Quantity quantity, Resolution resolution, PageRequest request)
    {
        var words = request.Words;
        main.Append($"""<form class="compare" action="{request.Link("/compare")}"><fieldset>""")
            .Append($"""<legend>{words.Text("compare.areas", ("most", ComparisonChart.MostSeries))}</legend><div class="choices">""");
        var listed = AreaList.Choose(names.Tree, MostListed);
        foreach (var node in chosen.Except(listed).Concat(listed))
        {
            var isChecked = chosen.Contains(node) ? new Html().Append($" checked=\"checked\"") : null;
            main.Append($"""<label><input type="checkbox" name="area" value="{AreaKey.Write(node.Area)}"{isChecked}> {names[node]}""")
                .Append($"</label>");
        }
        main.Append($"""</div></fieldset><p><label>{words["compare.quantity"]} <select name="quantity">""");
        foreach (var planned in plan.Quantities)
            DrawOption(main, planned.Quantity.Id, words.Plain(planned.Quantity), planned.Quantity == quantity);
        main.Append($"""</select></label> <label>{words["compare.resolution"]} <select name="resolution">""");
        foreach (var known in Resolutions)
            DrawOption(main, ResolutionName.Write(known), words[$"compare.by.{ResolutionName.Write(known)}"], known == resolution);
        main.Append($"</select></label> <button>{words["compare.show"]}</button></p></form>");
    }

    static void DrawOption(Html main, string value, string name, bool isSelected)
    {
        var selected = isSelected ? new Html().Append($" selected=\"selected\"") : null;
        main.Append($"""<option value="{value}"{selected}>{name}</option>""");
    }

    static async Task DrawComparisonAsync(
        Html main, AreaLabels names, List<AreaNode> chosen, Quantity quantity, Resolution resolution, PageRequest request)
    {
        var words = request.Words;
        var until = (await request.ReadStatusAsync()).LastReleased?.End ?? HourWindow.Containing(request.Now).End;
        var days = resolution switch { Resolution.Hour => 3, Resolution.Day => 30, _ => 7 * 14 };
        var from = resolution == Resolution.Hour ? until.AddDays(-days) : TimeText.StartOfDaysBefore(until, days, words.Zone);
        var series = new List<(string Name, IReadOnlyList<Estimate> Estimates)>();
        foreach (var node in chosen)
        {
            series.Add((names[node], await request.Commons.ReadEstimatesAsync(
                new EstimateQuery(node.Area, quantity, resolution, from, until, 24 * days), request.Aborted)));
        }
        main.Append($"""<section aria-labelledby="both">""")
            .Append($"""<h2 id="both">{words.Plain(quantity)}, {words[$"compare.by.{ResolutionName.Write(resolution)}"]}</h2>""");
        if (series.All(one => one.Estimates.Count == 0))
        {
            main.Append($"<p>{words["compare.nothing"]}</p></section>");
            return;
        }
        main.Append(new ComparisonChart(words)
            .Draw(words.Text("compare.chart", ("quantity", words.Plain(quantity))), series, request.Options.IsTooUncertain));
        foreach (var other in series.Skip(1)) main.Append($"<p>{Difference(series[0], other, words)}</p>");
        main.Append($"""<p class="small">{words["compare.meaning"]} {words["certainty.ofInterval"]}</p>""");
        DrawTable(main, series, quantity, request);
        main.Append($"</section>");
    }

    /// <summary>Where two intervals have nothing in common, one is higher; where they overlap nothing is said.</summary>
    static string Difference((string Name, IReadOnlyList<Estimate> Estimates) first,
        (string Name, IReadOnlyList<Estimate> Estimates) other, Words words)
    {
        var pairs = first.Estimates.Join(other.Estimates, one => one.Start, two => two.Start, (one, two) => (one, two)).ToList();
        var higher = pairs.Count(pair => pair.one.Lower > pair.two.Upper);
        var lower = pairs.Count(pair => pair.one.Upper < pair.two.Lower);
        return words.Text(
            "compare.difference", ("first", first.Name), ("other", other.Name), ("higher", words.Count(higher)),
            ("lower", words.Count(lower)), ("unknown", words.Count(pairs.Count - higher - lower)));
    }

    static void DrawTable(Html main, List<(string Name, IReadOnlyList<Estimate> Estimates)> series, Quantity quantity, PageRequest request)
    {
        var words = request.Words;
        var caption = words.Text("compare.caption", ("quantity", words.Plain(quantity)), ("unit", quantity.UnitSymbol));
        main.Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{caption}"><table class="days wide"><caption>{caption}""")
            .Append($"""</caption><thead><tr><th scope="col">{words["table.time"]}</th>""");
        foreach (var one in series) main.Append($"""<th scope="col" class="n">{one.Name}</th>""");
        main.Append($"</tr></thead><tbody>");
        foreach (var row in series.SelectMany(one => one.Estimates).GroupBy(estimate => estimate.Start)
            .OrderByDescending(group => group.Key).Take(MostRows))
        {
            main.Append($"""<tr><th scope="row">{words.ShortPeriod(row.First())}</th>""");
            foreach (var one in series)
                ValueCell.Draw(main, one.Estimates.FirstOrDefault(estimate => estimate.Start == row.Key), request);
            main.Append($"</tr>");
        }
        main.Append($"</tbody></table></div>");
    }
}
