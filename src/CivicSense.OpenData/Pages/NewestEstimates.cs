using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>The newest estimates of all areas, at every resolution.</summary>
sealed class NewestEstimates
{
    static readonly ImmutableArray<Resolution> Coarser = [Resolution.Day, Resolution.Week, Resolution.Month];

    readonly Dictionary<(Area, Quantity, Resolution), Estimate> coarser;

    NewestEstimates(IReadOnlyList<Estimate> hours, Dictionary<(Area, Quantity, Resolution), Estimate> coarser) =>
        (Hours, this.coarser) = (hours, coarser);

    /// <summary>The newest hour of every area and quantity.</summary>
    public IReadOnlyList<Estimate> Hours { get; }

    public static async Task<NewestEstimates> ReadAsync(ICommons commons, CancellationToken cancellationToken)
    {
        var hours = await commons.ReadLatestEstimatesAsync(Resolution.Hour, cancellationToken);
        var longer = new Dictionary<(Area, Quantity, Resolution), Estimate>();
        foreach (var resolution in Coarser)
        {
            foreach (var estimate in await commons.ReadLatestEstimatesAsync(resolution, cancellationToken))
                longer[(estimate.Area, estimate.Quantity, resolution)] = estimate;
        }
        return new NewestEstimates(hours, longer);
    }

    /// <summary>The newest day, week and month, those there are.</summary>
    public IEnumerable<Estimate> LongerThanHours(Area area, Quantity quantity) =>
        Coarser.Select(resolution => coarser.GetValueOrDefault((area, quantity, resolution))).OfType<Estimate>();
}
