using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/ledger</c>: the newest entries, and how anybody can check them.</summary>
static class LedgerView
{
    const int Shown = 20;
    const int HashDigits = 12;

    public static async Task<IResult> GetAsync(PageRequest request)
    {
        var summary = await request.Commons.ReadLedgerSummaryAsync(request.Aborted);
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        var entries = await request.Commons.ReadLedgerAsync(Math.Max(0, summary.Entries - Shown), Shown, request.Aborted);

        var main = new Html();
        main.Append($"<h1>The privacy ledger</h1><p class=\"lead\">Everything this node has ever published, and what it cost. Entries are only ever added; each contains the fingerprint of the one before, so nobody can change an old one unnoticed.</p>");
        main.Append($"<section aria-labelledby=\"sum\"><h2 id=\"sum\">In total</h2><p>{summary.Entries} {(summary.Entries == 1 ? "entry" : "entries")}, {summary.Days} {(summary.Days == 1 ? "day" : "days")}, rho {PrivacySection.Short(summary.RhoSpent)} for a household taking part on all of them.</p>");
        main.Append($"<p>Newest fingerprint: <code class=\"hash\">{summary.Head}</code></p></section>");
        main.Append(PrivacySection.Draw(plan, summary, request.Losses));
        if (entries.Count > 0)
        {
            DrawCheck(main, entries[^1], request.Origin);
            DrawEntries(main, entries, request.Words);
        }
        return request.Page("/ledger", "Privacy ledger", main);
    }

    static void DrawCheck(Html main, LedgerEntry newest, string origin)
    {
        var sequence = newest.Content.Sequence;
        main.Append($"<section aria-labelledby=\"check\"><h2 id=\"check\">Check it yourself</h2>");
        main.Append($"<p>An entry’s fingerprint is the SHA-256 of its document. This must print the newest fingerprint:</p>");
        main.Append($"<pre tabindex=\"0\">curl -s {origin}/api/v1/ledger/{sequence}/document | sha256sum\n{newest.Hash}</pre>");
        main.Append($"<p>The document contains the fingerprint of entry {sequence - 1} as <code>previous</code>, of the plan as <code>plan</code> and of the published numbers as <code>values</code>. ");
        main.Append($"Whoever runs the node can check the whole chain at once:</p><pre tabindex=\"0\">civicsense ledger verify --data DIR</pre>");
        main.Append($"<p>Write down the newest fingerprint today: if the node ever shows a ledger without it, its past was changed.</p></section>");
    }

    static void DrawEntries(Html main, IReadOnlyList<LedgerEntry> entries, Words words)
    {
        main.Append($"<section aria-labelledby=\"last\"><h2 id=\"last\">The last {entries.Count} entries</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Ledger entries\"><table>");
        main.Append($"<thead><tr><th scope=\"col\" class=\"n\">No.</th><th scope=\"col\">What</th><th scope=\"col\" class=\"n\">Numbers</th><th scope=\"col\">Fingerprint</th></tr></thead><tbody>");
        foreach (var entry in entries.Reverse())
        {
            main.Append($"<tr><th scope=\"row\" class=\"n\"><a href=\"/api/v1/ledger/{entry.Content.Sequence}/document\">{entry.Content.Sequence}</a></th><td>{What(entry.Content, words)}</td>");
            main.Append($"<td class=\"n\">{entry.Content.Keys}</td><td><code title=\"{entry.Hash}\">{entry.Hash[..HashDigits]}…</code></td></tr>");
        }
        main.Append($"</tbody></table></div><p><a href=\"/api/v1/ledger?format=csv\">All entries (CSV)</a> · <a href=\"/api/v1/ledger\">JSON</a></p></section>");
    }

    static string What(LedgerRecord record, Words words) => record.Kind switch
    {
        LedgerEntryKind.Plan => $"Plan for {record.Day} fixed: rho {PrivacySection.Short(record.Rho)} for the day",
        LedgerEntryKind.Window when record.Window is { } window =>
            $"{words.Hour(window.Start, window.End)} published{Without(record.AbsentIngestProcesses)}",
        LedgerEntryKind.Activity => $"{record.Day} closed: activity published",
        LedgerEntryKind.Restored => $"The database was restored from a backup: {record.Day} given up",
        _ => record.Kind.ToString(),
    };

    /// <summary>Told where it happened: the hour stands on fewer readings than were sent.</summary>
    static string Without(int absent) => absent switch
    {
        0 => "",
        1 => "; one of the node’s processes did not answer, and what it had not stored yet is missing",
        _ => string.Create(
            CultureInfo.InvariantCulture, $"; {absent} of the node’s processes did not answer, and what they had not stored yet is missing"),
    };
}
