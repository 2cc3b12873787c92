namespace CivicSense.OpenData;

/// <summary>The constants that the promise and the noise rest on, with their values and where each comes from.</summary>
static class ConstantsSection
{
    public static Html Draw(ReleasePlan plan, Words words)
    {
        var html = new Html();
        html.Append($"""<section aria-labelledby="constants"><h2 id="constants">{words["constants.title"]}</h2>""")
            .Append($"<p>{words.Text("constants.lead", ("day", words.Date(plan.Day)))}</p>");
        html.Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{words["constants.title"]}">""")
            .Append($"""<table aria-labelledby="constants"><thead><tr><th scope="col">{words["constants.name"]}</th>""")
            .Append($"""<th scope="col" class="n">{words["constants.value"]}</th><th scope="col">{words["constants.source"]}</th></tr>""")
            .Append($"</thead><tbody>");
        Draw("rho", PrivacySection.Short(plan.Rho, words));
        Draw("sigma", words.Number(plan.Sigma, "0.####"));
        Draw("grid", words.Count(plan.Grid));
        Draw("delta", words["constants.deltaValue"]);
        Draw("activity", words.Number(plan.ActivityShare, "0.##"));
        Draw("pacing", words.Number(plan.Pacing, "0.##"));
        foreach (var planned in plan.Quantities)
            DrawQuantity(html, planned, words);
        html.Append($"""</tbody></table></div><p><a href="/api/v1/plan/document?day={plan.Day.ToString()}">{words["constants.plan"]}</a>""")
            .Append($"</p></section>");
        return html;

        void Draw(string key, string value) =>
            html.Append($"""<tr><th scope="row">{words[$"constants.{key}.name"]}</th><td class="n">{value}</td>""")
                .Append($"<td>{words[$"constants.{key}.source"]}</td></tr>");
    }

    static void DrawQuantity(Html html, PlannedQuantity planned, Words words)
    {
        var name = words.Name(planned.Quantity);
        html.Append($"""<tr><th scope="row">{words.Text("constants.share.name", ("quantity", name))}</th>""")
            .Append($"""<td class="n">{words.Number(planned.Share, "0.###")}</td><td>{words["constants.share.source"]}</td></tr>""");
        html.Append($"""<tr><th scope="row">{words.Text("constants.weight.name", ("quantity", name))}</th>""")
            .Append($"""<td class="n">{words.Number(planned.Weight, "0.####")}</td>""")
            .Append($"<td>{words.Text("constants.weight.source", ("norm", words.Number(planned.Quantity.TypicalDayNorm, "0.##")))}</td>")
            .Append($"</tr>");
        html.Append($"""<tr><th scope="row">{words.Text("constants.cap.name", ("quantity", name))}</th>""")
            .Append($"""<td class="n">{words.Number(planned.Cap, "0.###")}</td><td>{words["constants.cap.source"]}</td></tr>""");
    }
}
