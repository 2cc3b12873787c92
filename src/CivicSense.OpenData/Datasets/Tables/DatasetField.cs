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
/// <param name="Description">What they mean, in a sentence.</param>
/// <param name="IsOptional">Whether a row may have none.</param>
sealed record DatasetField(string Name, DatasetFieldType Type, string Description, bool IsOptional = false);
