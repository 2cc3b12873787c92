using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>An air quality index of one area and hour.</summary>
/// <param name="Hours">The newest hour of each pollutant that the index was taken from, and of no other, by ordinal.</param>
/// <param name="Band">The band, or the range of bands.</param>
/// <param name="Responsible">The pollutant that is the worst by its most likely value.</param>
/// <param name="Number">The number of the US index; null for an index without numbers.</param>
sealed record AirIndex(ImmutableArray<Estimate> Hours, BandStatement Band, Quantity Responsible, UsIndexStatement? Number)
{
    /// <summary>The European index of an hour, from all pollutants there are.</summary>
    /// <param name="table">An index of hourly concentrations.</param>
    /// <param name="hours">Hours of one area with one start; at least one that the index covers. The others are ignored.</param>
    public static AirIndex OfHour(IndexTable table, IEnumerable<Estimate> hours)
    {
        ImmutableArray<Estimate> covered =
            [.. hours.Where(hour => AirQualityIndex.Covers(table, hour)).OrderBy(hour => hour.Quantity.Ordinal)];
        return new AirIndex(covered, AirQualityIndex.Worst(table, covered), Worst(table, covered), null);
    }

    /// <summary>The US index of an hour, from the NowCast of each pollutant that has one.</summary>
    /// <param name="table">An index with numbers.</param>
    /// <param name="nowCasts">NowCasts with one end, at least one, each with the newest hour that it was taken from.</param>
    public static AirIndex OfNowCasts(IndexTable table, IReadOnlyCollection<(NowCast NowCast, Estimate Newest)> nowCasts)
    {
        var number = UsAirQualityIndex.Worst(table, [.. nowCasts.Select(pollutant => pollutant.NowCast)]);
        var hours = nowCasts.Select(pollutant => pollutant.Newest).OrderBy(hour => hour.Quantity.Ordinal);
        return new AirIndex([.. hours], number.Band, number.Responsible, number);
    }

    /// <summary>The pollutant in the worst band by its estimate; of several in one band the likeliest to be beyond it.</summary>
    static Quantity Worst(IndexTable table, ImmutableArray<Estimate> hours)
    {
        return hours.OrderByDescending(Band).ThenByDescending(ProbabilityBeyond).First().Quantity;

        int Band(Estimate hour) => table.ScaleOf(hour.Quantity)!.BandOf(hour.Value);

        double ProbabilityBeyond(Estimate hour) => AirQualityIndex.Of(table, hour).Probabilities.Skip(Band(hour) + 1).Sum();
    }
}
