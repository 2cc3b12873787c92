using System.Globalization;
using System.Text;
using CivicSense.Commons;
using CsvHelper;

namespace CivicSense.Node.References;

/// <summary>Reads hourly values from a CSV document.</summary>
/// <remarks>A row that cannot be read is refused and named by its line; the others count. A row never spans lines.</remarks>
sealed class ReferenceCsv
{
    readonly ReferenceFormat format;
    readonly HourStamps stamps;
    readonly NumberFormatInfo numbers;
    readonly HashSet<string> missing;
    readonly (string Column, Quantity Quantity, double Factor)[] wanted;

    /// <summary>Prepares a reader.</summary>
    /// <param name="settings">The station's settings, checked.</param>
    public ReferenceCsv(ReferenceSettings settings)
    {
        format = settings.Format;
        stamps = new HourStamps(format);
        // No thousands separator is allowed, so it does not matter which one this says; it must only be another one.
        numbers = new NumberFormatInfo { NumberDecimalSeparator = format.Decimal, NumberGroupSeparator = " " };
        missing = new HashSet<string>(format.Missing, StringComparer.OrdinalIgnoreCase) { "" };
        wanted =
        [
            .. settings.Columns
                .Select(pair => (
                    pair.Key, Quantity.All.First(quantity => quantity.Id == pair.Value), format.Factors.GetValueOrDefault(pair.Key, 1)))
                .OrderBy(column => column.Item2.Ordinal),
        ];
    }

    /// <summary>Reads a whole document.</summary>
    /// <exception cref="ReferenceSourceException">It is not a CSV document with the columns of the settings.</exception>
    public ReferenceReading Read(Stream document)
    {
        using var text = new StreamReader(document, Encoding.UTF8);
        for (var line = 0; line < format.SkipLines; line++)
            text.ReadLine();
        try
        {
            using var csv = CsvReader.Create(text, new CsvReaderOptions
            {
                Separator = format.Separator?[0],
                AllowLineBreaksInQuotes = false,
                TrackLineNumbers = true,
                TrimWhitespace = true,
            });
            var columns = FindColumns(csv);
            return ReadRows(csv, columns);
        }
        catch (CsvFormatException exception)
        {
            throw new ReferenceSourceException($"It is no CSV that can be read; row {exception.RecordNumber} is damaged.", exception)
            {
                Quotation = Refusal.Quote(exception.Message),
            };
        }
    }

    Columns FindColumns(CsvReader csv)
    {
        if (csv.Headers.Count == 0)
            throw new ReferenceSourceException("It is empty.");
        return new Columns(
            format.TimeColumns.IsEmpty ? [0] : [.. format.TimeColumns.Select(Find)],
            [.. format.Where.Select(pair => (Find(pair.Key), pair.Value))],
            [.. wanted.Select(column => Find(column.Column))]);

        int Find(string column) => csv.TryGetFieldIndex(column, out var index)
            ? index
            : throw new ReferenceSourceException($"There is no column '{column}'.")
            {
                Quotation = $"The columns are: {string.Join(", ", csv.Headers.Take(20).Select(Refusal.Quote))}.",
            };
    }

    ReferenceReading ReadRows(CsvReader csv, Columns columns)
    {
        var reading = new ReferenceReading();
        var rows = new List<(long Line, DateTime Stamp, double?[] Values)>();
        while (csv.Read())
        {
            var line = csv.LineNumber + format.SkipLines;
            if (csv.FieldCount <= columns.Last)
                reading.Refuse(line, $"it has {csv.FieldCount} fields, and {columns.Last + 1} are needed.");
            else if (columns.Where.All(where => csv.GetString(where.Index) == where.Value))
                ReadRow(csv, columns, line, rows, reading);
        }

        var windows = stamps.Resolve([.. rows.Select(row => row.Stamp)]);
        for (var i = 0; i < rows.Count; i++)
        {
            if (windows[i].Window is { } window)
                AddValues(reading, window, rows[i].Values);
            else
                reading.Refuse(rows[i].Line, windows[i].Reason);
        }
        return reading;
    }

    void ReadRow(
        CsvReader csv, Columns columns, long line, List<(long Line, DateTime Stamp, double?[] Values)> rows, ReferenceReading reading)
    {
        var time = string.Join(' ', columns.Time.Select(csv.GetString));
        if (stamps.Read(time) is not { } stamp)
        {
            var numbersOfColumns = string.Join(" and ", columns.Time.Select(index => index + 1));
            reading.Refuse(line, $"column {numbersOfColumns} is not a time as format.timeFormat says.", $"It is '{Refusal.Quote(time)}'.");
            return;
        }
        var values = new double?[wanted.Length];
        for (var i = 0; i < wanted.Length; i++)
            values[i] = ReadValue(csv.GetString(columns.Values[i]), i, columns.Values[i] + 1, line, reading);
        rows.Add((line, stamp, values));
    }

    double? ReadValue(string text, int wantedIndex, int column, long line, ReferenceReading reading)
    {
        if (missing.Contains(text))
            return null;
        var (_, quantity, factor) = wanted[wantedIndex];
        if (!double.TryParse(text, NumberStyles.Float, numbers, out var value))
        {
            reading.Refuse(
                line, $"column {column} is not a number. If it means that there is none, add it to format.missing.",
                $"It is '{Refusal.Quote(text)}'.");
            return null;
        }
        value *= factor;
        if (quantity.IsValid(value))
            return value;
        reading.RefuseOutOfRange(line, quantity, value);
        return null;
    }

    void AddValues(ReferenceReading reading, HourWindow window, double?[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is { } value)
                reading.Values.Add(new StationValue(wanted[i].Quantity, window, value));
        }
    }

    /// <summary>Where in a row the wanted fields are.</summary>
    sealed record Columns(int[] Time, (int Index, string Value)[] Where, int[] Values)
    {
        public int Last { get; } = Time.Concat(Values).Concat(Where.Select(where => where.Index)).Max();
    }
}
