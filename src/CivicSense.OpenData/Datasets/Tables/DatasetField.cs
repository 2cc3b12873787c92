namespace CivicSense.OpenData;

/// <summary>What the values of a column are.</summary>
enum DatasetFieldType
{
    Text,
    Integer,
    Number,

    /// <summary>An instant in UTC.</summary>
    Instant,

    /// <summary>A civil date.</summary>
    Date,
}

/// <summary>A column of a data set, as its metadata describes it.</summary>
/// <param name="Name">Its name in files.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Table">The data set that it belongs to.</param>
/// <param name="IsOptional">Whether a row may have none.</param>
sealed record DatasetField(string Name, DatasetFieldType Type, string Table, bool IsOptional = false)
{
    /// <summary>What its values mean, as files and programs are told.</summary>
    public string Description => Describe(LanguageCatalogue.Original);

    /// <summary>What its values mean, in a sentence.</summary>
    public string Describe(Language language) => language[$"datasets.column.{Table}.{Name}"];
}
