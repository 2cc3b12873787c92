using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>A final estimate with what belongs to it.</summary>
/// <param name="Estimate">The estimate.</param>
/// <param name="Place">Its area.</param>
/// <param name="LocalDate">The date at the node when it starts.</param>
readonly record struct EstimateRecord(Estimate Estimate, AreaPlace Place, DateOnly LocalDate);

/// <summary>The columns of the data set <c>estimates</c>, the same for hours and days.</summary>
static class EstimateTable
{
    /// <summary>
    /// The smallest standard error that the model states is 0.03 (docs/estimation.md), so what is rounded off is a sixth of it at most.
    /// Further digits say nothing, and would take up half of a file.
    /// </summary>
    const int ValueDecimals = 2;

    const int ErrorDecimals = 3;

    public static ImmutableArray<DatasetField> Fields { get; } = [.. CreateColumns().Select(column => column.Field)];

    public static ImmutableArray<DatasetColumn<EstimateRecord>> CreateColumns() =>
    [
        new DatasetInstantColumn<EstimateRecord>("period_start", "Start of what the estimate covers, UTC.", row => row.Estimate.Start),
        new DatasetInstantColumn<EstimateRecord>("period_end", "End of what it covers, UTC; not part of it.", row => row.Estimate.End),
        new DatasetDateColumn<EstimateRecord>("local_date", "The date in the node's time zone when it starts.", row => row.LocalDate),
        new DatasetTextColumn<EstimateRecord>("area", "Quadkey of the area (OGC WebMercatorQuad); 'world' for the empty one.", row => row.Place.Key),
        new DatasetNumberColumn<EstimateRecord>("latitude", "Centre of the area, degrees north (WGS 84).", row => row.Place.Latitude),
        new DatasetNumberColumn<EstimateRecord>("longitude", "Centre of the area, degrees east (WGS 84).", row => row.Place.Longitude),
        new DatasetNumberColumn<EstimateRecord>("value", "The final estimate of the mean, in the unit, rounded to 0.01.", row => Value(row.Estimate.Value)),
        new DatasetNumberColumn<EstimateRecord>(
            "standard_error", "Its standard error, in the unit, rounded to 0.001.", row => Error(row.Estimate.StandardError)),
        new DatasetNumberColumn<EstimateRecord>("lower_95", "Lower end of its 95 % interval, in the unit, rounded to 0.01.", row => Value(row.Estimate.Lower)),
        new DatasetNumberColumn<EstimateRecord>("upper_95", "Upper end of its 95 % interval, in the unit, rounded to 0.01.", row => Value(row.Estimate.Upper)),
        new DatasetTextColumn<EstimateRecord>("unit", "The unit, as SenML writes it.", row => row.Estimate.Quantity.Unit),
    ];

    /// <summary>A value as it is published here. Negative zero reads badly.</summary>
    public static double Value(double value) => Math.Round(value, ValueDecimals) is var rounded && rounded == 0 ? 0 : rounded;

    /// <summary>A standard error as it is published here.</summary>
    public static double Error(double error) => Math.Round(error, ErrorDecimals);
}
