using System.Collections.Immutable;

namespace CivicSense.OpenData;

/// <summary>A data set: what it is, whatever months it has.</summary>
/// <param name="Id">Its name in addresses, which is also in the keys of its texts.</param>
/// <param name="Fields">Its columns.</param>
sealed record DatasetInfo(string Id, ImmutableArray<DatasetField> Fields)
{
    public static DatasetInfo Measurements { get; } = new(MeasurementTable.Table, MeasurementTable.Fields);

    public static DatasetInfo Estimates { get; } = new(EstimateTable.Table, EstimateTable.Fields);

    /// <summary>All data sets.</summary>
    public static ImmutableArray<DatasetInfo> All { get; } = [Measurements, Estimates];

    /// <summary>Its name, as files and programs are told.</summary>
    public string Title => TitleIn(LanguageCatalogue.Original);

    /// <summary>What it is, as files and programs are told.</summary>
    public string Description => Describe(LanguageCatalogue.Original);

    /// <summary>Its name for people.</summary>
    public string TitleIn(Language language) => language[$"datasets.{Id}.title"];

    /// <summary>What it is, in a few sentences.</summary>
    public string Describe(Language language) => language[$"datasets.{Id}.description"];

    /// <summary>Where a file is in the data set's folder, in the layout of Apache Hive.</summary>
    public static string PathOf(string? resolution, Quantity quantity, DatasetMonth month, DatasetFormat format)
    {
        ArgumentNullException.ThrowIfNull(quantity);
        var partition = resolution is null ? "" : $"resolution={resolution}/";
        return FormattableString.Invariant(
            $"{partition}quantity={quantity.Id}/year={month.Year:D4}/month={month.Month:D2}/part-0{format.Extension}");
    }

    /// <summary>What a file is called where it has been taken out of its folders.</summary>
    public string NameOf(DatasetFileEntry file, string month)
    {
        var format = DatasetFormat.All.First(known => known.Id == file.Format);
        return string.Join('-', new[] { Id, file.Resolution, file.Quantity, month }.Where(part => part is not null)) + format.Extension;
    }
}
