namespace CivicSense.FirmwareSim;

/// <summary>What became of the rows of an archive during a replay.</summary>
/// <param name="Rows">Rows read, without headers and empty lines. Published are those less the next two.</param>
/// <param name="UnparsableRows">Rows left out because columns are missing or the time is not one.</param>
/// <param name="RowsWithoutValue">Rows left out because no field holds a value.</param>
/// <param name="EmptyFields">Fields of known quantities that are empty.</param>
/// <param name="UnparsableFields">Fields of known quantities that are no finite number, such as <c>nan</c> or <c>unavailable</c>.</param>
public readonly record struct ArchiveCounts(long Rows, long UnparsableRows, long RowsWithoutValue, long EmptyFields, long UnparsableFields)
{
    /// <summary>The sum, item by item.</summary>
    public static ArchiveCounts operator +(ArchiveCounts left, ArchiveCounts right) => Add(left, right);

    /// <summary>The sum, item by item.</summary>
    public static ArchiveCounts Add(ArchiveCounts left, ArchiveCounts right) => new(
        left.Rows + right.Rows, left.UnparsableRows + right.UnparsableRows, left.RowsWithoutValue + right.RowsWithoutValue,
        left.EmptyFields + right.EmptyFields, left.UnparsableFields + right.UnparsableFields);
}
