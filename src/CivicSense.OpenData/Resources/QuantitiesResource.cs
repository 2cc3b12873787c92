using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CivicSense.OpenData;

/// <summary>A quantity that sensors measure.</summary>
/// <param name="Id">Its name in addresses and files.</param>
/// <param name="Name">The name people read.</param>
/// <param name="Unit">The unit as SenML writes it (RFC 8428, RFC 8798).</param>
/// <param name="UnitSymbol">The unit people read.</param>
/// <param name="Minimum">The smallest valid reading, in the unit.</param>
/// <param name="Maximum">The largest valid reading, in the unit.</param>
/// <param name="Averaging">'arithmetic' or 'energetic' (decibels).</param>
/// <param name="ModelScale">'logarithmic' or 'linear': where residuals are formed.</param>
/// <param name="IsReleased">Whether the newest plan releases it.</param>
/// <param name="DisplayLimit">
/// The largest standard error at which pages show a number, in the unit; null where there is no limit.
/// </param>
sealed record QuantityRow(
    string Id, string Name, string Unit, string UnitSymbol, double Minimum, double Maximum, string Averaging, string ModelScale,
    bool IsReleased,
    double? DisplayLimit);

/// <summary><c>/api/v1/quantities</c>.</summary>
static class QuantitiesResource
{
    static readonly ResourceDescription Description = new("/api/v1/quantities", "listQuantities")
    {
        Parameters = [QueryParameter.Format],
        Answer = typeof(RowPage<QuantityRow>),
    };

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapResource(Description, ListAsync);

    static async ValueTask<IResult> ListAsync(ResourceRequest request)
    {
        var plan = await request.Commons.FindLatestPlanAsync(request.Aborted);
        return request.Rows(Rows(plan, request.Options).ToList(), null);
    }

    internal static IEnumerable<QuantityRow> Rows(ReleasePlan? plan, OpenDataOptions options)
    {
        var released = plan is null ? [] : plan.Quantities.Select(planned => planned.Quantity).ToHashSet();
        return Quantity.All.Select(quantity => new QuantityRow(
            quantity.Id, quantity.Name, quantity.Unit, quantity.UnitSymbol, quantity.Minimum, quantity.Maximum,
            quantity.Averaging == Averaging.Energetic ? "energetic" : "arithmetic", quantity.IsLogarithmic ? "logarithmic" : "linear",
            released.Contains(quantity), options.DisplayLimits.TryGetValue(quantity.Id, out var limit) ? limit : null));
    }
}
