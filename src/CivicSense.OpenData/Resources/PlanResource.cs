using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>A release plan: what is released of one day, and how.</summary>
/// <param name="Day">The privacy day.</param>
/// <param name="TimeZone">The node's time zone, an IANA name.</param>
/// <param name="FirstWindow">Start of the first window it covers, UTC.</param>
/// <param name="Rho">The zCDP cost of the day for one owner.</param>
/// <param name="Sigma">The standard deviation of the noise in units of the norm bound.</param>
/// <param name="Grid">Grid steps per unit of the norm bound.</param>
/// <param name="ActivityWeight">What one active owner adds to an area's activity, in grid steps.</param>
/// <param name="Pacing">How evenly an owner's budget is spread over the day: 1 evenly, more less so, 0 not at all.</param>
/// <param name="Areas">The release areas.</param>
/// <param name="Quantities">The released quantities.</param>
/// <param name="Calibrations">What is done to raw values of devices of which model, before anything else.</param>
/// <param name="Hash">SHA-256 of <paramref name="Document"/>: what the ledger names as the plan.</param>
/// <param name="Document">The plan exactly as it is hashed.</param>
sealed record PlanRow(
    DateOnly Day, string TimeZone, DateTime FirstWindow, decimal Rho, double Sigma, long Grid, long ActivityWeight, decimal Pacing,
    IReadOnlyList<PlannedAreaRow> Areas, IReadOnlyList<PlannedQuantityRow> Quantities, IReadOnlyList<PlannedCalibrationRow> Calibrations,
    string Hash, string Document);

/// <summary>A release area of a plan.</summary>
/// <param name="Area">The quadkey; 'world' for the empty one.</param>
/// <param name="EnrolledOwners">Households enrolled in it.</param>
sealed record PlannedAreaRow(string Area, int EnrolledOwners);

/// <summary>A released quantity of a plan.</summary>
/// <param name="Quantity">The quantity.</param>
/// <param name="Share">Its share of the squared norm budget.</param>
/// <param name="Weight">Norm units per model-scale unit.</param>
/// <param name="Cap">The largest residual of one owner and hour, on the model scale.</param>
sealed record PlannedQuantityRow(string Quantity, decimal Share, double Weight, double Cap);

/// <summary>What a plan makes of raw values of one device model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Formula">The formula's id, which is its version; docs/calibration.md has them all.</param>
/// <param name="Source">Where the formula was published.</param>
sealed record PlannedCalibrationRow(string Model, string Formula, string Source);

/// <summary>A row of the plan as CSV: one for each key, with the plan's constants repeated. Calibrations are model:formula pairs.</summary>
sealed record PlanKeyRow(
    DateOnly Day, string Area, int EnrolledOwners, string Quantity, decimal Share, double Weight, double Cap, decimal Rho, double Sigma,
    [property: CsvColumn("grid_steps_per_norm")] long Grid, [property: CsvColumn("activity_weight_grid_steps")] long ActivityWeight,
    string PlanHash, string Calibrations, decimal Pacing);

/// <summary><c>/api/v1/plan</c> and <c>/api/v1/plan/document</c>.</summary>
static class PlanResource
{
    static readonly ResourceDescription Description = new("/api/v1/plan", "getPlan")
    {
        Parameters = [QueryParameter.Day, QueryParameter.Format],
        Answer = typeof(PlanRow),
    };

    static readonly ResourceDescription DocumentDescription = new("/api/v1/plan/document", "getPlanDocument")
    {
        Parameters = [QueryParameter.Day],
        Answer = typeof(object),
    };

    public static void Map(IEndpointRouteBuilder endpoints, PlanCache plans)
    {
        endpoints.MapResource(Description, async request => Answer(request, await FindAsync(request, plans)));
        endpoints.MapResource(DocumentDescription, async request =>
            await FindAsync(request, plans) is var plan
                ? new PublicResult(Encoding.UTF8.GetBytes(PlanDocument.Write(plan)), "application/json", $"\"{PlanDocument.Hash(plan)}\"",
                    PublicResult.Live)
                : null!);
    }

    static async ValueTask<ReleasePlan> FindAsync(ResourceRequest request, PlanCache plans) =>
        request.Day(QueryParameter.Day) is { } day
            ? await plans.FindAsync(request.Commons, day, request.Aborted)
                ?? throw ProblemException.NotFound($"There is no plan for {day}: nothing was released on that day.")
            : await request.Commons.FindLatestPlanAsync(request.Aborted)
                ?? throw ProblemException.NotFound("There is no plan yet: the first is made when at least 5 households are enrolled.");

    static IResult Answer(ResourceRequest request, ReleasePlan plan)
    {
        var hash = PlanDocument.Hash(plan);
        if (request.IsHeld(hash, out var tag)) return request.NotModified(tag);
        return request.Format == Format.Json
            ? ResourceRequest.Document(Row(plan, hash), tag, variesByAccept: true)
            : request.Rows(Keys(plan, hash), null, tag);
    }

    static PlanRow Row(ReleasePlan plan, string hash) => new(
        plan.Day.Date, plan.TimeZone, plan.FirstWindow.Start.UtcDateTime, plan.Rho, plan.Sigma, plan.Grid, plan.ActivityWeight, plan.Pacing,
        [.. plan.Areas.Select(area => new PlannedAreaRow(AreaKey.Write(area.Area), area.EnrolledOwners))],
        [.. plan.Quantities.Select(
            quantity => new PlannedQuantityRow(quantity.Quantity.Id, quantity.Share, quantity.Weight, quantity.Cap))],
        [.. plan.Calibrations.Select(planned => new PlannedCalibrationRow(planned.Model, planned.Formula.Id, planned.Formula.Source))],
        hash, PlanDocument.Write(plan));

    static List<PlanKeyRow> Keys(ReleasePlan plan, string hash) =>
    [
        .. from area in plan.Areas
           from quantity in plan.Quantities
           select new PlanKeyRow(
               plan.Day.Date, AreaKey.Write(area.Area), area.EnrolledOwners, quantity.Quantity.Id, quantity.Share, quantity.Weight,
               quantity.Cap,
               plan.Rho, plan.Sigma, plan.Grid, plan.ActivityWeight, hash, Calibrations(plan, quantity.Quantity), plan.Pacing),
    ];

    static string Calibrations(ReleasePlan plan, Quantity quantity) => string.Join(' ', plan.Calibrations
        .Where(calibration => calibration.Formula.AppliesTo(quantity)).Select(calibration => $"{calibration.Model}:{calibration.Formula}"));
}
