using CivicSense.Commons;

namespace CivicSense.Estimation;

/// <summary>Indices whose band follows from a published estimate alone, such as the European one.</summary>
/// <remarks>For the US index of the current hour, see <see cref="NowCast"/> and <see cref="UsAirQualityIndex"/>.</remarks>
public static class AirQualityIndex
{
    /// <summary>Whether an index has a band for an estimate: its quantity is a pollutant of the index, averaged over that long.</summary>
    public static bool Covers(IndexTable table, Estimate estimate)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(estimate);
        return table.ScaleOf(estimate.Quantity)?.AveragingHours switch
        {
            1 => estimate.Resolution == Resolution.Hour,
            24 => estimate.Resolution == Resolution.Day,
            _ => false,
        };
    }

    /// <summary>The band of one estimate.</summary>
    /// <exception cref="ArgumentException">The index does not cover the estimate; see <see cref="Covers"/>.</exception>
    public static BandStatement Of(IndexTable table, Estimate estimate)
    {
        if (!Covers(table, estimate))
            throw new ArgumentException($"{table.Id} has no band for {estimate.Quantity} per {estimate.Resolution}.", nameof(estimate));
        return Of(table, UncertainValue.Of(estimate));
    }

    /// <summary>The band of the worst of several pollutants, which is the index of the area as a whole.</summary>
    /// <param name="table">The index.</param>
    /// <param name="estimates">One estimate for each pollutant, of one area and with one end.</param>
    /// <returns>The statement, which holds whether the pollutants' errors are independent or go together (docs/indices.md).</returns>
    /// <exception cref="ArgumentException">
    /// There is no estimate, one that the index does not cover, two of one pollutant, or two areas or ends.
    /// </exception>
    public static BandStatement Worst(IndexTable table, IReadOnlyCollection<Estimate> estimates)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(estimates);
        if (estimates.Count == 0 || estimates.DistinctBy(estimate => estimate.Quantity).Count() < estimates.Count)
            throw new ArgumentException("The worst of several pollutants needs one estimate for each.", nameof(estimates));
        if (estimates.DistinctBy(estimate => (estimate.Area, estimate.End)).Skip(1).Any())
            throw new ArgumentException("The estimates are not of one area and one time.", nameof(estimates));
        return BandStatement.Worst(table, [.. estimates.Select(estimate => Of(table, estimate))]);
    }

    internal static BandStatement Of(IndexTable table, UncertainValue value) =>
        new(table, table.ScaleOf(value.Quantity)!.CumulativeProbabilities(value));
}
