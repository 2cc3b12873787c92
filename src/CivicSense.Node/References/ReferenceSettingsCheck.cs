using System.Globalization;
using System.Text.RegularExpressions;
using CivicSense.Commons;

namespace CivicSense.Node.References;

/// <summary>Checks the settings of official stations.</summary>
static partial class ReferenceSettingsCheck
{
    /// <summary>A sentence for each thing that is not allowed; it names the key, the value and the range.</summary>
    public static IEnumerable<string> Check(IReadOnlyList<ReferenceSettings> references) =>
        references.SelectMany((reference, i) => Check(reference, $"references[{i}]")).Concat(Duplicates(references));

    static IEnumerable<string> Check(ReferenceSettings reference, string key)
    {
        if (!NamePattern().IsMatch(reference.Name))
        {
            yield return $"{key}.name: '{reference.Name}' is not allowed; allowed are 1 to 40 letters, digits, spaces and . _ ' ( ) / -, "
                + "the first a letter or digit.";
        }
        if (reference.File is null == reference.Url is null)
            yield return $"{key}: give either file or url.";
        if (reference.Url is { } url && !(url.IsAbsoluteUri && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)))
            yield return $"{key}.url: not allowed; allowed is a whole address that begins with http:// or https://.";
        if (!(reference.EveryMinutes is >= 1 and <= 1440))
            yield return FormattableString.Invariant($"{key}.everyMinutes: {reference.EveryMinutes} is not allowed; allowed is 1 to 1440.");
        foreach (var problem in CheckColumns(reference, key).Concat(CheckFormat(reference.Format, $"{key}.format")))
            yield return problem;
    }

    static IEnumerable<string> CheckColumns(ReferenceSettings reference, string key)
    {
        if (reference.Columns.IsEmpty)
            yield return $"{key}.columns: name at least one column, such as {{ \"PM2.5\": \"pm2_5\" }}.";
        foreach (var (column, quantity) in reference.Columns)
        {
            if (!Quantity.TryFind(quantity, out _))
            {
                yield return $"{key}.columns: '{quantity}' of the column '{column}' is not a quantity; allowed are "
                    + $"{string.Join(", ", Quantity.All)}.";
            }
        }
        foreach (var group in reference.Columns.GroupBy(pair => pair.Value, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return $"{key}.columns: {group.Key} stands in more than one column.";
        foreach (var (column, factor) in reference.Format.Factors)
        {
            if (!reference.Columns.ContainsKey(column))
                yield return $"{key}.format.factors: '{column}' is none of the columns.";
            if (!double.IsFinite(factor) || factor == 0)
                yield return FormattableString.Invariant($"{key}.format.factors: {factor} is not allowed; allowed is any number but 0.");
        }
    }

    static IEnumerable<string> CheckFormat(ReferenceFormat format, string key)
    {
        if (format.Separator is { } separator
            && !(separator.Length == 1 && char.IsAscii(separator[0]) && !char.IsLetterOrDigit(separator[0])))
            yield return $"{key}.separator: '{separator}' is not allowed; allowed is one ASCII character that is no letter or digit.";
        if (format.SkipLines is < 0 or > 1000)
            yield return $"{key}.skipLines: {format.SkipLines} is not allowed; allowed is 0 to 1000.";
        if (format.Decimal is not ("." or ","))
            yield return $"{key}.decimal: '{format.Decimal}' is not allowed; allowed is a point or a comma.";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(format.TimeZone, out _))
            yield return $"{key}.timeZone: '{format.TimeZone}' is not known; give an IANA name such as Europe/London.";
        if (format.TimeFormat is { } timeFormat && !IsTimeFormat(timeFormat))
            yield return $"{key}.timeFormat: '{timeFormat}' is not a time format such as dd/MM/yyyy HH:mm.";
    }

    static bool IsTimeFormat(string format)
    {
        try
        {
            return format.Length > 1 && DateTimeOffset.UnixEpoch.ToString(format, CultureInfo.InvariantCulture).Length > 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>One station may come from several sources, but each of its quantities from one.</summary>
    static IEnumerable<string> Duplicates(IReadOnlyList<ReferenceSettings> references) =>
        from reference in references
        from quantity in reference.Columns.Values.Distinct(StringComparer.Ordinal)
        group reference by (reference.Name, quantity) into same
        where same.Count() > 1
        select $"references: {same.Key.quantity} of '{same.Key.Name}' is configured more than once.";

    // No character beyond the basic plane, so that every database and every client sorts names alike.
    [GeneratedRegex(@"^[\p{L}\p{N}][\p{L}\p{N} ._'()/-]{0,39}$", RegexOptions.NonBacktracking)]
    private static partial Regex NamePattern();
}
