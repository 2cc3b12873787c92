using System.Buffers;
using System.Globalization;
using System.Text;

namespace CivicSense.OpenData;

/// <summary>Writes one column of one file. Not for two files at a time: it keeps what it has written last.</summary>
/// <typeparam name="TRow">The rows that values are taken from.</typeparam>
abstract class DatasetColumn<TRow>(DatasetField field)
{
    /// <summary>The longest number that is written as text.</summary>
    protected const int LongestNumber = 32;

    public DatasetField Field { get; } = field;

    /// <summary>The column in Parquet that <see cref="AppendToParquet"/> appends to.</summary>
    public abstract ParquetColumn Parquet { get; }

    public abstract void AppendToParquet(TRow row);

    /// <summary>Writes the field of a row as CSV (RFC 4180); a missing value is an empty field.</summary>
    public abstract void WriteCsv(IBufferWriter<byte> line, TRow row);
}

/// <summary>A column of text without line breaks.</summary>
sealed class DatasetTextColumn<TRow>(string name, string table, Func<TRow, string> value)
    : DatasetColumn<TRow>(new DatasetField(name, DatasetFieldType.Text, table))
{
    static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    readonly TextColumn parquet = new(name);

    public override ParquetColumn Parquet => parquet;

    public override void AppendToParquet(TRow row) => parquet.Append(value(row));

    public override void WriteCsv(IBufferWriter<byte> line, TRow row)
    {
        var text = value(row);
        if (text.AsSpan().ContainsAny(Special))
            text = $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        Encoding.UTF8.GetBytes(text, line);
    }
}

/// <summary>A column of numbers.</summary>
abstract class DatasetNumericColumn<TRow, TNumber>(DatasetField field, ParquetColumn<TNumber> parquet, Func<TRow, TNumber?> value)
    : DatasetColumn<TRow>(field)
    where TNumber : struct, IUtf8SpanFormattable
{
    public override ParquetColumn Parquet => parquet;

    public override void AppendToParquet(TRow row)
    {
        if (value(row) is { } number)
            parquet.Append(number);
        else
            parquet.AppendNull();
    }

    public override void WriteCsv(IBufferWriter<byte> line, TRow row)
    {
        if (value(row) is not { } number)
            return;
        number.TryFormat(line.GetSpan(LongestNumber), out var length, default, CultureInfo.InvariantCulture);
        line.Advance(length);
    }
}

/// <summary>A column of whole numbers.</summary>
sealed class DatasetIntegerColumn<TRow>(string name, string table, Func<TRow, long?> value, bool isOptional = false)
    : DatasetNumericColumn<TRow, long>(
        new DatasetField(name, DatasetFieldType.Integer, table, isOptional), new Int64Column(name, isOptional), value);

/// <summary>A column of numbers with a fraction. In CSV they have as many digits as are needed to read the same number back.</summary>
sealed class DatasetNumberColumn<TRow>(string name, string table, Func<TRow, double?> value, bool isOptional = false)
    : DatasetNumericColumn<TRow, double>(
        new DatasetField(name, DatasetFieldType.Number, table, isOptional), new DoubleColumn(name, isOptional), value);

/// <summary>A column of instants to the second, in UTC.</summary>
sealed class DatasetInstantColumn<TRow>(string name, string table, Func<TRow, DateTimeOffset> value)
    : DatasetColumn<TRow>(new DatasetField(name, DatasetFieldType.Instant, table))
{
    readonly Int64Column parquet = new(name, logicalType: ParquetLogicalType.TimestampMilliseconds);

    DateTimeOffset? last;
    byte[] lastText = [];

    public override ParquetColumn Parquet => parquet;

    public override void AppendToParquet(TRow row) => parquet.Append(value(row).ToUnixTimeMilliseconds());

    public override void WriteCsv(IBufferWriter<byte> line, TRow row)
    {
        var instant = value(row);
        // Rows of an hour come together.
        if (instant != last)
        {
            last = instant;
            lastText = Encoding.UTF8.GetBytes(instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }
        line.Write(lastText);
    }
}

/// <summary>A column of civil dates.</summary>
sealed class DatasetDateColumn<TRow>(string name, string table, Func<TRow, DateOnly> value)
    : DatasetColumn<TRow>(new DatasetField(name, DatasetFieldType.Date, table))
{
    static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    readonly Int32Column parquet = new(name, logicalType: ParquetLogicalType.Date);

    public override ParquetColumn Parquet => parquet;

    public override void AppendToParquet(TRow row) => parquet.Append(value(row).DayNumber - Epoch);

    public override void WriteCsv(IBufferWriter<byte> line, TRow row)
    {
        value(row).TryFormat(line.GetSpan(LongestNumber), out var length, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        line.Advance(length);
    }
}
