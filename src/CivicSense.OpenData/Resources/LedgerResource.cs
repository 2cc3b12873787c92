using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>One entry of the privacy ledger.</summary>
/// <param name="Sequence">1 for the first entry, then one more each.</param>
/// <param name="Kind">'plan', 'window', 'activity' or 'restored'.</param>
/// <param name="Recorded">When, by the node's clock, UTC; of a window and of a day's activity, when the release was due.</param>
/// <param name="Day">The privacy day.</param>
/// <param name="Window">Start of the window released, UTC; null for other kinds.</param>
/// <param name="PlanHash">SHA-256 of the day's plan.</param>
/// <param name="Keys">How many noisy values were released.</param>
/// <param name="ValuesHash">SHA-256 of those values.</param>
/// <param name="Rho">The zCDP cost of the whole day for one owner; all entries of a day share it.</param>
/// <param name="PreviousHash">The hash of the entry before; zeros for the first.</param>
/// <param name="Hash">SHA-256 of the document.</param>
/// <param name="Document">The entry exactly as it is hashed.</param>
/// <param name="AbsentIngestProcesses">
/// Of a window: how many of the processes that take readings did not answer, so that what they had not stored yet is missing.
/// </param>
sealed record LedgerRow(
    long Sequence, string Kind, DateTime Recorded, DateOnly Day, DateTime? Window, string PlanHash, int Keys, string ValuesHash,
    decimal Rho,
    string PreviousHash, string Hash, string Document, int AbsentIngestProcesses);

/// <summary>A page of the ledger, with what all of it adds up to.</summary>
sealed class LedgerPage : RowPage<LedgerRow>
{
    /// <summary>What all entries add up to.</summary>
    public required LedgerTotals Totals { get; init; }
}

/// <summary>What the ledger adds up to.</summary>
/// <param name="Entries">How many entries there are.</param>
/// <param name="Head">The hash of the newest.</param>
/// <param name="Days">Privacy days with a plan, and so a cost.</param>
/// <param name="RhoSpent">The zCDP cost for an owner enrolled on all of those days.</param>
/// <param name="RhoPerDay">The cost of one owner-day under the newest plan; null before the first.</param>
/// <param name="Delta">The delta of the epsilons below.</param>
/// <param name="OwnerDays">What an owner loses at most over a number of days like the newest plan's.</param>
sealed record LedgerTotals(
    long Entries, string Head, int Days, decimal RhoSpent, decimal? RhoPerDay, double Delta, IReadOnlyList<PrivacyLossRow> OwnerDays);

/// <summary><c>/api/v1/ledger</c> and <c>/api/v1/ledger/{sequence}/document</c>.</summary>
static class LedgerResource
{
    static readonly ResourceDescription Description = new("/api/v1/ledger", "listLedger")
    {
        Parameters = [QueryParameter.After, QueryParameter.Limit, QueryParameter.Cursor, QueryParameter.Format],
        Answer = typeof(LedgerPage),
    };

    static readonly ResourceDescription DocumentDescription = new("/api/v1/ledger/{sequence}/document", "getLedgerDocument")
    {
        Parameters = [QueryParameter.Sequence],
        Answer = typeof(object),
    };

    static readonly ResourceDescription DeploymentDescription = new("/api/v1/ledger/deployment", "getDeployment")
    {
        Answer = typeof(object),
    };

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapResource(DeploymentDescription, GetDeploymentAsync);
        endpoints.MapResource(Description, ListAsync);
        endpoints.MapResource(DocumentDescription, GetDocumentAsync);
    }

    static async ValueTask<IResult> ListAsync(ResourceRequest request)
    {
        var after = request.Integer(QueryParameter.After, 0, long.MaxValue) ?? 0;
        var limit = request.Limit();
        if (request.Cursor(1) is [var text])
            after = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
                ? sequence
                : throw Cursor.Invalid();

        var summary = await request.Commons.ReadLedgerSummaryAsync(request.Aborted);
        if (request.IsHeld(summary.Head, out var tag)) return request.NotModified(tag);

        var entries = await request.Commons.ReadLedgerAsync(after, limit + 1, request.Aborted);
        var rows = entries.Take(limit).Select(Row).ToList();
        var next = entries.Count > limit ? Cursor.Write(rows[^1].Sequence.ToString(CultureInfo.InvariantCulture)) : null;
        var totals = Totals(summary, await request.Commons.FindLatestPlanAsync(request.Aborted), request.Service<IPrivacyLossTable>());
        return request.Rows(rows, next, tag, wrap: (items, address) => new LedgerPage
        {
            Items = items,
            Next = address,
            Licence = request.Options.Licence,
            Totals = totals,
        });
    }

    static async ValueTask<IResult> GetDocumentAsync(ResourceRequest request)
    {
        var sequence = request.Integer(QueryParameter.Sequence, 1, long.MaxValue)!.Value;
        var entries = await request.Commons.ReadLedgerAsync(sequence - 1, 1, request.Aborted);
        if (entries is not [var entry] || entry.Content.Sequence != sequence)
            throw ProblemException.NotFound(string.Create(CultureInfo.InvariantCulture, $"The ledger has no entry {sequence}."));
        return new PublicResult(Encoding.UTF8.GetBytes(entry.Document), "application/json", $"\"{entry.Hash}\"", PublicResult.Settled);
    }

    static async ValueTask<IResult> GetDeploymentAsync(ResourceRequest request)
    {
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted)
            ?? throw ProblemException.NotFound("Nothing has been planned yet, so there is nothing to register.");
        var first = await request.Commons.ReadLedgerAsync(0, 1, request.Aborted);
        var since = first is [var entry] ? entry.Content.Day : plan.Day;
        return ResourceRequest.Document(
            DeploymentRecord.Write(request.Options, plan, since, request.Service<IPrivacyLossTable>().Rows(plan.Rho)));
    }

    static LedgerTotals Totals(LedgerSummary summary, ReleasePlan? plan, IPrivacyLossTable losses) => new(
        summary.Entries, summary.Head, summary.Days, summary.RhoSpent, plan?.Rho, IPrivacyLossTable.Delta,
        plan is null ? [] : losses.Rows(plan.Rho));

    static LedgerRow Row(LedgerEntry entry) => new(
        entry.Content.Sequence, entry.Content.Kind.ToString().ToLowerInvariant(), entry.Content.Recorded.UtcDateTime,
        entry.Content.Day.Date,
        entry.Content.Window?.Start.UtcDateTime, entry.Content.PlanHash, entry.Content.Keys, entry.Content.ValuesHash, entry.Content.Rho,
        entry.PreviousHash, entry.Hash, entry.Document, entry.Content.AbsentIngestProcesses);
}
