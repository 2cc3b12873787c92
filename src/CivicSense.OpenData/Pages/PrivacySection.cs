namespace CivicSense.OpenData;

/// <summary>The promise in plain words, and what has been spent of it.</summary>
static class PrivacySection
{
    /// <summary>What someone who was undecided can be sure of at most, in percent: e^epsilon / (1 + e^epsilon).</summary>
    public static double SureAtMost(double loss) => 100 / (1 + Math.Exp(-loss));

    public static Html Draw(ReleasePlan? plan, LedgerSummary ledger, PageRequest request)
    {
        var words = request.Words;
        var html = new Html();
        html.Append($"""<section aria-labelledby="privacy"><h2 id="privacy">{words["privacy.title"]}</h2>""");
        html.Append($"<p>{words["privacy.promise"]} {words["privacy.sums"]}</p>");
        if (plan is { Clock: ClockMode.Event })
            html.Append($"<p>{words.Markup("privacy.eventTime")}</p>");
        if (plan is not null)
        {
            var rows = request.Losses.Rows(plan.Rho);
            if (rows.FirstOrDefault(row => row is { Days: 1, Adjacency: "absent" }) is { } day)
                html.Append($"<p>{words.Markup("privacy.oneDay", ("percent", Percent(day.LossBound, words)))}</p>");
            DrawTable(html, rows, words);
            html.Append($"""<p class="small">""")
                .Append($"{words.Text(
                    "privacy.spent", ("days", words.Count(ledger.Days)), ("rho", Short(ledger.RhoSpent, words)),
                    ("day", Short(plan.Rho, words)))}</p>");
        }
        return html.Append(
            $"""<p><a href="{request.Link("/about")}">{words["privacy.about"]}</a> · """)
                .Append($"""<a href="{request.Link("/ledger")}">{words["privacy.ledger"]}</a></p></section>""");
    }

    static void DrawTable(Html html, IReadOnlyList<PrivacyLossRow> rows, Words words)
    {
        html.Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{words["privacy.loss"]}"><table>""")
            .Append($"<caption>{words["privacy.caption"]}</caption>");
        html.Append($"""<thead><tr><th scope="col">{words["privacy.days"]}</th><th scope="col" class="n">{words["privacy.absent"]}</th>""")
            .Append($"""<th scope="col" class="n">{words["privacy.replaced"]}</th></tr></thead><tbody>""");
        foreach (var days in rows.Select(row => row.Days).Distinct().Order())
        {
            html.Append($"""<tr><th scope="row">{days}</th>""");
            foreach (var adjacency in (string[])["absent", "replaced"])
            {
                var row = rows.FirstOrDefault(row => row.Days == days && row.Adjacency == adjacency);
                html.Append($"""<td class="n">{(row is null ? "" : Epsilon(row.Epsilon, words))}</td>""");
            }
            html.Append($"</tr>");
        }
        html.Append($"""</tbody></table></div><p class="small">{words["privacy.large"]}</p>""");
    }

    public static string Percent(double loss, Words words)
    {
        // Rounded up: a bound must not be understated.
        var percent = Math.Ceiling(SureAtMost(loss) * 10 - 1e-9) / 10;
        return percent >= 99.9
            ? words.Text("privacy.almostSure", ("percent", words.Number(99.9, "0.#")))
            : words.Text("certainty.percent", ("percent", words.Number(percent, "0.#")));
    }

    public static string Epsilon(double epsilon, Words words) => words.Number(epsilon, epsilon < 10 ? "0.00" : "0.0");

    public static string Short(decimal rho, Words words) => words.Number(rho, "0.######");
}
