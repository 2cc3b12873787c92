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
    /// <summary>The data set's id, which is also in the keys of its columns' meanings.</summary>
    public const string Table = "estimates";

    /// <summary>
    /// The smallest standard error that the model states is 0.03 (docs/estimation.md), so what is rounded off is a sixth of it at most.
    /// Further digits say nothing, and would take up half of a file.
    /// </summary>
    const int ValueDecimals = 2;

    const int ErrorDecimals = 3;

    public static ImmutableArray<DatasetField> Fields { get; } = [.. CreateColumns().Select(column => column.Field)];

    public static ImmutableArray<DatasetColumn<EstimateRecord>> CreateColumns() =>
    [
        new DatasetInstantColumn<EstimateRecord>("period_start", Table, row => row.Estimate.Start),
        new DatasetInstantColumn<EstimateRecord>("period_end", Table, row => row.Estimate.End),
        new DatasetDateColumn<EstimateRecord>("local_date", Table, row => row.LocalDate),
        new DatasetTextColumn<EstimateRecord>("area", Table, row => row.Place.Key),
        new DatasetNumberColumn<EstimateRecord>("latitude", Table, row => row.Place.Latitude),
        new DatasetNumberColumn<EstimateRecord>("longitude", Table, row => row.Place.Longitude),
        new DatasetNumberColumn<EstimateRecord>("value", Table, row => Value(row.Estimate.Value)),
        new DatasetNumberColumn<EstimateRecord>("standard_error", Table, row => Error(row.Estimate.StandardError)),
        new DatasetNumberColumn<EstimateRecord>("lower_95", Table, row => Value(row.Estimate.Lower)),
        new DatasetNumberColumn<EstimateRecord>("upper_95", Table, row => Value(row.Estimate.Upper)),
        new DatasetTextColumn<EstimateRecord>("unit", Table, row => row.Estimate.Quantity.Unit),
    ];

    /// <summary>A value as it is published here. Negative zero reads badly.</summary>
    public static double Value(double value) => Math.Round(value, ValueDecimals) is var rounded && rounded == 0 ? 0 : rounded;

    /// <summary>A standard error as it is published here.</summary>
    public static double Error(double error) => Math.Round(error, ErrorDecimals);
}
