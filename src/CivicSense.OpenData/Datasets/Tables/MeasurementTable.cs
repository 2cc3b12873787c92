using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>A noisy measurement with what belongs to it.</summary>
/// <param name="Measurement">The measurement.</param>
/// <param name="Place">Its area.</param>
/// <param name="Plan">The plan that it was released under; null if that is not known.</param>
/// <param name="Planned">The quantity in that plan.</param>
readonly record struct MeasurementRecord(NoisyMeasurement Measurement, AreaPlace Place, ReleasePlan? Plan, PlannedQuantity? Planned);

/// <summary>The columns of the data set <c>measurements</c>. Each hour, area and quantity of the plan has exactly one row.</summary>
static class MeasurementTable
{
    /// <summary>The data set's id, which is also in the keys of its columns' meanings.</summary>
    public const string Table = "measurements";

    public static ImmutableArray<DatasetField> Fields { get; } = [.. CreateColumns().Select(column => column.Field)];

    public static ImmutableArray<DatasetColumn<MeasurementRecord>> CreateColumns() =>
    [
        new DatasetInstantColumn<MeasurementRecord>("window_start", Table, row => row.Measurement.Window.Start),
        new DatasetInstantColumn<MeasurementRecord>("window_end", Table, row => row.Measurement.Window.End),
        new DatasetTextColumn<MeasurementRecord>("area", Table, row => row.Place.Key),
        new DatasetNumberColumn<MeasurementRecord>("latitude", Table, row => row.Place.Latitude),
        new DatasetNumberColumn<MeasurementRecord>("longitude", Table, row => row.Place.Longitude),
        new DatasetIntegerColumn<MeasurementRecord>("value_grid_steps", Table, row => row.Measurement.Value),
        new DatasetNumberColumn<MeasurementRecord>(
            "noise_sd_grid_steps", Table, row => row.Plan is { } plan ? plan.Sigma * plan.Grid : null, isOptional: true),
        new DatasetNumberColumn<MeasurementRecord>("sigma", Table, row => row.Plan?.Sigma, isOptional: true),
        new DatasetIntegerColumn<MeasurementRecord>("grid_steps_per_norm", Table, row => row.Plan?.Grid, isOptional: true),
        new DatasetNumberColumn<MeasurementRecord>("weight", Table, row => row.Planned?.Weight, isOptional: true),
        new DatasetNumberColumn<MeasurementRecord>("cap", Table, row => row.Planned?.Cap, isOptional: true),
        new DatasetNumberColumn<MeasurementRecord>("baseline", Table, row => row.Measurement.Baseline),
        new DatasetTextColumn<MeasurementRecord>("unit", Table, row => row.Measurement.Quantity.Unit),
        new DatasetIntegerColumn<MeasurementRecord>("ledger_sequence", Table, row => row.Measurement.LedgerSequence),
    ];
}
