using System.Globalization;
using System.Reflection;
using System.Text;

namespace CivicSense.OpenData;

/// <summary>Gives a property its column name in CSV where the property's own name would not say the unit.</summary>
[AttributeUsage(AttributeTargets.Property)]
sealed class CsvColumnAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>Writes rows as CSV (RFC 4180): the columns are the properties of <typeparamref name="TRow"/> in their order.</summary>
static class Csv<TRow>
{
    static readonly (string Name, PropertyInfo Property)[] Columns =
        [.. typeof(TRow).GetProperties()
            .Select(property => (property.GetCustomAttribute<CsvColumnAttribute>()?.Name ?? SnakeCase(property.Name), property))];

    /// <summary>The names of the columns.</summary>
    public static IEnumerable<string> ColumnNames => Columns.Select(column => column.Name);

    /// <summary>Writes rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="withHeader">Whether the names of the columns come first; not where rows are added to others.</param>
    public static byte[] Write(IEnumerable<TRow> rows, bool withHeader = true)
    {
        var text = new StringBuilder();
        if (withHeader)
            text.AppendJoin(',', ColumnNames).Append("\r\n");
        foreach (var row in rows)
        {
            for (var i = 0; i < Columns.Length; i++)
            {
                if (i > 0) text.Append(',');
                AppendField(text, Format(Columns[i].Property.GetValue(row)));
            }
            text.Append("\r\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    static string Format(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTime instant => instant.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"A CSV column cannot hold a {value.GetType().Name}."),
    };

    static void AppendField(StringBuilder text, string field)
    {
        if (field.AsSpan().ContainsAny(",\"\r\n"))
            text.Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        else
            text.Append(field);
    }

    static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }
        return text.ToString();
    }
}
