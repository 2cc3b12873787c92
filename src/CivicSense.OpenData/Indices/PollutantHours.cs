using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>Hours of the pollutants of an index in one area, side by side, from which the index of each hour follows.</summary>
sealed class PollutantHours
{
    readonly IndexTable table;
    readonly ImmutableArray<Dictionary<DateTimeOffset, Estimate>> pollutants;

    PollutantHours(IndexTable table, ImmutableArray<Dictionary<DateTimeOffset, Estimate>> pollutants,
        IReadOnlyList<DateTimeOffset> starts) =>
        (this.table, this.pollutants, Starts) = (table, pollutants, starts);

    /// <summary>The hours asked for in which at least one pollutant has an estimate, in order.</summary>
    public IReadOnlyList<DateTimeOffset> Starts { get; }

    /// <summary>Reads the first hours of a time, and before it what a NowCast looks back on.</summary>
    /// <param name="commons">Where the estimates are.</param>
    /// <param name="area">The area.</param>
    /// <param name="table">The index.</param>
    /// <param name="from">The first instant.</param>
    /// <param name="to">The first instant after.</param>
    /// <param name="most">At most so many hours.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<PollutantHours> ReadAsync(
        ICommons commons, Area area, IndexTable table, DateTimeOffset from, DateTimeOffset to, int most,
        CancellationToken cancellationToken)
    {
        var read = ImmutableArray.CreateBuilder<Dictionary<DateTimeOffset, Estimate>>();
        var starts = new SortedSet<DateTimeOffset>();
        foreach (var scale in table.Scales)
        {
            var hours = await commons.ReadEstimatesAsync(
                new EstimateQuery(area, scale.Quantity, Resolution.Hour, from, to, most), cancellationToken);
            starts.UnionWith(hours.Select(hour => hour.Start));
            var byStart = hours.ToDictionary(hour => hour.Start);
            if (UsesNowCast(table))
            {
                var before = await commons.ReadEstimatesAsync(
                    new EstimateQuery(area, scale.Quantity, Resolution.Hour, from.AddHours(1 - NowCast.Hours), from, NowCast.Hours),
                    cancellationToken);
                foreach (var hour in before)
                    byStart.TryAdd(hour.Start, hour);
            }
            read.Add(byStart);
        }
        // A pollutant's rows end at the limit, but none of the first hours of all can lie behind that.
        return new PollutantHours(table, read.ToImmutable(), [.. starts.Take(most)]);
    }

    /// <summary>The index of an hour of <see cref="Starts"/>; null where too few of the hours before it are known for a NowCast.</summary>
    public AirIndex? At(DateTimeOffset start)
    {
        if (!UsesNowCast(table))
            return AirIndex.OfHour(table, pollutants.Where(byStart => byStart.ContainsKey(start)).Select(byStart => byStart[start]));

        // A pollutant may have a NowCast without having this hour, and this hour without having a NowCast.
        var used = new List<(NowCast, Estimate)>();
        foreach (var byStart in pollutants)
        {
            var hours = NewestFirst(byStart, start);
            if (NowCast.Of(hours, start.AddHours(1)) is { } nowCast)
                used.Add((nowCast, hours[0]));
        }
        return used.Count == 0 ? null : AirIndex.OfNowCasts(table, used);
    }

    static List<Estimate> NewestFirst(Dictionary<DateTimeOffset, Estimate> byStart, DateTimeOffset start)
    {
        var hours = new List<Estimate>(NowCast.Hours);
        for (var hoursAgo = 0; hoursAgo < NowCast.Hours; hoursAgo++)
        {
            if (byStart.TryGetValue(start.AddHours(-hoursAgo), out var hour))
                hours.Add(hour);
        }
        return hours;
    }

    /// <summary>An index with numbers is one of means of 24 hours, for which the NowCast stands in.</summary>
    static bool UsesNowCast(IndexTable table) => table.Bands[0].Index is not null;
}
