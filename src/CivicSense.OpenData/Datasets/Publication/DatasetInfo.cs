using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>A data set: what it is, whatever months it has.</summary>
/// <param name="Id">Its name in addresses.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Description">What it is, in a few sentences.</param>
/// <param name="Fields">Its columns.</param>
sealed record DatasetInfo(string Id, string Title, string Description, ImmutableArray<DatasetField> Fields)
{
    public static DatasetInfo Measurements { get; } = new(
        "measurements", "Noisy measurements",
        "Everything that was ever released: for each hour, area and quantity one noisy sum of how far the households' values lay from a public "
        + "prediction, with the noise's standard deviation. For statistics of one's own. Values in grid steps: value_grid_steps / "
        + "(grid_steps_per_norm * weight) is the noisy sum of the residuals on the model scale, which is ln(x + 3) for concentrations, x / 10 for "
        + "decibels and x over a fixed scale for the rest.",
        MeasurementTable.Fields);

    public static DatasetInfo Estimates { get; } = new(
        "estimates", "Final estimates",
        "What the air and noise were like, by hour and by day, for each area and the areas that contain it: the most likely value, its standard "
        + "error and its 95 % interval. Computed from noisy measurements alone, 48 hours later, and not changed since.",
        EstimateTable.Fields);

    /// <summary>All data sets.</summary>
    public static ImmutableArray<DatasetInfo> All { get; } = [Measurements, Estimates];

    /// <summary>Where a file is in the data set's folder, in the layout of Apache Hive.</summary>
    public static string PathOf(string? resolution, Quantity quantity, DatasetMonth month, DatasetFormat format)
    {
        ArgumentNullException.ThrowIfNull(quantity);
        var partition = resolution is null ? "" : $"resolution={resolution}/";
        return FormattableString.Invariant($"{partition}quantity={quantity.Id}/year={month.Year:D4}/month={month.Month:D2}/part-0{format.Extension}");
    }

    /// <summary>What a file is called where it has been taken out of its folders.</summary>
    public string NameOf(DatasetFileEntry file, string month)
    {
        var format = DatasetFormat.All.First(known => known.Id == file.Format);
        return string.Join('-', new[] { Id, file.Resolution, file.Quantity, month }.Where(part => part is not null)) + format.Extension;
    }
}
