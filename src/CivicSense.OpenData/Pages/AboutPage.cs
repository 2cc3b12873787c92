using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/about</c>: what is protected, what is not, and what the numbers mean.</summary>
static class AboutPage
{
    public static async Task<IResult> GetAsync(PageRequest request)
    {
        var words = request.Words;
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        var main = new Html();
        main.Append($"<h1>{words["about.title"]}</h1>");
        main.Append($"""<section aria-labelledby="promise"><h2 id="promise">{words["about.promise"]}</h2>""")
            .Append($"<p>{words["privacy.promise"]} {words["about.promiseMore"]}</p></section>");

        main.Append($"""<section aria-labelledby="how"><h2 id="how">{words["about.how"]}</h2><ol>""");
        foreach (var step in (string[])["sense", "compare", "noise", "compute"])
            main.Append($"<li>{words[$"about.step.{step}"]}</li>");
        main.Append($"</ol></section>");

        main.Append($"""<section aria-labelledby="yes"><h2 id="yes">{words["about.protected"]}</h2><ul><li>{words["about.yes.when"]}""")
            .Append($"</li><li>{words["about.yes.where"]}</li></ul></section>");
        main.Append(NotProtected(request));
        DrawWords(main, plan, request);
        return request.Page("/about", words["frame.place.about"], main);
    }

    /// <summary>What somebody can learn all the same.</summary>
    public static Html NotProtected(PageRequest request)
    {
        var words = request.Words;
        var html = new Html();
        html.Append($"""<section aria-labelledby="no"><h2 id="no">{words["about.notProtected"]}</h2><ul>""");
        html.Append($"<li>{words["about.no.everybody"]}</li><li>{words["about.no.enrolled"]}</li>")
            .Append($"<li>{words.Markup("about.no.months", ("ledger", request.Link("/ledger")))}</li>");
        return html.Append($"<li>{words["about.no.others"]}</li><li>{words["about.no.operator"]}</li></ul></section>");
    }

    static void DrawWords(Html main, ReleasePlan? plan, PageRequest request)
    {
        var (words, table) = (request.Words, IndexTables.Europe2024);
        main.Append($"""<section aria-labelledby="words"><h2 id="words">{words["about.words"]}</h2><dl>""");
        main.Append($"<dt><strong>{words["about.word.between"]}</strong></dt>")
            .Append($"<dd>{words["about.meaning.between"]} {words["certainty.ofSensors"]} {words["about.meaning.shared"]}</dd>");
        foreach (var word in (string[])["final", "uncertain"])
            main.Append($"<dt><strong>{words[$"about.word.{word}"]}</strong></dt><dd>{words[$"about.meaning.{word}"]}</dd>");
        main.Append($"<dt><strong>{words["about.word.band"]}</strong></dt><dd>")
            .Append($"{words.Markup(
                "about.meaning.band", ("id", table.Id), ("source", new Html().Append($"<span lang=\"en\">{table.Source}</span>")))}</dd>");
        main.Append($"<dt><strong>{words["about.word.rho"]}</strong></dt><dd>{words["about.meaning.rho"]}</dd></dl>");
        if (plan is not null)
        {
            var limits = plan.Quantities.Where(planned => request.Options.DisplayLimits.ContainsKey(planned.Quantity.Id))
                .Select(planned => words.Text(
                "about.limit", ("value", words.Number(request.Options.DisplayLimits[planned.Quantity.Id], 1)),
                    ("unit", planned.Quantity.UnitSymbol), ("quantity", words.Name(planned.Quantity))));
            main.Append($"<p>{words.Text("about.limits", ("limits", string.Join(", ", limits)))}</p>");
        }
        main.Append($"</section>");
    }
}
