using System.Globalization;

namespace CivicSense.OpenData;

/// <summary>The promise in plain words, and what has been spent of it.</summary>
static class PrivacySection
{
    /// <summary>What someone who was undecided can be sure of at most, in percent: e^epsilon / (1 + e^epsilon).</summary>
    public static double SureAtMost(double loss) => 100 / (1 + Math.Exp(-loss));

    public static Html Draw(ReleasePlan? plan, LedgerSummary ledger, IPrivacyLossTable losses)
    {
        var html = new Html();
        html.Append($"<section aria-labelledby=\"privacy\"><h2 id=\"privacy\">What this page gives away about you</h2>");
        html.Append($"<p>Whatever anyone learns from everything published here about a day, they could have learned almost as well had any one household’s sensors been switched off that day. ");
        html.Append($"Readings are never published: only sums over many households leave the node, with random noise added.</p>");
        if (plan is { Clock: ClockMode.Event })
            html.Append($"<p><strong>This node runs on event time, as replays and demonstrations do. Then one household’s message can make another’s late, and the promise is not claimed.</strong> The figures are those of the same node on the wall clock.</p>");
        if (plan is not null)
        {
            var rows = losses.Rows(plan.Rho);
            DrawOneDay(html, rows);
            DrawTable(html, rows);
            html.Append($"<p class=\"small\">Spent so far: {ledger.Days} {(ledger.Days == 1 ? "day" : "days")}, rho {Short(ledger.RhoSpent)} in total ({Short(plan.Rho)} a day) for a household taking part on all of them.</p>");
        }
        return html.Append($"<p><a href=\"/about\">What is protected and what is not</a> · <a href=\"/ledger\">The ledger, and how to check it yourself</a></p></section>");
    }

    static void DrawOneDay(Html html, IReadOnlyList<PrivacyLossRow> rows)
    {
        if (rows.FirstOrDefault(row => row is { Days: 1, Adjacency: "absent" }) is not { } day) return;
        html.Append($"<p>Someone who was 50 % sure beforehand whether your sensors took part on a day can be at most <strong>{Percent(day.LossBound)} sure</strong> after seeing everything published about that day ");
        html.Append($"(except with a chance of one in a million). Over many days of taking part this adds up:</p>");
    }

    static void DrawTable(Html html, IReadOnlyList<PrivacyLossRow> rows)
    {
        html.Append($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Privacy loss\"><table><caption>Privacy loss, epsilon at delta = 10⁻⁶ (smaller is better)</caption>");
        html.Append($"<thead><tr><th scope=\"col\">Days</th><th scope=\"col\" class=\"n\">Did you take part? (absent)</th><th scope=\"col\" class=\"n\">What did you measure? (replaced)</th></tr></thead><tbody>");
        foreach (var days in rows.Select(row => row.Days).Distinct().Order())
        {
            html.Append($"<tr><th scope=\"row\">{days}</th>");
            foreach (var adjacency in (string[])["absent", "replaced"])
            {
                var row = rows.FirstOrDefault(row => row.Days == days && row.Adjacency == adjacency);
                html.Append($"<td class=\"n\">{(row is null ? "" : Epsilon(row.Epsilon))}</td>");
            }
            html.Append($"</tr>");
        }
        html.Append($"</tbody></table></div>");
        html.Append($"<p class=\"small\">Large numbers in the lower rows mean: a pattern that you repeat every day for months is not hidden well, a single day is. These are the usual figures for Gaussian noise; the bound that is proved for this node’s noise is a few percent higher and stands in the ledger’s data.</p>");
    }

    public static string Percent(double loss)
    {
        // Rounded up: a bound must not be understated.
        var percent = Math.Ceiling(SureAtMost(loss) * 10 - 1e-9) / 10;
        return percent >= 99.9 ? "99.9 % or more" : percent.ToString("0.#", CultureInfo.InvariantCulture) + " %";
    }

    public static string Epsilon(double epsilon) =>
        epsilon.ToString(epsilon < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    public static string Short(decimal rho) => rho.ToString("0.######", CultureInfo.InvariantCulture);
}
