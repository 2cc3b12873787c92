using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace CivicSense.OpenData;

/// <summary><c>/ledger</c>: every entry, what it cost, what is not protected, and how anybody can check it.</summary>
static class LedgerView
{
    const int Shown = 25;
    const int HashDigits = 12;

    public static async Task<IResult> GetAsync(PageRequest request)
    {
        var words = request.Words;
        var summary = await request.Commons.ReadLedgerSummaryAsync(request.Aborted);
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        var last = ReadLast(request) is { } asked ? Math.Min(asked, summary.Entries) : summary.Entries;
        var entries = await request.Commons.ReadLedgerAsync(Math.Max(0, last - Shown), (int)Math.Min(Shown, Math.Max(1, last)),
            request.Aborted);

        var main = new Html();
        main.Append($"""<h1>{words["ledger.title"]}</h1><p class="lead">{words["ledger.lead"]}</p>""");
        main.Append($"""<section aria-labelledby="sum"><h2 id="sum">{words["ledger.total"]}</h2><p>""")
            .Append($"{words.Text(
                "ledger.sum", ("entries", words.Count(summary.Entries)), ("days", words.Count(summary.Days)),
                ("rho", PrivacySection.Short(summary.RhoSpent, words)))}</p>");
        main.Append($"""<p>{words["ledger.head"]} <code class="hash">{summary.Head}</code></p></section>""");
        main.Append(PrivacySection.Draw(plan, summary, request));
        if (entries.Count > 0)
        {
            DrawCheck(main, entries[^1], request);
            await DrawEntriesAsync(main, entries, summary, request);
        }
        main.Append(AboutPage.NotProtected(request));
        if (plan is not null) main.Append(ConstantsSection.Draw(plan, words));
        return request.Page("/ledger", words["frame.place.ledger"], main);
    }

    /// <exception cref="ProblemException">400: that is no number of an entry.</exception>
    static long? ReadLast(PageRequest request) => request.Query("until") is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw ProblemException.OfPage(StatusCodes.Status400BadRequest,
            request.Words.Text("problem.number", ("number", ProblemException.Quote(text))), "until");

    static void DrawCheck(Html main, LedgerEntry newest, PageRequest request)
    {
        var words = request.Words;
        var sequence = newest.Content.Sequence;
        main.Append($"""<section aria-labelledby="check"><h2 id="check">{words["ledger.check"]}</h2><p>{words["ledger.curl"]}</p>""");
        main.Append($"<pre tabindex=\"0\">curl -s {request.Origin}/api/v1/ledger/{sequence}/document | sha256sum\n{newest.Hash}</pre>");
        main.Append($"<p>{words.Markup(
                "ledger.document", ("before", sequence - 1), ("previous", Code("previous")), ("plan", Code("plan")),
                ("values", Code("values")))}</p>");
        main.Append($"""<p>{words["ledger.visitor"]}</p><pre tabindex="0">civicsense ledger verify --url {request.Origin}</pre>""");
        main.Append($"""<p>{words["ledger.chain"]}</p><pre tabindex="0">civicsense ledger verify --data DIR</pre>""");
        main.Append($"<p>{words["ledger.writeDown"]} {words.Markup("ledger.headCurl", ("head", Code("totals.head")))}</p>");
        main.Append($"""<pre tabindex="0">curl -s "{request.Origin}/api/v1/ledger?limit=1"</pre></section>""");

        static Html Code(string name) => new Html().Append($"<code>{name}</code>");
    }

    static async Task DrawEntriesAsync(Html main, IReadOnlyList<LedgerEntry> entries, LedgerSummary summary, PageRequest request)
    {
        var words = request.Words;
        main.Append($"""<section aria-labelledby="last"><h2 id="last">""")
            .Append($"{words.Text(
                "ledger.entries", ("first", words.Count(entries[0].Content.Sequence)),
                ("last", words.Count(entries[^1].Content.Sequence)))}</h2>");
        main.Append($"""<p class="small">{words["ledger.baseline"]}</p>""")
            .Append($"""<div class="scroll" tabindex="0" role="group" aria-label="{words["ledger.table"]}">""")
            .Append($"""<table aria-labelledby="last"><thead><tr>""");
        foreach (var column in (string[])["number", "what", "recorded", "numbers", "sigma", "rho", "hash", "previous"])
            main.Append($"""<th scope="col">{words[$"ledger.column.{column}"]}</th>""");
        main.Append($"</tr></thead><tbody>");
        foreach (var entry in entries.Reverse())
            await DrawEntryAsync(main, entry, request);
        main.Append($"</tbody></table></div><p>");
        if (entries[0].Content.Sequence > 1)
        {
            main.Append($"""<a href="{request.Link("/ledger")}?until={entries[0].Content.Sequence - 1}#last" rel="nofollow">""")
                .Append($"{words["ledger.older"]}</a> · ");
        }
        if (entries[^1].Content.Sequence < summary.Entries)
            main.Append($"""<a href="{request.Link("/ledger")}#last">{words["ledger.newest"]}</a> · """);
        main.Append($"""<a href="/api/v1/ledger?format=csv{AreaDownloads.All(null)}">{words["ledger.csv"]}</a> · """)
            .Append($"""<a href="/api/v1/ledger">JSON</a></p></section>""");
    }

    static async Task DrawEntryAsync(Html main, LedgerEntry entry, PageRequest request)
    {
        var (words, record) = (request.Words, entry.Content);
        var plan = await request.Service<PlanCache>().FindAsync(request.Commons, record.Day, request.Aborted);
        main.Append($"""<tr><th scope="row" class="n"><a href="/api/v1/ledger/{record.Sequence}/document">{record.Sequence}</a></th>""")
            .Append($"<td>{What(record, words)}</td>");
        main.Append($"""<td><time datetime="{TimeText.Write(record.Recorded)}">{words.Stamp(record.Recorded)}</time></td>""");
        if (record.Window is { } window)
        {
            var (from, to) = (TimeText.Write(window.Start), TimeText.Write(window.End));
            var label = words.Text("ledger.numbersOf", ("count", record.Keys), ("sequence", record.Sequence));
            main.Append($"""<td class="n"><a href="/api/v1/measurements?from={from}&amp;to={to}&amp;format=csv" """)
                .Append($"""aria-label="{label}">{record.Keys}</a></td>""");
        }
        else
        {
            main.Append($"""<td class="n">{record.Keys}</td>""");
        }
        main.Append($"""<td class="n">{(plan is null || record.Keys == 0 ? "–" : words.Number(plan.Sigma, "0.###"))}</td>""")
            .Append($"""<td class="n">{PrivacySection.Short(record.Rho, words)}</td>""");
        main.Append($"""<td><code title="{entry.Hash}">{entry.Hash[..HashDigits]}…</code></td><td>""")
            .Append($"""<code title="{entry.PreviousHash}">{entry.PreviousHash[..HashDigits]}…</code></td></tr>""");
    }

    static string What(LedgerRecord record, Words words) => record.Kind switch
    {
        LedgerEntryKind.Plan => words.Text("ledger.kind.plan", ("day", words.Date(record.Day))),
        LedgerEntryKind.Window when record.Window is { } window && record.AbsentIngestProcesses > 0 => words.Text(
            "ledger.kind.windowWithout", ("time", words.Hour(window.Start, window.End)), ("count", record.AbsentIngestProcesses)),
        LedgerEntryKind.Window when record.Window is { } window =>
            words.Text("ledger.kind.window", ("time", words.Hour(window.Start, window.End))),
        LedgerEntryKind.Activity => words.Text("ledger.kind.activity", ("day", words.Date(record.Day))),
        LedgerEntryKind.Restored => words.Text("ledger.kind.restored", ("day", words.Date(record.Day))),
        _ => record.Kind.ToString(),
    };
}
