using System.Collections.Immutable;

namespace CivicSense.Node.References;

/// <summary>One official station, as the steward configures it. See docs/references.md.</summary>
sealed record ReferenceSettings
{
    /// <summary>The station's public name: 1 to 40 letters, digits, spaces and <c>. _ ' ( ) / -</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>A CSV file, relative to the configuration file. Either this or <see cref="Url"/>.</summary>
    public string? File { get; init; }

    /// <summary>Where a CSV document is fetched, <c>http</c> or <c>https</c>.</summary>
    public Uri? Url { get; init; }

    /// <summary>The columns to read, by their headings, and the quantity in each.</summary>
    public ImmutableDictionary<string, string> Columns { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How the CSV is to be read.</summary>
    public ReferenceFormat Format { get; init; } = new();

    /// <summary>How often the source is looked at, 1 to 1440. Default 10.</summary>
    public double EveryMinutes { get; init; } = 10;
}

/// <summary>The dialect of a CSV source.</summary>
sealed record ReferenceFormat
{
    /// <summary>
    /// What separates fields, one ASCII character. Default: found out from the first lines, among comma, semicolon, tab and bar.
    /// </summary>
    public string? Separator { get; init; }

    /// <summary>Lines before the headings, 0 to 1000. Default 0.</summary>
    public int SkipLines { get; init; }

    /// <summary>The headings of the columns that together, with a space between, say the time. Default: the first column.</summary>
    public ImmutableArray<string> TimeColumns { get; init; } = [];

    /// <summary>How the time is written, as a .NET format. Default: ISO 8601, with or without seconds and offset.</summary>
    public string? TimeFormat { get; init; }

    /// <summary>The zone of times without an offset, an IANA name. Default <c>UTC</c>.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Which end of the hour the time is. Default <see cref="HourMark.Beginning"/>.</summary>
    public HourMark Hour { get; init; } = HourMark.Beginning;

    /// <summary>The decimal separator, a point or a comma. Default a point.</summary>
    public string Decimal { get; init; } = ".";

    /// <summary>What stands where there is no value, in any case of letters; an empty field always does.</summary>
    public ImmutableArray<string> Missing { get; init; } = ["-", "--", "NA", "N/A", "NaN", "null", "No data"];

    /// <summary>What the values of a column are multiplied with to arrive at the quantity's unit. Default 1.</summary>
    public ImmutableDictionary<string, double> Factors { get; init; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>Only rows that have these values in these columns. Default: all rows.</summary>
    public ImmutableDictionary<string, string> Where { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>Which end of an hour a time stamp is.</summary>
enum HourMark
{
    /// <summary>13:00 is the hour from 13:00 to 14:00.</summary>
    Beginning,

    /// <summary>13:00 is the hour from 12:00 to 13:00.</summary>
    Ending,
}
