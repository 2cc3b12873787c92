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
    public static ImmutableArray<DatasetField> Fields { get; } = [.. CreateColumns().Select(column => column.Field)];

    public static ImmutableArray<DatasetColumn<MeasurementRecord>> CreateColumns() =>
    [
        new DatasetInstantColumn<MeasurementRecord>("window_start", "Start of the hour, UTC.", row => row.Measurement.Window.Start),
        new DatasetInstantColumn<MeasurementRecord>("window_end", "End of the hour, UTC; not part of it.", row => row.Measurement.Window.End),
        new DatasetTextColumn<MeasurementRecord>("area", "Quadkey of the release area (OGC WebMercatorQuad); 'world' for the empty one.", row => row.Place.Key),
        new DatasetNumberColumn<MeasurementRecord>("latitude", "Centre of the area, degrees north (WGS 84).", row => row.Place.Latitude),
        new DatasetNumberColumn<MeasurementRecord>("longitude", "Centre of the area, degrees east (WGS 84).", row => row.Place.Longitude),
        new DatasetIntegerColumn<MeasurementRecord>(
            "value_grid_steps", "Noisy sum over the area's active owners of their clipped, weighted residuals from the baseline, in grid steps.",
            row => row.Measurement.Value),
        new DatasetNumberColumn<MeasurementRecord>(
            "noise_sd_grid_steps", "Standard deviation of the noise in value_grid_steps: sigma times grid_steps_per_norm.",
            row => row.Plan is { } plan ? plan.Sigma * plan.Grid : null, isOptional: true),
        new DatasetNumberColumn<MeasurementRecord>(
            "sigma", "Standard deviation of the noise in units of an owner-day's norm bound.", row => row.Plan?.Sigma, isOptional: true),
        new DatasetIntegerColumn<MeasurementRecord>("grid_steps_per_norm", "Grid steps per unit of the norm bound.", row => row.Plan?.Grid, isOptional: true),
        new DatasetNumberColumn<MeasurementRecord>(
            "weight", "Norm units per unit of the model scale of the quantity.", row => row.Planned?.Weight, isOptional: true),
        new DatasetNumberColumn<MeasurementRecord>(
            "cap", "Largest residual of one owner and hour, on the model scale.", row => row.Planned?.Cap, isOptional: true),
        new DatasetNumberColumn<MeasurementRecord>(
            "baseline", "The public prediction that residuals were taken from, in the unit.", row => row.Measurement.Baseline),
        new DatasetTextColumn<MeasurementRecord>("unit", "Unit of the baseline, as SenML writes it.", row => row.Measurement.Quantity.Unit),
        new DatasetIntegerColumn<MeasurementRecord>(
            "ledger_sequence", "The entry of the privacy ledger that released the value.", row => row.Measurement.LedgerSequence),
    ];
}
